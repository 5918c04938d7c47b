package dev.shootdown.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The report of a sweep: what the numbers say, then the numbers, then each point. */
final class SweepPage {
  /** Marks that can be pointed at, in all charts together: they are what makes a page heavy. */
  private static final int MARKS_MAX = 12_000;
  private static final int CHARTS_MAX = 12;
  /** Letters of commands, beside what they share. */
  private static final long COMMANDS_MAX = 1_000_000;
  /** Means of single points in the page. */
  private static final int NUMBERS_MAX = 80_000;

  private static final Pattern FAULTS =
      Pattern.compile(
          "fault\\.(starved_ratio|retries_mean_count|wait_p99_ps|standstill_max_ps)");
  private static final Pattern EXPOSURES =
      Pattern.compile("exposure\\..*\\.(max_ps|p99_ns|open_count)");

  private final SweepResults results;
  private final SweepFigures figures;
  private final SweepCharts charts;
  private int marks;

  private SweepPage(SweepResults results) {
    this.results = results;
    this.figures = new SweepFigures(results);
    this.charts = new SweepCharts(results);
  }

  static String html(SweepResults results) {
    return new SweepPage(results).page();
  }

  private String page() {
    Page page =
        new Page(verdicts() + ": " + results.title())
            .head(headline())
            .section("verdicts", "Verdicts", Html.table(figures.verdicts()))
            .section("boundary", "Boundary", border())
            .section("figures", "Figures", charts())
            .section("latency", "Latency", latency())
            .section("cost", "Cost", new SweepLedger(results).html())
            .section("faults", "Retries and time without progress", some(FAULTS))
            .section("exposure", "Stale exposure", some(EXPOSURES))
            .section("machine", "The machine", machine())
            .section("points", "Points", points())
            .section(
                "paired", "Paired differences",
                table(figures.copied(
                    "paired.csv", "paired", "Differences between levels, all else equal",
                    false)))
            .section(
                "sensitivity", "Sensitivity",
                table(figures.copied(
                    "sensitivity.csv", "sensitivity", "Which axis moves which figure", false)))
            .section("configuration", "Configuration", table(figures.configuration()))
            .section("reproduce", "How to reproduce", reproduce());
    return page.script("points.js").html();
  }

  private String headline() {
    int runs = results.points().stream().mapToInt(SweepResults.Point::runs).sum();
    long unexpected = results.told().map(told -> told.number("unexpected_runs")).orElse(0L);
    StringBuilder out = new StringBuilder("<header>\n<p class=\"verdict ");
    out.append(unexpected == 0 ? "met" : "unmet")
        .append("\"><span class=\"mark\" aria-hidden=\"true\">")
        .append(unexpected == 0 ? "✓" : "✗").append("</span> ")
        .append(Html.escape(verdicts())).append(" <small>")
        .append(Html.escape(expectation(unexpected)))
        .append("</small></p>\n<h1>").append(Html.escape(results.title())).append("</h1>\n");
    out.append("<p class=\"sub\">").append(Html.escape(results.id())).append(" · ")
        .append(results.points().size()).append(" points, ").append(runs).append(" runs · axes: ")
        .append(Html.escape(String.join(" × ", results.axes()))).append("</p>\n");
    results.told().map(told -> told.text("question")).filter(text -> !text.isEmpty())
        .ifPresent(question -> out.append(Html.paragraph(question)));
    if (!results.findings().isEmpty()) {
      out.append(Html.paragraph(String.join(" ", results.findings())));
    }
    return out.append("</header>\n").toString();
  }

  private String verdicts() {
    List<String> parts = new ArrayList<>();
    for (List<String> row : figures.verdicts().rows()) {
      parts.add(row.get(1) + " " + row.get(0));
    }
    return parts.isEmpty() ? "no runs" : String.join(", ", parts);
  }

  private String expectation(long unexpected) {
    Optional<String> expected = results.told().flatMap(told -> told.optionalText("expected"));
    if (unexpected > 0) {
      return unexpected + (unexpected == 1 ? " run" : " runs") + " against what was expected"
          + expected.map(verdict -> ": " + verdict).orElse(": no failure");
    }
    return expected.isPresent() ? "as expected" : "";
  }

  private String machine() {
    return results.machine()
        .map(
            machine ->
                Html.paragraph("Of the first point that was run; axes may change it.")
                    + MachinePicture.svg(machine, new TreeMap<>()))
        .orElse("");
  }

  private String latency() {
    SweepLatencies latencies = new SweepLatencies(results);
    ReportTable points =
        figures.copied("percentiles.csv", "percentiles", "Percentiles by point, in ns", false);
    return latencies.charts() + table(latencies.table())
        + (points.isEmpty() ? "" : Html.details("Percentiles of points", Html.table(points)));
  }

  /** Charts of those figures that differ and are not among the chosen ones. */
  private String some(Pattern wanted) {
    List<String> chosen = figures.chosen();
    return drawn(
        figures.varying().stream()
            .filter(name -> wanted.matcher(name).matches() && !chosen.contains(name)).toList());
  }

  private String border() {
    return BorderCharts.html(results)
        + table(figures.copied("boundary.csv", "boundary", "Where the boundary lies", false));
  }

