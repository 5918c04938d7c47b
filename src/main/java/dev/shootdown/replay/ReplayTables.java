package dev.shootdown.replay;

import dev.shootdown.report.Csv;
import dev.shootdown.report.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A replay for programs: tidy CSV and JSON. Their names are part of the result format. */
public final class ReplayTables {
  /** Grows by one when a column or field changes its meaning or goes away. */
  static final int SCHEMA = 2;

  private ReplayTables() {}

  /** One row per operation and size; {@code pages} is {@code all} for all sizes together. */
  public static void rows(Appendable out, Comparison comparison) throws IOException {
    Csv csv = new Csv(out, "operation", "pages", "n", "recorded_p10_ns", "recorded_p50_ns",
        "recorded_p90_ns", "recorded_p99_ns", "simulated_p10_ns", "simulated_p50_ns",
        "simulated_p90_ns", "simulated_p99_ns", "recorded_flushes", "simulated_flushes",
        "recorded_ipis", "simulated_ipis", "unexplained");
    for (Comparison.Row row : comparison.rows()) {
      List<Object> values = new ArrayList<>();
      values.add(row.operation());
      values.add(row.pages() == 0 ? "all" : row.pages());
      values.add(row.count());
      times(values, row.recorded());
      times(values, row.simulated());
      values.add(row.recorded().flushes());
      values.add(row.simulated().flushes());
      values.add(row.recorded().ipis());
      values.add(row.simulated().ipis());
      values.add(row.unexplained());
      csv.row(values.toArray());
    }
  }

  private static void times(List<Object> values, Comparison.Side side) {
    values.add(side.ns().isEmpty() ? null : side.p10Ns());
    values.add(side.ns().map(Percentiles::p50).orElse(null));
    values.add(side.ns().map(Percentiles::p90).orElse(null));
    values.add(side.ns().map(Percentiles::p99).orElse(null));
  }

  /** One row per configuration under which the causes were run, the given one first. */
  public static void bills(Appendable out, ReplayOutcome outcome) throws IOException {
    Csv csv = new Csv(out, "configuration", "flush_ps", "operations_ps", "stolen_ps", "ipis",
        "secondary_flushes", "verdict", "fingerprint");
    bill(csv, outcome.machine(), outcome.comparison().simulated());
    for (ReplayOutcome.Other other : outcome.others()) {
      bill(csv, other.whatIf().label(), other.simulated());
    }
  }

  private static void bill(Csv csv, String label, Comparison.Simulated simulated)
      throws IOException {
    Bill bill = simulated.bill();
    csv.row(label, bill.flushPs(), bill.elapsedPs(), bill.stolenPs(), bill.ipis(),
        bill.secondaryFlushes(), simulated.verdict(), simulated.fingerprint());
  }

  /** Everything. */
  public static String json(ReplayOutcome outcome) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("schema", SCHEMA);
    tree.put("trace", outcome.trace());
    tree.put("machine", outcome.machine());
    Comparison comparison = outcome.comparison();
    List<Object> rows = new ArrayList<>();
    comparison.rows().forEach(row -> rows.add(row(row)));
    tree.put("operations", rows);
    tree.put("recorded_ipis_of_operations", comparison.recordedInside().queued());
    tree.put("recorded_ipis", comparison.recorded().queued());
    tree.put("recorded_intents", comparison.recorded().intents());
    tree.put("recorded_unexplained", comparison.recorded().unexplained());
    tree.put("simulated_ipis", comparison.simulated().ipis());
    tree.put("skipped_calls", comparison.skipped());
    List<Object> bills = new ArrayList<>();
    bills.add(bill(outcome.machine(), comparison.simulated()));
    outcome.others().forEach(
        other -> bills.add(bill(other.whatIf().label(), other.simulated())));
    tree.put("configurations", bills);
    List<Object> sites = new ArrayList<>();
    outcome.sites().forEach(site -> sites.add(site(site)));
    tree.put("flush_sites", sites);
    tree.put("remarks", comparison.remarks());
    return Json.text(tree);
  }

  private static Map<String, Object> row(Comparison.Row row) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("operation", row.operation());
    tree.put("pages", row.pages() == 0 ? null : row.pages());
    tree.put("n", row.count());
    tree.put("recorded", side(row.recorded()));
    tree.put("simulated", side(row.simulated()));
    tree.put("unexplained", row.unexplained());
    if (row.isJudged()) {
      tree.put("p50_goal_met", Goals.timeMet(row.error().getAsDouble()));
    }
    return tree;
  }

  private static Map<String, Object> side(Comparison.Side side) {
    Map<String, Object> tree = new LinkedHashMap<>();
    side.ns().ifPresent(
        ns -> {
          tree.put("p10_ns", side.p10Ns());
          tree.put("p50_ns", ns.p50());
          tree.put("p90_ns", ns.p90());
          tree.put("p99_ns", ns.p99());
        });
    tree.put("flushes", side.flushes());
    tree.put("ipis", side.ipis());
    return tree;
  }

  private static Map<String, Object> bill(String label, Comparison.Simulated simulated) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("configuration", label);
    tree.put("flush_ps", simulated.bill().flushPs());
    tree.put("operations_ps", simulated.bill().elapsedPs());
    tree.put("stolen_ps", simulated.bill().stolenPs());
    tree.put("ipis", simulated.bill().ipis());
    tree.put("secondary_flushes", simulated.bill().secondaryFlushes());
    tree.put("verdict", simulated.verdict());
    tree.put("fingerprint", simulated.fingerprint());
    return tree;
  }

  private static Map<String, Object> site(FlushSites.Site site) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("event", site.event());
    tree.put("functions", site.text());
    tree.put("count", site.count());
    return tree;
  }
}
