package dev.shootdown.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A chart with two labelled axes, as SVG. Whatever has a value to tell is a mark that shows it when
 * the pointer is over it or the keyboard is on it: tab goes to a chart, arrows go along its marks.
 */
final class Plot {
  private static final double LEFT = 62;
  private static final double TOP = 12;
  private static final double RIGHT = 18;
  private static final double BOTTOM = 46;
  private static final int NAMES_SHOWN = 12;

  /**
   * A scale and what it measures, unit included.
   *
   * @param names what stands at 0, 1, 2, ... if these are no numbers; else empty
   */
  record Axis(Scale scale, String label, List<String> names) {
    Axis(Scale scale, String label) {
      this(scale, label, List.of());
    }

    /** Names side by side. */
    static Axis of(String label, List<String> names) {
      return new Axis(Scale.exactly(-0.5, names.size() - 0.5), label, names);
    }
  }

  /** A value to be drawn, and what it tells. */
  record Point(double x, double y, String tip) {}

  /** A level that lasted. */
  record Step(long fromPs, long untilPs, double level) {}

  private final double width;
  private final double height;
  private final Axis x;
  private final Axis y;
  private final StringBuilder below = new StringBuilder();
  private final StringBuilder above = new StringBuilder();
  private final List<String> legend = new ArrayList<>();
  private final String title;
  private boolean marked;

  Plot(String title, double width, double height, Axis x, Axis y) {
    this.title = title;
    this.width = width;
    this.height = height;
    this.x = x;
    this.y = y;
  }

  private double px(double value) {
    return LEFT + x.scale().at(value) * (width - LEFT - RIGHT);
  }

  private double py(double value) {
    return height - BOTTOM - y.scale().at(value) * (height - TOP - BOTTOM);
  }

  /** A line through the points; each step goes across first if {@code stairs}. */
  Plot line(int series, List<Point> points, boolean stairs) {
    StringBuilder path = new StringBuilder();
    double beforeY = 0;
    for (Point point : points) {
      double atX = px(point.x());
      double atY = py(point.y());
      if (path.length() == 0) {
        path.append('M').append(Html.xy(atX)).append(' ').append(Html.xy(atY));
      } else {
        if (stairs) {
          path.append('L').append(Html.xy(atX)).append(' ').append(Html.xy(beforeY));
        }
        path.append('L').append(Html.xy(atX)).append(' ').append(Html.xy(atY));
      }
      beforeY = atY;
    }
    below.append("<path d=\"").append(path).append("\" fill=\"none\" stroke=\"")
        .append(Palette.colour(series)).append("\" stroke-width=\"2\" stroke-dasharray=\"")
        .append(Palette.dash(series)).append("\"/>\n");
    return this;
  }

