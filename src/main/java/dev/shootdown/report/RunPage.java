package dev.shootdown.report;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The report of one run: verdict first, then what it rests on. */
final class RunPage {
  private final RunResults results;
  private final RunFigures figures;
  private final RunCharts charts;

  private RunPage(RunResults results) {
    this.results = results;
    this.figures = new RunFigures(results);
    this.charts = new RunCharts(results, figures);
  }

  /** The page, from the results' files alone. */
  static String html(RunResults results) {
    return new RunPage(results).page();
  }

  private String page() {
    Node summary = results.summary();
    return new Page(summary.text("verdict") + ": " + summary.text("title"))
        .head(headline())
        .section("findings", "Findings", findings())
        .section("machine", "The machine", machine())
        .section("latency", "Latency", latency())
        .section("cost", "Cost", cost())
        .section("exposure", "Stale exposure", exposure())
        .section("retries", "Retries",
            tableOrNothing(figures.faults()) + tableOrNothing(figures.retries()))
        .section("occupancy", "Occupancy and utilisation", occupancy())
        .section("counts", "Counts", Html.details("Show them", Html.table(figures.counts())))
        .section("configuration", "Configuration", configuration())
        .section("reproduce", "How to reproduce", reproduce())
        .html();
  }

  private String headline() {
    Node summary = results.summary();
    boolean met = summary.flag("as_expected");
    String expected = summary.optionalText("expected").orElse("clean");
    StringBuilder out = new StringBuilder("<header>\n<p class=\"verdict ");
    out.append(met ? "met" : "unmet").append("\"><span class=\"mark\" aria-hidden=\"true\">")
        .append(met ? "✓" : "✗").append("</span> ").append(Html.escape(summary.text("verdict")))
        .append(" <small>").append(met ? "as expected" : "expected: " + Html.escape(expected))
        .append("</small></p>\n<h1>").append(Html.escape(summary.text("title")))
        .append("</h1>\n<p class=\"sub\">").append(Html.escape(summary.text("id")));
    if (!summary.text("variant").isEmpty()) {
      out.append(" · variant ").append(Html.escape(summary.text("variant")));
    }
    out.append(" · seed ").append(summary.number("seed")).append(" · ")
        .append(Duration.text(results.endPs())).append(" of virtual time · ")
        .append(summary.number("events")).append(" events</p>\n");
    Headline.sentences(results, figures)
        .forEach(sentence -> out.append(Html.paragraph(sentence)));
    return out.append("</header>\n").toString();
  }

  private String findings() {
    ReportTable table = figures.findings();
    if (table.isEmpty()) {
      return Html.paragraph("None.");
    }
    StringBuilder out = new StringBuilder(Html.table(table));
    long unlisted = results.verdicts().number("unlisted_findings");
    if (unlisted > 0) {
      out.append(Html.paragraph("And " + unlisted + " more that are not listed."));
    }
    boolean first = true;
    for (Map.Entry<String, String> witness : results.witnesses().entrySet()) {
      String chart = "<pre tabindex=\"0\">" + Html.escape(witness.getValue()) + "</pre>\n";
      out.append(
          first
              ? "<h3>The first one, step by step</h3>\n" + chart
              : Html.details("Witness " + witness.getKey(), chart));
      first = false;
    }
    return out.toString();
  }

  private String machine() {
    SortedMap<String, Long> facts = new TreeMap<>();
    for (CsvTable.Row row : results.csv("stats.csv").rows()) {
      if (row.text("metric").endsWith("_count")) {
        facts.merge(row.text("component"), row.number("value"), Long::sum);
      }
    }
    return results.machine().map(machine -> MachinePicture.svg(machine, facts)).orElse("");
  }

  private String latency() {
    return figures.kinds().isEmpty()
        ? Html.paragraph("No operation was over when the run ended.")
        : charts.latencies() + Html.table(figures.latencies());
  }

  private String cost() {
    return figures.kinds().isEmpty()
        ? ""
        : charts.ledger() + Html.table(figures.shares()) + Html.table(figures.costs());
  }

  private String exposure() {
    ReportTable table = figures.exposures();
    return table.isEmpty() ? "" : charts.windows() + Html.table(table);
  }

  private String occupancy() {
    ReportTable table = figures.stations();
    return table.isEmpty()
        ? ""
        : charts.occupancies() + Html.table(table)
            + Html.paragraph(
                "L is the number inside, averaged over the run; λ the arrivals per second; W the"
                    + " mean stay, of those still inside counted until the end. Where the two"
                    + " ways of measuring agree, Little's law holds. A dash: the facts do not"
                    + " tell.");
  }

  private String configuration() {
    return Html.table(figures.configuration(false))
        + Html.details("Every setting", Html.table(figures.configuration(true)));
  }

  private String reproduce() {
    return "<pre tabindex=\"0\">" + Html.escape(results.summary().text("reproduce")) + "</pre>\n"
        + Html.paragraph(
            "The same scenario, seed and version give the same bytes: fingerprint "
                + results.summary().text("fingerprint") + ".");
  }

  private static String tableOrNothing(ReportTable table) {
    return table.isEmpty() ? "" : Html.table(table);
  }
}
