package dev.shootdown.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A CSV file that was read: rows whose fields are asked for by column. */
final class CsvTable {
  private final String file;
  private final List<String> header;
  private final Map<String, Integer> columns = new TreeMap<>();
  private final List<Row> rows = new ArrayList<>();

  private CsvTable(String file, List<String> header) {
    this.file = file;
    this.header = Collections.unmodifiableList(header);
    for (int i = 0; i < header.size(); i++) {
      columns.put(header.get(i), i);
    }
  }

  /**
   * Reads RFC 4180 text.
   *
   * @param file for messages
   * @throws UnreadableResult if it has no header, or a row has not as many fields as the header
   */
  static CsvTable read(String file, String text) {
    List<Row> kept = new ArrayList<>();
    CsvTable table = each(file, text, kept::add);
    table.rows.addAll(kept);
    return table;
  }

  /** Like {@link #read}, but the rows are shown one after the other and not kept. */
  static CsvTable each(String file, String text, Consumer<Row> reader) {
    CsvTable table = null;
    int line = 1;
    for (int at = 0; at < text.length(); ) {
      List<String> fields = new ArrayList<>();
      int begin = at;
      at = record(file, line, text, at, fields);
      if (table == null) {
        table = new CsvTable(file, fields);
      } else if (fields.size() != table.header.size()) {
        throw UnreadableResult.damaged(
            file, line, "has " + fields.size() + " fields, not " + table.header.size());
      } else {
        reader.accept(table.new Row(line, fields));
      }
      line += (int) text.substring(begin, at).chars().filter(c -> c == '\n').count();
    }
    if (table == null) {
      throw UnreadableResult.damaged(file, 0, "the file is empty");
    }
    return table;
  }

  /** Reads one record and says where the next one begins. */
  private static int record(String file, int line, String text, int from, List<String> fields) {
    StringBuilder field = new StringBuilder();
    int at = from;
    boolean quoted = false;
    while (at < text.length() && (quoted || text.charAt(at) != '\n')) {
      char c = text.charAt(at++);
      if (quoted && c == '"' && at < text.length() && text.charAt(at) == '"') {
        field.append('"');
        at++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    if (quoted || at == text.length()) {
      throw UnreadableResult.damaged(file, line, "the file ends in the middle of a row");
    }
    fields.add(field.toString());
    return at + 1;
  }

  /** The rows in the order of the file. */
  List<Row> rows() {
    return Collections.unmodifiableList(rows);
  }

  /** The columns' names. */
  List<String> header() {
    return header;
  }

  boolean has(String column) {
    return columns.containsKey(column);
  }

  /** One row. */
  final class Row {
    private final int line;
    private final List<String> fields;

    private Row(int line, List<String> fields) {
      this.line = line;
      this.fields = fields;
    }

    String text(String column) {
      Integer index = columns.get(column);
      if (index == null) {
        throw UnreadableResult.damaged(file, 1, "has no column \"" + column + "\"");
      }
      return fields.get(index);
    }

    /** The number there. */
    long number(String column) {
      return optional(column)
          .orElseThrow(
              () -> UnreadableResult.damaged(file, line, "\"" + column + "\" must not be empty"));
    }

    /** The number there; empty if the field is. */
    OptionalLong optional(String column) {
      String text = text(column);
      if (text.isEmpty()) {
        return OptionalLong.empty();
      }
      try {
        return OptionalLong.of(Long.parseLong(text));
      } catch (NumberFormatException e) {
        throw UnreadableResult.damaged(
            file, line, "\"" + column + "\" is \"" + text + "\", which is no whole number");
      }
    }

    /** The decimal number there; NaN if the field is empty. */
    double decimal(String column) {
      String text = text(column);
      try {
        return text.isEmpty() ? Double.NaN : Double.parseDouble(text);
      } catch (NumberFormatException e) {
        throw UnreadableResult.damaged(
            file, line, "\"" + column + "\" is \"" + text + "\", which is no number");
      }
    }

    /** All fields in order. */
    List<String> fields() {
      return Collections.unmodifiableList(fields);
    }
  }
}