  /** The area between two rows of points, which have the same x each: an error band. */
  Plot band(int series, List<Point> low, List<Point> high) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < high.size(); i++) {
      path.append(i == 0 ? 'M' : 'L').append(Html.xy(px(high.get(i).x()))).append(' ')
          .append(Html.xy(py(high.get(i).y())));
    }
    for (int i = low.size() - 1; i >= 0; i--) {
      path.append('L').append(Html.xy(px(low.get(i).x()))).append(' ')
          .append(Html.xy(py(low.get(i).y())));
    }
    below.append("<path d=\"").append(path).append("z\" fill=\"").append(Palette.colour(series))
        .append("\" fill-opacity=\"0.16\"/>\n");
    return this;
  }

  /** Lines from low to high at a point: what the value may be. */
  Plot whiskers(int series, List<Point> low, List<Point> high) {
    for (int i = 0; i < high.size(); i++) {
      below.append("<path d=\"M").append(Html.xy(px(high.get(i).x()))).append(' ')
          .append(Html.xy(py(high.get(i).y()))).append('V').append(Html.xy(py(low.get(i).y())))
          .append("\" stroke=\"").append(Palette.colour(series)).append("\"/>\n");
    }
    return this;
  }

  /** Marks that tell their values. */
  Plot marks(int series, List<Point> points) {
    for (Point point : points) {
      above.append("<path d=\"").append(Palette.mark(series, px(point.x()), py(point.y())))
          .append("\" fill=\"").append(Palette.colour(series)).append("\"")
          .append(tip(point.tip())).append("/>\n");
    }
    return this;
  }

  /** The areas under steps of virtual time. */
  Plot steps(TimeUnit unit, List<Step> steps) {
    for (Step step : steps) {
      double fromX = px(unit.in(step.fromPs()));
      double topY = py(step.level());
      String tip =
          Numbers.rounded(step.level(), 4) + " on average from " + Duration.text(step.fromPs())
              + " to " + Duration.text(step.untilPs());
      above.append("<rect x=\"").append(Html.xy(fromX)).append("\" y=\"").append(Html.xy(topY))
          .append("\" width=\"")
          .append(Html.xy(Math.max(0.5, px(unit.in(step.untilPs())) - fromX)))
          .append("\" height=\"").append(Html.xy(height - BOTTOM - topY)).append("\" fill=\"")
          .append(Palette.colour(0)).append("\"").append(tip(tip)).append("/>\n");
    }
    return this;
  }

  Plot legend(String sample, String text) {
    legend.add("<li>" + sample + " " + Html.escape(text) + "</li>");
    return this;
  }

  private String tip(String text) {
    boolean first = !marked;
    marked = true;
    return mark(text, first);
  }

  /**
   * Attributes of a mark. The first of a chart is where tab stops; what a screen reader needs
   * beside its text is the script's affair, as there may be thousands of marks.
   */
  static String mark(String text, boolean first) {
    return " class=\"m\"" + (first ? " tabindex=\"0\"" : "") + " data-t=\""
        + Html.escape(text) + "\"";
  }

  /** The finished chart with its legend. */
  String svg() {
    StringBuilder out = new StringBuilder();
    out.append("<figure><svg class=\"plot\" viewBox=\"0 0 ").append(Html.xy(width)).append(' ')
        .append(Html.xy(height)).append("\" style=\"max-width:").append(Html.xy(width * 1.25))
        .append("px\" role=\"group\" aria-label=\"").append(Html.escape(title)).append("\">\n");
    axes(out);
    out.append(below).append(above).append("</svg>\n<figcaption>").append(Html.escape(title));
    if (!legend.isEmpty()) {
      out.append("<ul class=\"legend\">").append(String.join("", legend)).append("</ul>");
    }
    return out.append("</figcaption></figure>\n").toString();
  }

  private void axes(StringBuilder out) {
    double bottom = height - BOTTOM;
    for (double tick : y.scale().ticks()) {
      String at = Html.xy(py(tick));
      out.append("<path class=\"grid\" d=\"M").append(Html.xy(LEFT)).append(' ').append(at)
          .append('H').append(Html.xy(width - RIGHT)).append("\"/>");
      text(out, LEFT - 6, py(tick) + 4, "end", Numbers.rounded(tick, 4));
    }
    for (int i = 0; i < x.names().size(); i++) {
      int every = 1 + x.names().size() / NAMES_SHOWN;
      if (i % every == 0) {
        text(out, px(i), bottom + 18, "middle", x.names().get(i));
      }
    }
    for (double tick : x.names().isEmpty() ? x.scale().ticks() : List.<Double>of()) {
      String at = Html.xy(px(tick));
      out.append("<path class=\"axis\" d=\"M").append(at).append(' ').append(Html.xy(bottom))
          .append("v5\"/>");
      text(out, px(tick), bottom + 18, "middle", Numbers.rounded(tick, 4));
    }
    out.append("<path class=\"axis\" d=\"M").append(Html.xy(LEFT)).append(' ')
        .append(Html.xy(TOP)).append('V').append(Html.xy(bottom)).append('H')
        .append(Html.xy(width - RIGHT)).append("\"/>\n");
    text(
        out, (LEFT + width - RIGHT) / 2, height - 8, "middle",
        x.label() + (x.scale().isLogarithmic() ? " (logarithmic)" : ""));
    double middle = (TOP + bottom) / 2;
    out.append("<text class=\"label\" text-anchor=\"middle\" transform=\"translate(14 ")
        .append(Html.xy(middle)).append(") rotate(-90)\">").append(Html.escape(y.label()))
        .append(y.scale().isLogarithmic() ? " (logarithmic)" : "").append("</text>\n");
  }

  static void text(StringBuilder out, double atX, double atY, String anchor, String text) {
    out.append("<text class=\"label\" x=\"").append(Html.xy(atX)).append("\" y=\"")
        .append(Html.xy(atY)).append("\" text-anchor=\"").append(anchor).append("\">")
        .append(Html.escape(text)).append("</text>\n");
  }
}
