package dev.shootdown.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A figure over two axes: the darker the more. One hue only, so that lightness alone tells it, to
 * any eye and in grey print; cells that are large enough have the number in them as well.
 */
final class HeatMap {
  private static final double LEFT = 110;
  private static final double WIDTH = 560;
  private static final int NUMBERED = 14;
  private static final int LABELS = 16;
  private static final int[] PALE = {0xf7, 0xfb, 0xff};
  private static final int[] DARK = {0x08, 0x30, 0x6b};

  /** What stands around the cells. */
  record Shape(
      String title, String unit, List<String> axes, List<String> columns, List<String> rows) {}

  /**
   * A line to draw, and the range of shades that several maps share.
   *
   * @param above the line parts cells whose value is greater from the others
   */
  record Border(double above, double min, double max) {}

  /** A cell by its levels, and what to add to its tip. */
  record Cell(String column, String row, double value, String note) {}

  private HeatMap() {}

  static String svg(Shape shape, List<Cell> cells) {
    return svg(shape, cells, Optional.empty());
  }

  static String svg(Shape shape, List<Cell> cells, Optional<Border> border) {
    double wide = (WIDTH - LEFT) / shape.columns().size();
    double tall = Math.max(6, Math.min(30, 420.0 / shape.rows().size()));
    double bottom = 8 + tall * shape.rows().size();
    double min =
        border.map(Border::min).orElseGet(
            () -> cells.stream().mapToDouble(Cell::value).filter(Double::isFinite).min().orElse(0));
    double max =
        border.map(Border::max).orElseGet(
            () -> cells.stream().mapToDouble(Cell::value).filter(Double::isFinite).max().orElse(0));
    StringBuilder out = new StringBuilder("<figure><svg class=\"plot\" viewBox=\"0 0 ");
    out.append(Html.xy(WIDTH + 10)).append(' ').append(Html.xy(bottom + 44))
        .append("\" style=\"max-width:720px\" role=\"group\" aria-label=\"")
        .append(Html.escape(shape.title())).append("\">\n");
    Map<String, Integer> columns = places(shape.columns());
    Map<String, Integer> rows = places(shape.rows());
    boolean first = true;
    for (Cell cell : cells) {
      if (Double.isFinite(cell.value())) {
        double x = LEFT + wide * columns.get(cell.column());
        double y = 8 + tall * rows.get(cell.row());
        double share = max > min ? (cell.value() - min) / (max - min) : 0;
        String tip =
            shape.axes().get(0) + " = " + cell.column() + ", " + shape.axes().get(1) + " = "
                + cell.row() + ": " + Numbers.rounded(cell.value(), 5) + " " + shape.unit() + " ("
                + cell.note() + ")";
        out.append("<rect x=\"").append(Html.xy(x)).append("\" y=\"").append(Html.xy(y))
            .append("\" width=\"").append(Html.xy(wide)).append("\" height=\"")
            .append(Html.xy(tall)).append("\" fill=\"").append(shade(share)).append('"')
            .append(Plot.mark(tip, first)).append("/>\n");
        first = false;
        if (shape.columns().size() <= NUMBERED && shape.rows().size() <= NUMBERED) {
          out.append("<text class=\"cell\" x=\"").append(Html.xy(x + wide / 2))
              .append("\" y=\"").append(Html.xy(y + tall / 2 + 4))
              .append("\" text-anchor=\"middle\" fill=\"").append(share > 0.5 ? "#fff" : "#222")
              .append("\">").append(Numbers.rounded(cell.value(), 3)).append("</text>\n");
        }
      }
    }
    border.ifPresent(line -> new Lines(out, wide, tall, line).draw(cells, columns, rows));
    labels(out, shape, wide, tall, bottom);
    return out.append("</svg>\n<figcaption>").append(Html.escape(shape.title())).append("; from ")
        .append(Numbers.rounded(min, 4)).append(" (pale) to ").append(Numbers.rounded(max, 4))
        .append(" (dark) ").append(Html.escape(shape.unit())).append("</figcaption></figure>\n")
        .toString();
  }

  /** Draws the edges between cells on different sides of a border. */
  private record Lines(StringBuilder out, double wide, double tall, Border border) {
    void draw(List<Cell> cells, Map<String, Integer> columns, Map<String, Integer> rows) {
      Map<List<Integer>, Boolean> sides = new LinkedHashMap<>();
      for (Cell cell : cells) {
        if (Double.isFinite(cell.value())) {
          sides.put(
              List.of(columns.get(cell.column()), rows.get(cell.row())),
              cell.value() > border.above());
        }
      }
      sides.forEach(
          (at, isBeyond) -> {
            double x = LEFT + wide * at.get(0);
            double y = 8 + tall * at.get(1);
            if (differs(isBeyond, sides.get(List.of(at.get(0) + 1, at.get(1))))) {
              line(x + wide, y, x + wide, y + tall);
            }
            if (differs(isBeyond, sides.get(List.of(at.get(0), at.get(1) + 1)))) {
              line(x, y + tall, x + wide, y + tall);
            }
          });
    }

    private static boolean differs(boolean one, Boolean other) {
      return other != null && other != one;
    }

    private void line(double x1, double y1, double x2, double y2) {
      out.append("<line class=\"border\" stroke=\"#c1121f\" stroke-width=\"3\" x1=\"")
          .append(Html.xy(x1)).append("\" y1=\"").append(Html.xy(y1)).append("\" x2=\"")
          .append(Html.xy(x2)).append("\" y2=\"").append(Html.xy(y2)).append("\"/>\n");
    }
  }

  private static void labels(
      StringBuilder out, Shape shape, double wide, double tall, double bottom) {
    int everyColumn = 1 + (shape.columns().size() - 1) / LABELS;
    for (int i = 0; i < shape.columns().size(); i += everyColumn) {
      Plot.text(out, LEFT + wide * (i + 0.5), bottom + 16, "middle", shape.columns().get(i));
    }
    int everyRow = 1 + (shape.rows().size() - 1) / LABELS;
    for (int i = 0; i < shape.rows().size(); i += everyRow) {
      Plot.text(out, LEFT - 6, 8 + tall * (i + 0.5) + 4, "end", shape.rows().get(i));
    }
    Plot.text(out, LEFT + (WIDTH - LEFT) / 2, bottom + 36, "middle", shape.axes().get(0));
    out.append("<text class=\"label\" text-anchor=\"middle\" transform=\"translate(14 ")
        .append(Html.xy(bottom / 2)).append(") rotate(-90)\">")
        .append(Html.escape(shape.axes().get(1))).append("</text>\n");
  }

  private static Map<String, Integer> places(List<String> names) {
    Map<String, Integer> places = new LinkedHashMap<>();
    names.forEach(name -> places.put(name, places.size()));
    return places;
  }

  private static String shade(double share) {
    StringBuilder shade = new StringBuilder("#");
    for (int i = 0; i < PALE.length; i++) {
      int value = (int) (PALE[i] + share * (DARK[i] - PALE[i]) + 0.5);
      shade.append(String.format(Locale.ROOT, "%02x", value));
    }
    return shade.toString();
  }
}
