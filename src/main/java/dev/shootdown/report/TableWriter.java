package dev.shootdown.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Tables as plain text, Markdown, CSV or JSON. */
public final class TableWriter {
  private TableWriter() {}

  /** For a mail: aligned columns under a caption each. Wide cells are not cut. */
  public static String text(List<ReportTable> tables) {
    StringBuilder out = new StringBuilder();
    for (ReportTable table : tables) {
      out.append(out.length() == 0 ? "" : "\n").append(table.caption()).append('\n');
      int[] widths = widths(table);
      boolean[] numeric = numeric(table);
      if (table.header().stream().anyMatch(name -> !name.isEmpty() && !name.equals("value"))) {
        line(out, table.header(), widths, numeric);
      }
      table.rows().forEach(row -> line(out, row, widths, numeric));
    }
    return out.toString();
  }

  private static void line(
      StringBuilder out, List<String> cells, int[] widths, boolean[] numeric) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String room = " ".repeat(widths[i] - cells.get(i).length());
      line.append(i == 0 ? "" : "  ");
      line.append(numeric[i] ? room + cells.get(i) : cells.get(i) + room);
    }
    out.append(line.toString().stripTrailing()).append('\n');
  }

  private static int[] widths(ReportTable table) {
    int[] widths = new int[table.header().size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = table.header().get(i).length();
      for (List<String> row : table.rows()) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return widths;
  }

  /** Which columns hold numbers only, and are read from the right. */
  static boolean[] numeric(ReportTable table) {
    boolean[] numeric = new boolean[table.header().size()];
    for (int i = 0; i < numeric.length; i++) {
      int column = i;
      numeric[i] =
          i > 0
              && !table.isEmpty()
              && table.rows().stream().allMatch(row -> isNumber(row.get(column)));
    }
    return numeric;
  }

  private static boolean isNumber(String cell) {
    return cell.isEmpty() || cell.matches("[-+±]?[0-9.,]*( ?[±–] ?[0-9.]+)?%?");
  }

  /** Tables of Markdown with a heading each. */
  public static String markdown(String title, List<ReportTable> tables) {
    StringBuilder out = new StringBuilder("# ").append(cell(title)).append('\n');
    for (ReportTable table : tables) {
      boolean[] numeric = numeric(table);
      out.append("\n## ").append(cell(table.caption())).append("\n\n");
      out.append(row(table.header())).append('|');
      for (boolean right : numeric) {
        out.append(right ? " ---: |" : " --- |");
      }
      out.append('\n');
      table.rows().forEach(cells -> out.append(row(cells)));
    }
    return out.toString();
  }

  private static String row(List<String> cells) {
    return cells.stream()
        .map(TableWriter::cell)
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  /** Nothing in it is taken for markup. */
  private static String cell(String text) {
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")
        .replace("<", "&lt;").replace("`", "\\`").replace('\n', ' ');
  }

  /** All tables in one CSV of four columns: table, row (from 1), column, value. */
  public static String csv(List<ReportTable> tables) {
    StringBuilder out = new StringBuilder();
    try {
      Csv csv = new Csv(out, "table", "row", "column", "value");
      for (ReportTable table : tables) {
        for (int i = 0; i < table.rows().size(); i++) {
          for (int j = 0; j < table.header().size(); j++) {
            String column = table.header().get(j);
            csv.row(table.name(), i + 1, column.isEmpty() ? "name" : column,
                table.rows().get(i).get(j));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a text in memory can be written to", e);
    }
    return out.toString();
  }

  /** An object with a list of rows per table. */
  public static String json(List<ReportTable> tables) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("schema", Trees.SCHEMA);
    for (ReportTable table : tables) {
      List<Object> rows = new ArrayList<>();
      for (List<String> row : table.rows()) {
        Map<String, Object> members = new LinkedHashMap<>();
        for (int i = 0; i < row.size(); i++) {
          String column = table.header().get(i);
          members.put(column.isEmpty() ? "name" : column, row.get(i));
        }
        rows.add(members);
      }
      tree.put(table.name(), rows);
    }
    return Json.text(tree);
  }
}
