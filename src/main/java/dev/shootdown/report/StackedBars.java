package dev.shootdown.report;

import java.util.List;

/** Bars of times, lying, each made of parts that differ in colour and hatching. */
final class StackedBars {
  private static final double WIDTH = 760;
  private static final double LEFT = 150;
  private static final double RIGHT = 90;
  private static final double PITCH = 34;
  private static final double BAR = 22;
  private static final int NAME_LETTERS = 22;

  /** A bar and its parts, as many as there are names. */
  record Bar(String name, List<Long> partsPs) {
    long totalPs() {
      return partsPs.stream().mapToLong(Long::longValue).sum();
    }
  }

  private StackedBars() {}

  static String svg(String title, List<String> parts, List<Bar> bars) {
    long maxPs = bars.stream().mapToLong(Bar::totalPs).max().orElse(0);
    TimeUnit unit = TimeUnit.of(maxPs);
    Scale scale = Scale.fromZero(unit.in(maxPs));
    double bottom = 8 + PITCH * bars.size();
    StringBuilder out = new StringBuilder();
    out.append("<figure><svg class=\"plot\" viewBox=\"0 0 ").append(Html.xy(WIDTH)).append(' ')
        .append(Html.xy(bottom + 46)).append("\" style=\"max-width:950px\" role=\"group\"")
        .append(" aria-label=\"").append(Html.escape(title)).append("\">\n");
    for (double tick : scale.ticks()) {
      double atX = x(scale, tick);
      out.append("<path class=\"grid\" d=\"M").append(Html.xy(atX)).append(" 4V")
          .append(Html.xy(bottom)).append("\"/>");
      Plot.text(out, atX, bottom + 16, "middle", Numbers.rounded(tick, 4));
    }
    Plot.text(
        out, (LEFT + WIDTH - RIGHT) / 2, bottom + 38, "middle", "mean time, " + unit.text());
    boolean first = true;
    for (int i = 0; i < bars.size(); i++) {
      first = bar(out, parts, bars.get(i), 8 + PITCH * i, unit, scale, first);
    }
    out.append("</svg>\n<figcaption>").append(Html.escape(title)).append("<ul class=\"legend\">");
    for (int i = 0; i < parts.size(); i++) {
      out.append("<li>").append(Palette.barSample(i)).append(' ')
          .append(Html.escape(parts.get(i))).append("</li>");
    }
    return out.append("</ul></figcaption></figure>\n").toString();
  }

  private static boolean bar(
      StringBuilder out, List<String> parts, Bar bar, double top, TimeUnit unit, Scale scale,
      boolean first) {
    Plot.text(out, LEFT - 8, top + BAR / 2 + 4, "end", cut(bar.name()));
    boolean stop = first;
    long beforePs = 0;
    for (int i = 0; i < parts.size(); i++) {
      long partPs = bar.partsPs().get(i);
      if (partPs > 0) {
        double fromX = x(scale, unit.in(beforePs));
        double wide = x(scale, unit.in(beforePs + partPs)) - fromX;
        String tip =
            bar.name() + ", " + parts.get(i) + ": " + Duration.text(partPs) + " (" + partPs
                + " ps), " + Numbers.percent(partPs, bar.totalPs()) + " %";
        out.append("<rect x=\"").append(Html.xy(fromX)).append("\" y=\"").append(Html.xy(top))
            .append("\" width=\"").append(Html.xy(wide)).append("\" height=\"")
            .append(Html.xy(BAR)).append("\" fill=\"").append(Palette.filling(i))
            .append("\" stroke=\"#fff\" stroke-width=\"0.6\"")
            .append(Plot.mark(tip, stop)).append("/>\n");
        stop = false;
        beforePs += partPs;
      }
    }
    Plot.text(
        out, x(scale, unit.in(beforePs)) + 6, top + BAR / 2 + 4, "start",
        Duration.text(beforePs));
    return stop;
  }

  private static double x(Scale scale, double value) {
    return LEFT + scale.at(value) * (WIDTH - LEFT - RIGHT);
  }

  private static String cut(String name) {
    return name.length() <= NAME_LETTERS ? name : name.substring(0, NAME_LETTERS - 1) + "…";
  }
}
