package dev.shootdown.report;

import dev.shootdown.check.LedgerRow;
import dev.shootdown.engine.Fact;
import dev.shootdown.trace.Account;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/** A run's CSV files. Their columns are part of the result format. */
final class RunTables {
  private RunTables() {}

  static void stats(Appendable out, Stats stats) throws IOException {
    Csv csv = new Csv(out, "component", "metric", "value");
    for (var component : stats.byComponent().entrySet()) {
      for (Map.Entry<String, Long> metric : component.getValue().entrySet()) {
        csv.row(component.getKey(), metric.getKey(), metric.getValue());
      }
    }
  }

  /** Figures of a station; what is not known of it stays empty. */
  static void stations(Appendable out, Stations stations, long endPs) throws IOException {
    Csv csv =
        new Csv(
            out, "component", "station", "arrivals", "departures", "occupancy_ps", "stay_ps",
            "littles_law_gap_ps", "busy_ps", "occupancy_max", "capacity");
    for (var component : stations.byComponent().entrySet()) {
      for (Map.Entry<String, Station> named : component.getValue().entrySet()) {
        Station station = named.getValue();
        long occupancyPs = station.slices(endPs).totalPs();
        Long stayPs = orNull(station.stayedPs(endPs));
        csv.row(
            component.getKey(), named.getKey(), station.arrivals(), station.departures(),
            occupancyPs, stayPs, stayPs == null ? null : (Long) (occupancyPs - stayPs),
            orNull(station.busyPs(endPs)), orNull(station.levelMax()),
            orNull(station.capacity()));
      }
    }
  }

  /** How many were inside in each slice of the run; slices in which nobody was are left out. */
  static void occupancy(Appendable out, Stations stations, long endPs) throws IOException {
    Csv csv = new Csv(out, "component", "station", "from_ps", "until_ps", "occupancy_ps");
    for (var component : stations.byComponent().entrySet()) {
      for (Map.Entry<String, Station> named : component.getValue().entrySet()) {
        Slices slices = named.getValue().slices(endPs);
        long widthPs = slices.widthPs();
        for (int i = 0; i < Slices.MOST; i++) {
          if (slices.sumPs(i) != 0) {
            long untilPs = Math.min(endPs, (i + 1) * widthPs);
            csv.row(
                component.getKey(), named.getKey(), i * widthPs, untilPs, slices.sumPs(i));
          }
        }
      }
    }
  }

  /** The lengths of stale windows. */
  static void windows(Appendable out, StaleWindows windows) throws IOException {
    Csv csv = new Csv(out, "holder", "window_ns", "count");
    for (var holder : windows.byHolder().entrySet()) {
      for (Map.Entry<Long, Long> length : holder.getValue().countByNs().entrySet()) {
        csv.row(holder.getKey(), length.getKey(), length.getValue());
      }
    }
  }

  /** How often things were tried again. */
  static void retries(Appendable out, Retries retries) throws IOException {
    Csv csv = new Csv(out, "component", "what", "retries", "count");
    for (var subject : retries.bySubject().entrySet()) {
      for (Map.Entry<Long, Long> times : subject.getValue().entrySet()) {
        csv.row(
            subject.getKey().component(), subject.getKey().what(), times.getKey(),
            times.getValue());
      }
    }
  }

  private static Long orNull(OptionalLong value) {
    return value.isPresent() ? (Long) value.getAsLong() : null;
  }

  /** An operation that had not ended has no elapsed time, but what was booked until then. */
  static void ledger(Appendable out, List<LedgerRow> rows) throws IOException {
    List<Object> header =
        new ArrayList<>(
            List.of("operation", "kind", "cpu", "mm", "pages", "began_ps", "elapsed_ps"));
    for (Account account : Account.values()) {
      header.add(account.name().toLowerCase(Locale.ROOT) + "_ps");
    }
    header.addAll(
        List.of("stolen_ps", "ipis", "secondary_flushes", "requested_pages", "flushed_pages"));
    Csv csv = new Csv(out, header.toArray());
    for (LedgerRow row : rows) {
      List<Object> values = new ArrayList<>();
      values.add(row.operation());
      values.add(row.kind());
      values.add(row.cpu());
      values.add(row.mm());
      values.add(row.range().pages());
      values.add(row.beganPs());
      values.add(row.isFinished() ? row.elapsedPs() : null);
      for (Account account : Account.values()) {
        values.add(row.accountPs(account));
      }
      values.add(row.stolenPs());
      values.add(row.ipis());
      values.add(row.secondaryFlushes());
      values.add(row.requestedPages());
      values.add(row.flushedPages());
      csv.row(values.toArray());
    }
  }

  static void trace(Appendable out, List<FactKeeper.Kept> facts) throws IOException {
    Csv csv = new Csv(out, "time_ps", "component", "fact", "details");
    for (FactKeeper.Kept kept : facts) {
      csv.row(
          kept.atPs(),
          kept.component(),
          kept.fact().getClass().getSimpleName(),
          details(kept.fact()));
    }
  }

  /** A record's components as {@code name=value}; of anything else only the digest is known. */
  private static String details(Fact fact) {
    RecordComponent[] components = fact.getClass().getRecordComponents();
    if (components == null) {
      return "digest=" + HexFormat.of().toHexDigits(fact.digest());
    }
    StringBuilder details = new StringBuilder();
    for (RecordComponent component : components) {
      try {
        details.append(details.length() == 0 ? "" : " ");
        details.append(component.getName()).append('=');
        details.append(component.getAccessor().invoke(fact));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("a fact's components are public: " + fact.getClass(), e);
      }
    }
    return details.toString();
  }
}
