package dev.shootdown.report;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** All whole-number figures of a run under one name each, for comparing. */
final class RunMetrics {
  private static final List<String> OPERATIONS =
      List.of(
          "count", "p50_ps", "p99_ps", "max_ps", "elapsed_ps", "stolen_ps", "ipis",
          "secondary_flushes", "requested_pages", "flushed_pages", "widened_to_all");
  private static final List<String> EXPOSURES =
      List.of("windows", "open", "p50_ns", "p99_ns", "max_ps");

  private static final List<String> FAULTS =
      List.of(
          "raised", "served", "lost", "open", "retries", "wait_p50_ps", "wait_p99_ps",
          "wait_max_ps", "standstill_max_ps");

  private RunMetrics() {}

  static SortedMap<String, Long> of(RunResults results) {
    SortedMap<String, Long> metrics = new TreeMap<>();
    Node summary = results.summary();
    for (String name : List.of("end_ps", "events", "unfinished_operations")) {
      metrics.put("run " + name, summary.number(name));
    }
    Node findings = summary.object("findings");
    findings.names().forEach(name -> metrics.put("findings " + name, findings.number(name)));
    for (Node kind : summary.objects("operations")) {
      for (String name : OPERATIONS) {
        metrics.put("operation " + kind.text("kind") + " " + name, kind.number(name));
      }
    }
    for (Node exposure : summary.objects("exposures")) {
      for (String name : EXPOSURES) {
        metrics.put("exposure " + exposure.text("holders") + " " + name, exposure.number(name));
      }
    }
    if (summary.has("faults")) {
      Node faults = summary.object("faults");
      FAULTS.stream().filter(faults::has)
          .forEach(name -> metrics.put("faults " + name, faults.number(name)));
    }
    CsvTable ledger = results.csv("ledger.csv");
    for (OperationKind kind : OperationKind.of(ledger)) {
      for (String account : OperationKind.accounts(ledger)) {
        metrics.put("ledger " + kind.kind() + " " + account + "_ps", kind.accountPs(account));
      }
    }
    for (CsvTable.Row row : results.csv("stats.csv").rows()) {
      metrics.put(row.text("component") + " " + row.text("metric"), row.number("value"));
    }
    for (CsvTable.Row row : results.csv("stations.csv").rows()) {
      metrics.put(
          row.text("component") + " " + row.text("station") + " occupancy_ps",
          row.number("occupancy_ps"));
    }
    return metrics;
  }
}
