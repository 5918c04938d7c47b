package dev.shootdown.cli;

import dev.shootdown.validate.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Draws one series: published figures as circles, the model's as a line with crosses. Both axes are
 * logarithmic; an x that is no number stands at its place in the row.
 */
final class ValidateChart {
  private static final double WIDTH = 560;
  private static final double HEIGHT = 280;
  private static final double LEFT = 70;
  private static final double BOTTOM = 44;
  private static final double EDGE = 14;

  private final List<Point> points;
  private final List<Double> xs = new ArrayList<>();
  private double lowX = Double.POSITIVE_INFINITY;
  private double highX;
  private double lowY = Double.POSITIVE_INFINITY;
  private double highY;

  private ValidateChart(List<Point> points) {
    this.points = points;
    for (Point point : points) {
      double x = x(point);
      xs.add(x);
      lowX = Math.min(lowX, x);
      highX = Math.max(highX, x);
      lowY = Math.min(lowY, Math.min(point.published().value(), point.predicted()));
      highY = Math.max(highY, Math.max(point.published().value(), point.predicted()));
    }
  }

  /** The drawing as an SVG element. */
  static String svg(List<Point> points) {
    return new ValidateChart(points).draw();
  }

  private double x(Point point) {
    String x = point.published().x();
    return x.matches("[0-9]*[1-9][0-9]*(\\.[0-9]+)?") ? Double.parseDouble(x) : xs.size() + 1;
  }

  private double px(double x) {
    return LEFT + (WIDTH - LEFT - EDGE) * place(x, lowX, highX);
  }

  private double py(double y) {
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - EDGE) * place(y, lowY * 0.9, highY * 1.1);
  }

  private static double place(double value, double low, double high) {
    return high <= low ? 0.5
        : (StrictMath.log(value) - StrictMath.log(low))
            / (StrictMath.log(high) - StrictMath.log(low));
  }

  private String draw() {
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT, "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\">%n", WIDTH,
            HEIGHT, ValidateHtml.escape(points.get(0).series())));
    axes(svg);
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < points.size(); i++) {
      Point point = points.get(i);
      double atX = px(xs.get(i));
      line.append(String.format(Locale.ROOT, "%.1f,%.1f ", atX, py(point.predicted())));
      svg.append(
          String.format(
              Locale.ROOT,
              "<circle class=\"published\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"><title>%s %s: published"
                  + " %.3f, predicted %.3f</title></circle>%n",
              atX, py(point.published().value()), ValidateHtml.escape(point.published().x()),
              ValidateHtml.escape(point.published().xUnit()), point.published().value(),
              point.predicted()));
      svg.append(
          String.format(
              Locale.ROOT, "<path class=\"predicted\" d=\"M%.1f %.1fl8 8m0 -8l-8 8\"/>%n",
              atX - 4, py(point.predicted()) - 4));
    }
    svg.append("<polyline class=\"predicted\" points=\"").append(line.toString().strip())
        .append("\"/>\n</svg>\n");
    return svg.toString();
  }

  private void axes(StringBuilder svg) {
    svg.append(
        String.format(
            Locale.ROOT, "<path class=\"axis\" d=\"M%.1f %.1fV%.1fH%.1f\"/>%n", LEFT, EDGE,
            HEIGHT - BOTTOM, WIDTH - EDGE));
    for (double y : List.of(lowY, highY)) {
      label(svg, LEFT - 6, py(y) + 4, "end", String.format(Locale.ROOT, "%.4g", y));
    }
    label(svg, px(lowX), HEIGHT - BOTTOM + 16, "middle", points.get(xs.indexOf(lowX)));
    if (highX > lowX) {
      label(svg, px(highX), HEIGHT - BOTTOM + 16, "middle", points.get(xs.indexOf(highX)));
    }
    label(
        svg, (LEFT + WIDTH) / 2, HEIGHT - 8, "middle",
        points.get(0).published().xUnit() + " (logarithmic); " + points.get(0).published().unit());
  }

  private static void label(StringBuilder svg, double x, double y, String anchor, Point point) {
    label(svg, x, y, anchor, point.published().x());
  }

  private static void label(StringBuilder svg, double x, double y, String anchor, String text) {
    svg.append(
        String.format(
            Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y,
            anchor, ValidateHtml.escape(text)));
  }
}
