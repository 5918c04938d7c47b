package dev.shootdown.report;

/**
 * Colours that people with any colour vision tell apart (Okabe and Ito, "Color Universal Design",
 * 2008), each series with a dash, a mark and a hatching of its own beside: nothing is told by
 * colour alone.
 */
final class Palette {
  private static final String[] COLOURS = {
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#4d4d4d", "#999933"
  };
  private static final String[] DASHES = {"", "7 3", "2 2", "9 3 2 3", "4 4", "12 3", "1 3"};
  private static final String[] HATCHINGS = {
    "",
    "M0 8L8 0",
    "M2 2h1v1h-1zM6 6h1v1h-1z",
    "M0 0L8 8",
    "M0 4H8",
    "M4 0V8",
    "M0 8L8 0M0 0L8 8"
  };

  /** How many fillings {@link #definitions} has. */
  static final int FILLINGS = COLOURS.length * HATCHINGS.length;

  private Palette() {}

  static String colour(int series) {
    return COLOURS[series % COLOURS.length];
  }

  static String dash(int series) {
    return DASHES[series % DASHES.length];
  }

  /** What a bar of that series is filled with. */
  static String filling(int series) {
    return "url(#fill" + series % FILLINGS + ")";
  }

  /** The hatchings, to stand once on a page. */
  static String definitions() {
    StringBuilder out =
        new StringBuilder(
            "<svg width=\"0\" height=\"0\" class=\"defs\" aria-hidden=\"true\"><defs>\n");
    for (int i = 0; i < FILLINGS; i++) {
      out.append("<pattern id=\"fill").append(i)
          .append("\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">")
          .append("<rect width=\"8\" height=\"8\" fill=\"").append(colour(i)).append("\"/>");
      String hatching = HATCHINGS[i % HATCHINGS.length];
      if (!hatching.isEmpty()) {
        out.append("<path d=\"").append(hatching)
            .append("\" stroke=\"#fff\" stroke-width=\"1.4\" fill=\"none\"/>");
      }
      out.append("</pattern>\n");
    }
    return out.append("</defs></svg>\n").toString();
  }

  /** A mark of that series around a point, as a path. */
  static String mark(int series, double x, double y) {
    String at = "M" + Html.xy(x) + " " + Html.xy(y);
    return switch (series % 6) {
      case 0 -> at + "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z";
      case 1 -> at + "m-4 -4h8v8h-8z";
      case 2 -> at + "m0 -5l5 9h-10z";
      case 3 -> at + "m0 -5.5l5.5 5.5l-5.5 5.5l-5.5 -5.5z";
      case 4 -> at + "m0 5l5 -9h-10z";
      default -> at + "m-1.5 -5h3v3.5h3.5v3h-3.5v3.5h-3v-3.5h-3.5v-3h3.5z";
    };
  }

  /** What a legend shows of a line. */
  static String lineSample(int series) {
    return "<svg class=\"sample\" viewBox=\"0 0 34 12\" aria-hidden=\"true\"><path d=\"M0 6H34\""
        + " fill=\"none\" stroke=\"" + colour(series) + "\" stroke-width=\"2\" stroke-dasharray=\""
        + dash(series) + "\"/><path d=\"" + mark(series, 17, 6) + "\" fill=\"" + colour(series)
        + "\"/></svg>";
  }

  /** What a legend shows of a bar. */
  static String barSample(int series) {
    return "<svg class=\"sample\" viewBox=\"0 0 34 12\" aria-hidden=\"true\"><rect width=\"34\""
        + " height=\"12\" fill=\"" + filling(series) + "\"/></svg>";
  }
}
