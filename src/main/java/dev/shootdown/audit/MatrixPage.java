package dev.shootdown.audit;

import java.util.List;

/**
 * The matrix as one page without scripts or other files: a table for each consumer, whose cells
 * differ in colour and in shape, and behind each cell its witness and cost.
 */
public final class MatrixPage {
  private static final String STYLE =
      """
      :root { color-scheme: light dark; }
      body { font: 14px/1.4 system-ui, sans-serif; margin: 1.5rem; max-width: 90rem; }
      h2 { margin: 1.6rem 0 .3rem; font-size: 1.1rem; }
      table { border-collapse: collapse; }
      th { font-weight: 600; text-align: left; padding: .1rem .5rem; white-space: nowrap; }
      td { padding: 0; text-align: center; border: 1px solid #8886; }
      td.name { text-align: left; padding: .1rem .5rem; white-space: nowrap; border: 0; }
      td a { display: block; padding: .1rem .4rem; color: inherit; text-decoration: none; }
      td a:hover { outline: 2px solid currentColor; }
      .safe { background: #cfe8d5; color: #10401f; }
      .redundant { background: #d6e4f5; color: #12335c; }
      .unsafe { background: #b3261e; color: #fff; font-weight: 700; }
      .livelock { background: #6a2c91; color: #fff; font-weight: 700; }
      .inconclusive { background: #f3d77a; color: #3d2f00; }
      .na { color: #888; }
      .cell { display: none; border: 2px solid #888; padding: .6rem 1rem; margin: 1rem 0;
        position: fixed; inset: auto 1rem 0 1rem; max-height: 65vh; overflow: auto;
        background: Canvas; color: CanvasText; }
      .cell:target { display: block; }
      .cell > a { float: right; }
      pre { font: 12px/1.35 ui-monospace, monospace; overflow-x: auto; }
      """;

  private MatrixPage() {}

  /** The page. */
  public static String of(Matrix matrix) {
    StringBuilder html = new StringBuilder();
    html.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .append("<title>Shootdown: audit</title>\n<style>\n").append(STYLE)
        .append("</style></head><body>\n<h1 id=\"top\">Call sites under every policy</h1>\n<p>")
        .append(escape(MatrixText.summary(matrix))).append(". Click a cell for its witness and"
            + " its cost. A safe cell is safe in the schedules that were tried; none is"
            + " proven.</p>\n");
    legend(html);
    List<Matrix.Cell> cells = matrix.cells();
    for (Consumer consumer : matrix.chosen().consumers()) {
      table(html, matrix, consumer, cells);
    }
    absent(html, matrix);
    for (int i = 0; i < cells.size(); i++) {
      panel(html, cells.get(i), i);
    }
    return html.append("</body></html>\n").toString();
  }

  private static void legend(StringBuilder html) {
    html.append("<p>");
    for (Matrix.Judged judged : Matrix.Judged.values()) {
      html.append("<span class=\"").append(style(judged)).append("\">&nbsp;")
          .append(judged.mark()).append("&nbsp;</span> ").append(judged.text())
          .append(" &nbsp; ");
    }
    html.append("The number is that of the schedules, or of the one that shows it.</p>\n");
  }

  private static String style(Matrix.Judged judged) {
    return judged == Matrix.Judged.NOT_APPLICABLE ? "na" : judged.text();
  }

  private static void table(
      StringBuilder html, Matrix matrix, Consumer consumer, List<Matrix.Cell> cells) {
    html.append("<h2>").append(escape(consumer.name())).append("</h2>\n<p>")
        .append(escape(consumer.heading().title())).append("</p>\n<table><thead><tr>")
        .append("<th>site</th><th>row</th>");
    for (Column column : matrix.chosen().columns()) {
      html.append("<th scope=\"col\" title=\"").append(escape(column.title())).append("\">")
          .append(escape(column.name())).append("</th>");
    }
    html.append("</tr></thead><tbody>\n");
    for (Row row : matrix.chosen().rows()) {
      html.append("<tr><td class=\"name\">").append(escape(row.heading().site()))
          .append("</td><td class=\"name\" title=\"").append(escape(row.heading().title()))
          .append("\">").append(escape(row.name())).append("</td>");
      for (Column column : matrix.chosen().columns()) {
        html.append(
            matrix.cell(row, column, consumer)
                .map(cell -> cell(cell, cells.indexOf(cell))).orElse("<td></td>"));
      }
      html.append("</tr>\n");
    }
    html.append("</tbody></table>\n");
  }

  private static String cell(Matrix.Cell cell, int index) {
    CellResult result = cell.result();
    int number =
        result.shown().map(CellResult.Shown::schedule).orElse(result.tried().schedules());
    String label = result.name().text() + ": " + cell.judged().text();
    return "<td class=\"" + style(cell.judged()) + "\"><a href=\"#c" + index + "\" title=\""
        + escape(label) + "\" aria-label=\"" + escape(label) + "\">" + cell.judged().mark()
        + (cell.judged() == Matrix.Judged.NOT_APPLICABLE ? "" : "&nbsp;" + number)
        + "</a></td>";
  }

  private static void panel(StringBuilder html, Matrix.Cell cell, int index) {
    html.append("<section class=\"cell\" id=\"c").append(index)
        .append("\"><a href=\"#top\">close</a><pre>").append(escape(CellTelling.of(cell)))
        .append("</pre></section>\n");
  }

  private static void absent(StringBuilder html, Matrix matrix) {
    html.append("<h2>Not there</h2>\n<ul>\n");
    for (Consumer consumer : matrix.spec().consumers()) {
      consumer.absent().ifPresent(
          reason ->
              html.append("<li>").append(escape(consumer.name())).append(": ")
                  .append(escape(reason)).append("</li>\n"));
    }
    html.append("</ul>\n");
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
