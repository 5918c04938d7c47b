package dev.shootdown.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Maps of the figure whose boundary a sweep was asked for: along the axis of the boundary, by the
 * axis with most levels, and one map for each combination of the others. All have the same shades.
 */
final class BorderCharts {
  private static final int MAPS_MAX = 24;
  private static final String NOTHING = "all";

  private final SweepResults results;
  private final SweepResults.Border border;
  private final int rows;

  private BorderCharts(SweepResults results, SweepResults.Border border) {
    this.results = results;
    this.border = border;
    this.rows = rows();
  }

  /** The maps as HTML; empty if no boundary was asked for. */
  static String html(SweepResults results) {
    return results.border().map(border -> new BorderCharts(results, border).maps()).orElse("");
  }

  private int rows() {
    int most = -1;
    for (int axis = 0; axis < results.axes().size(); axis++) {
      if (axis != border.along()
          && (most < 0 || results.levels(axis).size() > results.levels(most).size())) {
        most = axis;
      }
    }
    return most;
  }

  private String maps() {
    Map<String, List<HeatMap.Cell>> byRest = new LinkedHashMap<>();
    SweepResults.Figure figure = results.figures().get(border.figure());
    double min = 0;
    for (int i = 0; i < results.points().size(); i++) {
      SweepResults.Point point = results.points().get(i);
      min = Math.min(min, Double.isNaN(figure.mean(i)) ? 0 : figure.mean(i));
      byRest.computeIfAbsent(rest(point), key -> new ArrayList<>())
          .add(
              new HeatMap.Cell(
                  point.labels().get(border.along()),
                  rows < 0 ? NOTHING : point.labels().get(rows), figure.mean(i), point.id()));
    }
    HeatMap.Border line = new HeatMap.Border(border.above(), min, figure.max());
    StringBuilder out = new StringBuilder(Html.paragraph(
        "The red line parts points where " + border.figure() + " is above "
            + Numbers.rounded(border.above(), 5) + " from the others."));
    out.append("<div class=\"multiples\">");
    byRest.entrySet().stream().limit(MAPS_MAX)
        .forEach(each -> out.append(map(each.getKey(), each.getValue(), line)));
    out.append("</div>\n");
    if (byRest.size() > MAPS_MAX) {
      out.append(
          Html.paragraph(
              "Drawn are " + MAPS_MAX + " of " + byRest.size()
                  + " maps; boundary.csv has all of it."));
    }
    return out.toString();
  }

  private String rest(SweepResults.Point point) {
    List<String> parts = new ArrayList<>();
    for (int axis = 0; axis < results.axes().size(); axis++) {
      if (axis != border.along() && axis != rows) {
        parts.add(results.axes().get(axis) + " = " + point.labels().get(axis));
      }
    }
    return String.join(", ", parts);
  }

  private String map(String rest, List<HeatMap.Cell> cells, HeatMap.Border line) {
    List<String> axes =
        List.of(
            results.axes().get(border.along()), rows < 0 ? "" : results.axes().get(rows));
    return HeatMap.svg(
        new HeatMap.Shape(
            border.figure() + (rest.isEmpty() ? "" : " with " + rest), "", axes,
            results.levels(border.along()),
            rows < 0 ? List.of(NOTHING) : results.levels(rows)),
        cells, Optional.of(line));
  }
}
