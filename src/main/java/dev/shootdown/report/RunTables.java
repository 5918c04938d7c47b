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
