package dev.shootdown.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** The tables of a run's report, in the order in which they are read. */
final class RunFigures {
  private final RunResults results;
  private final List<OperationKind> kinds;
  private final List<String> accounts;

  RunFigures(RunResults results) {
    this.results = results;
    CsvTable ledger = results.csv("ledger.csv");
    this.kinds = OperationKind.of(ledger);
    this.accounts =
        OperationKind.accounts(ledger).stream()
            .filter(account -> kinds.stream().anyMatch(kind -> kind.accountPs(account) > 0))
            .toList();
  }

  /** Operations by kind. */
  List<OperationKind> kinds() {
    return kinds;
  }

  /** The accounts of the ledger that anything was booked to. */
  List<String> accounts() {
    return accounts;
  }

  /** All of them, those left out that have no rows. */
  List<ReportTable> all() {
    List<ReportTable> all = new ArrayList<>();
    all.add(verdict());
    all.add(findings());
    all.add(trouble());
    all.add(latencies());
    all.add(shares());
    all.add(costs());
    all.add(exposures());
    all.add(faults());
    all.add(retries());
    all.add(stations());
    all.add(counts());
    all.add(configuration(false));
    all.removeIf(ReportTable::isEmpty);
    return all;
  }

  ReportTable verdict() {
    Node summary = results.summary();
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("verdict", summary.text("verdict")));
    rows.add(
        List.of(
            "expected",
            summary.optionalText("expected").orElse("clean")
                + (summary.flag("as_expected") ? " (met)" : " (not met)")));
    rows.add(List.of("run", summary.text("id")));
    rows.add(List.of("title", summary.text("title")));
    rows.add(List.of("seed", Long.toString(summary.number("seed"))));
    rows.add(List.of("complete", summary.flag("complete") ? "yes" : "no: it was stopped"));
    rows.add(List.of("virtual time", Duration.text(results.endPs())));
    rows.add(List.of("events", Long.toString(summary.number("events"))));
    rows.add(List.of("ledger", summary.flag("ledger_closed") ? "closed" : "OPEN"));
    rows.add(
        List.of(
            "unfinished operations", Long.toString(summary.number("unfinished_operations"))));
    summary.optionalText("failure").ifPresent(failure -> rows.add(List.of("failed", failure)));
    rows.add(List.of("fingerprint", summary.text("fingerprint")));
    rows.add(List.of("reproduce", summary.text("reproduce")));
    return new ReportTable("verdict", "What came of it", List.of("", "value"), rows);
  }

  ReportTable findings() {
    List<List<String>> rows = new ArrayList<>();
    for (Node finding : results.verdicts().objects("findings")) {
      rows.add(
          List.of(
              finding.text("verdict"), Duration.us(finding.number("at_ps")),
              finding.text("component"), finding.text("summary")));
    }
    return new ReportTable(
        "findings", "What the judges found",
        List.of("verdict", "at, us", "component", "what"), rows);
  }

  /** Of experimenters' making; results from before it was kept have none. */
  ReportTable trouble() {
    List<List<String>> rows = new ArrayList<>();
    if (results.summary().has("trouble")) {
      for (Node one : results.summary().objects("trouble")) {
        rows.add(
            List.of(
                one.text("name"), one.text("where"), Long.toString(one.number("struck"))));
      }
    }
    return new ReportTable(
        "trouble", "Trouble that was injected, and how often it struck",
        List.of("trouble", "where", "struck"), rows);
  }

  ReportTable latencies() {
    List<List<String>> rows = new ArrayList<>();
    for (OperationKind kind : kinds) {
      rows.add(
          List.of(
              kind.kind(), Integer.toString(kind.count()),
              Duration.us(kind.elapsedPs() / kind.count()),
              Duration.us(kind.at(500).elapsedPs()), Duration.us(kind.at(900).elapsedPs()),
              Duration.us(kind.at(990).elapsedPs()), Duration.us(kind.at(1000).elapsedPs()),
              Long.toString(kind.at(990).number()), Long.toString(kind.at(1000).number())));
    }
    return new ReportTable(
        "latencies", "How long operations took, in us, and which operation is behind it",
        List.of(
            "operation", "n", "mean", "p50", "p90", "p99", "max", "p99 is no.", "max is no."),
        rows);
  }

  ReportTable shares() {
    List<String> header = new ArrayList<>(List.of("account"));
    kinds.forEach(kind -> header.add(kind.kind()));
    List<List<String>> rows = new ArrayList<>();
    for (String account : accounts) {
      List<String> row = new ArrayList<>(List.of(account.replace('_', '-')));
      kinds.forEach(
          kind -> row.add(Numbers.percent(kind.accountPs(account), kind.elapsedPs())));
      rows.add(row);
    }
    return new ReportTable(
        "ledger", "Where the time of operations went, in percent of it", header, rows);
  }

  ReportTable costs() {
    List<List<String>> rows = new ArrayList<>();
    for (OperationKind kind : kinds) {
      rows.add(
          List.of(
              kind.kind(), Duration.us(kind.total("stolen_ps") / kind.count()),
              Numbers.ratio(kind.total("ipis"), kind.count(), 2),
              Numbers.ratio(kind.total("secondary_flushes"), kind.count(), 2)));
    }
    return new ReportTable(
        "costs", "What an operation cost others, each",
        List.of("operation", "stolen, us", "interrupts", "secondary flushes"), rows);
  }

  ReportTable exposures() {
    List<List<String>> rows = new ArrayList<>();
    for (Node exposure : results.summary().objects("exposures")) {
      rows.add(
          List.of(
              exposure.text("holders"), Long.toString(exposure.number("windows")),
              Duration.us(exposure.number("p50_ns") * 1000),
              Duration.us(exposure.number("p99_ns") * 1000),
              Duration.us(exposure.number("max_ps")),
              Long.toString(exposure.number("open"))));
    }
    return new ReportTable(
        "exposures", "How long stale entries stayed cached, in us",
        List.of("holders", "n", "p50", "p99", "max", "still held at the end"), rows);
  }

  /** Of accesses that software has to serve. */
  ReportTable faults() {
    List<List<String>> rows = new ArrayList<>();
    Node summary = results.summary();
    if (summary.has("faults") && summary.object("faults").number("raised") > 0) {
      Node faults = summary.object("faults");
      List<String> row = new ArrayList<>();
      for (String name : List.of("raised", "served", "lost", "open")) {
        row.add(Long.toString(faults.number(name)));
      }
      row.add(Numbers.ratio(faults.number("retries"), faults.number("raised"), 3));
      for (String name : List.of("wait_p50", "wait_p99", "wait_max", "standstill_max")) {
        row.add(Duration.us(faults.number(name + "_ps")));
      }
      rows.add(row);
    }
    return new ReportTable(
        "faults", "Faults that software had to serve, and for how long none of them came on",
        List.of(
            "raised", "served", "lost", "open at the end", "retries each", "wait p50, us",
            "p99, us", "max, us", "longest time without progress, us"),
        rows);
  }

  ReportTable retries() {
    SortedMap<String, SortedMap<Long, Long>> subjects = new TreeMap<>();
    for (CsvTable.Row row : results.csv("retries.csv").rows()) {
      subjects
          .computeIfAbsent(
              row.text("component") + " " + row.text("what"), subject -> new TreeMap<>())
          .merge(row.number("retries"), row.number("count"), Long::sum);
    }
    List<List<String>> rows = new ArrayList<>();
    for (Map.Entry<String, SortedMap<Long, Long>> subject : subjects.entrySet()) {
      long ended = 0;
      long retries = 0;
      for (Map.Entry<Long, Long> times : subject.getValue().entrySet()) {
        ended += times.getValue();
        retries += times.getKey() * times.getValue();
      }
      boolean shown = retries > 0 || subject.getKey().endsWith(" fault");
      if (shown) {
        rows.add(
            List.of(
                subject.getKey(), Long.toString(ended), Long.toString(retries),
                Numbers.ratio(retries, ended, 3),
                Long.toString(subject.getValue().lastKey())));
      }
    }
    return new ReportTable(
        "retries", "How often faults and fills had to be tried again",
        List.of("of", "ended", "retries", "retries each", "most"), rows);
  }

  /** Means are over the whole run; L = λ · W holds where the gap is 0. */
  ReportTable stations() {
    long endPs = Math.max(1, results.endPs());
    List<List<String>> rows = new ArrayList<>();
    for (CsvTable.Row row : results.csv("stations.csv").rows()) {
      long arrivals = row.number("arrivals");
      OptionalLong stayPs = row.optional("stay_ps");
      OptionalLong gapPs = row.optional("littles_law_gap_ps");
      rows.add(
          List.of(
              row.text("component") + " " + row.text("station"), Long.toString(arrivals),
              Numbers.ratio(row.number("occupancy_ps"), endPs, 4),
              number(row.optional("occupancy_max")), number(row.optional("capacity")),
              row.optional("busy_ps").isPresent()
                  ? Numbers.percent(row.number("busy_ps"), endPs)
                  : "-",
              Numbers.perSecond(arrivals, endPs),
              stayPs.isPresent() && arrivals > 0
                  ? Duration.us(stayPs.getAsLong() / arrivals)
                  : "-",
              gapPs.isEmpty() ? "-" : gapPs.getAsLong() == 0 ? "holds" : "off by "
                  + Duration.us(gapPs.getAsLong()) + " us"));
    }
    return new ReportTable(
        "stations", "How full and how busy the parts were",
        List.of(
            "part and station", "arrivals", "mean inside (L)", "most", "room", "busy, %",
            "arrivals per s (λ)", "mean stay, us (W)", "L = λ·W"),
        rows);
  }

  ReportTable counts() {
    List<List<String>> rows = new ArrayList<>();
    for (CsvTable.Row row : results.csv("stats.csv").rows()) {
      rows.add(List.of(row.text("component"), row.text("metric"), row.text("value")));
    }
    return new ReportTable(
        "stats", "Counts and sums by component", List.of("component", "metric", "value"), rows);
  }

  /** Worker threads never change a result, so they are no part of what is told about it. */
  ReportTable configuration(boolean defaultsToo) {
    List<List<String>> rows = new ArrayList<>();
    for (ConfigLines.Setting setting : results.settings()) {
      boolean told = defaultsToo || !setting.isDefault();
      if (told && !setting.path().equals("run.workers")) {
        rows.add(List.of(setting.path(), setting.value(), setting.origin()));
      }
    }
    return new ReportTable(
        defaultsToo ? "settings" : "configuration",
        defaultsToo ? "Every setting" : "Every setting that is not the shipped default",
        List.of("key", "value", "from"), rows);
  }

  private static String number(OptionalLong value) {
    return value.isPresent() ? Long.toString(value.getAsLong()) : "-";
  }
}
