package dev.shootdown.report;

import java.io.IOException;

/**
 * Writes comma-separated values as RFC 4180 has them, but with a line feed alone at the end of a
 * line, so that files are the same everywhere.
 */
public final class Csv {
  private final Appendable out;
  private final int columns;

  /** Writes the header at once. */
  public Csv(Appendable out, Object... header) throws IOException {
    this.out = out;
    this.columns = header.length;
    row(header);
  }

  /**
   * Writes a row; null is an empty field.
   *
   * @throws IllegalArgumentException if there are more or fewer values than columns
   */
  public void row(Object... values) throws IOException {
    if (values.length != columns) {
      throw new IllegalArgumentException(
          "a row has " + columns + " values, not " + values.length);
    }
    for (int i = 0; i < columns; i++) {
      if (i > 0) {
        out.append(',');
      }
      out.append(field(values[i]));
    }
    out.append('\n');
  }

  private static String field(Object value) {
    if (value == null) {
      return "";
    }
    String text = value.toString();
    boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
