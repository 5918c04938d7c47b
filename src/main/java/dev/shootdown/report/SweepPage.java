package dev.shootdown.report;

import java.util.ArrayList;
import java.util.List;

/** The report of a sweep: what the numbers say, then the numbers, then each point. */
final class SweepPage {
  /** Marks that can be pointed at, in all charts together: they are what makes a page heavy. */
  private static final int MARKS_MAX = 12_000;
  private static final int CHARTS_MAX = 12;
  /** Means of single points in the page. */
  private static final int NUMBERS_MAX = 80_000;

  private final SweepResults results;
  private final SweepFigures figures;
  private final SweepCharts charts;

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
        new Page(results.title())
            .head(headline())
            .section("verdicts", "Verdicts", Html.table(figures.verdicts()))
            .section("boundary", "Boundary", border())
            .section("figures", "Figures", charts())
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
    StringBuilder out = new StringBuilder("<header>\n<p class=\"verdict met\">");
    out.append(results.points().size()).append(" points, ").append(runs)
        .append(" runs</p>\n<h1>").append(Html.escape(results.title())).append("</h1>\n");
    out.append("<p class=\"sub\">axes: ")
        .append(Html.escape(String.join(" × ", results.axes()))).append("</p>\n");
    results.findings().forEach(sentence -> out.append(Html.paragraph(sentence)));
    return out.append("</header>\n").toString();
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
    StringBuilder out = new StringBuilder();
    int marks = 0;
    int drawn = 0;
    boolean map = results.axes().size() == 2;
    for (String name : varying) {
      int more = (map ? 2 : 1) * results.points().size();
      if (drawn == CHARTS_MAX || drawn > 0 && marks + more > MARKS_MAX) {
        break;
      }
      marks += more;
      drawn++;
      out.append("<h3>").append(Html.escape(name)).append("</h3>\n<div class=\"multiples\">")
          .append(charts.lines(name)).append(map ? charts.heatMap(name) : "").append("</div>\n");
    }
    if (drawn < varying.size()) {
      out.append(
          Html.paragraph(
              "Drawn are " + drawn + " of " + varying.size()
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
    StringBuilder out = new StringBuilder("{\"axes\":");
    texts(out, results.axes());
    out.append(",\"metrics\":");
    texts(out, names);
    out.append(",\"command\":");
    texts(out, List.of(shared));
    out.append(",\"points\":[");
    for (int i = 0; i < results.points().size(); i++) {
      SweepResults.Point point = results.points().get(i);
      out.append(i == 0 ? "\n[" : ",\n[");
      List<String> texts = new ArrayList<>(List.of(point.id()));
      texts.add(SweepFigures.verdicts(point));
      texts.add(point.reproduce().substring(shared.length()));
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
    return results.points().stream()
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