  private String charts() {
    List<String> varying = figures.varying();
    if (results.axes().isEmpty() || varying.isEmpty()) {
      return Html.paragraph("No figure differs between the points.");
    }
    List<String> chosen = figures.chosen();
    return drawn(
        varying.stream()
            .filter(
                name ->
                    chosen.contains(name)
                        || !FAULTS.matcher(name).matches() && !EXPOSURES.matcher(name).matches())
            .toList());
  }

  /** Charts of as many of these figures as a page can hold. */
  private String drawn(List<String> names) {
    StringBuilder out = new StringBuilder();
    int drawn = 0;
    boolean map = results.axes().size() == 2;
    for (String name : names) {
      int more = (map ? 2 : 1) * results.points().size();
      if (drawn == CHARTS_MAX || drawn > 0 && marks + more > MARKS_MAX) {
        break;
      }
      marks += more;
      drawn++;
      out.append("<h3>").append(Html.escape(name)).append("</h3>\n<div class=\"multiples\">")
          .append(charts.lines(name)).append(map ? charts.heatMap(name) : "").append("</div>\n");
    }
    if (drawn < names.size()) {
      out.append(
          Html.paragraph(
              "Drawn are " + drawn + " of " + names.size()
                  + " figures that differ; summary.csv has them all."));
    }
    return out.toString();
  }

  private String points() {
    return "<div class=\"controls\"><label>Find <input id=\"find\" type=\"search\""
        + " placeholder=\"id or level\"></label> <label>Point <select id=\"point\"></select>"
        + "</label></div>\n<div id=\"point-figures\" aria-live=\"polite\"></div>\n"
        + Html.details("Means of all points", Html.table(figures.means()))
        + "<script type=\"application/json\" id=\"points-data\">" + data() + "</script>\n"
        + (told().size() < results.figures().size()
            ? Html.paragraph(
                "Of each point " + told().size() + " of " + results.figures().size()
                    + " figures are in this page; summary.csv has them all.")
            : "");
  }

  /** Compact: the part of the commands that all points share stands once. */
  private String data() {
    List<String> names = told();
    String shared = shared();
    long letters =
        results.points().stream().mapToLong(point -> point.reproduce().length() - shared.length())
            .sum();
    // Of many points with long commands, the sweep's own command is told with the point's name.
    Optional<String> only =
        results.told().filter(told -> letters > COMMANDS_MAX)
            .map(told -> told.text("reproduce") + " --only ");
    StringBuilder out = new StringBuilder("{\"axes\":");
    texts(out, results.axes());
    out.append(",\"metrics\":");
    texts(out, names);
    out.append(",\"command\":");
    texts(out, List.of(only.orElse(shared)));
    out.append(",\"runs\":{");
    results.runPages().forEach(
        (point, pages) -> {
          out.append(out.charAt(out.length() - 1) == '{' ? "\"" : ",\"").append(point)
              .append("\":");
          texts(out, pages);
        });
    out.append("},\"points\":[");
    for (int i = 0; i < results.points().size(); i++) {
      SweepResults.Point point = results.points().get(i);
      out.append(i == 0 ? "\n[" : ",\n[");
      List<String> texts = new ArrayList<>(List.of(point.id()));
      texts.add(SweepFigures.verdicts(point));
      texts.add(only.isPresent() ? point.id() : point.reproduce().substring(shared.length()));
      texts.addAll(point.labels());
      texts(out, texts);
      for (String name : names) {
        SweepResults.Figure figure = results.figures().get(name);
        out.append(',').append(number(figure.mean(i)));
        out.append(',').append(number(figure.half(i)));
      }
      out.append(']');
    }
    return Html.inScript(out.append("]}").toString());
  }

  /** The figures of single points, as many as a page can hold: those that differ first. */
  private List<String> told() {
    List<String> names = figures.varying();
    results.figures().keySet().stream()
        .filter(name -> !names.contains(name))
        .forEach(names::add);
    int most = Math.max(4, NUMBERS_MAX / Math.max(1, results.points().size()));
    return names.subList(0, Math.min(most, names.size()));
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "null" : Numbers.rounded(value, 5);
  }

  private static void texts(StringBuilder out, List<String> texts) {
    out.append('[');
    for (int i = 0; i < texts.size(); i++) {
      out.append(i == 0 ? "" : ",").append(Json.text(texts.get(i)).strip());
    }
    out.append(']');
  }

  private String shared() {
    String shared = results.points().isEmpty() ? "" : results.points().get(0).reproduce();
    for (SweepResults.Point point : results.points()) {
      int length = 0;
      int most = Math.min(shared.length(), point.reproduce().length());
      while (length < most && shared.charAt(length) == point.reproduce().charAt(length)) {
        length++;
      }
      shared = shared.substring(0, length);
    }
    return shared;
  }

  private String reproduce() {
    String again =
        results.told().map(told -> told.text("reproduce")).filter(text -> !text.isEmpty())
            .map(text -> "<pre tabindex=\"0\">" + Html.escape(text) + "</pre>\n").orElse("");
    return again + results.points().stream()
        .findFirst()
        .map(
            point ->
                "<pre tabindex=\"0\">" + Html.escape(point.reproduce()) + "</pre>\n"
                    + Html.paragraph(
                        "This shows the first run of " + point.id()
                            + "; each point above has its own command."))
        .orElse("");
  }

  private static String table(ReportTable table) {
    return table.isEmpty() ? "" : Html.table(table);
  }
}
