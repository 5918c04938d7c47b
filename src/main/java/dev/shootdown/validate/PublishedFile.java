package dev.shootdown.validate;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Reads figures from CSV: a header that names at least {@code id,x,value,unit}, then a figure a
 * line. Columns are found by name; {@code source}, {@code x_unit}, {@code operation} and
 * {@code setting} are read if they are there, others are ignored.
 */
final class PublishedFile {
  private static final List<String> NEEDED = List.of("id", "x", "value", "unit");
  private static final int LINE_CHARS_MAX = 1 << 16;

  /**
   * A line.
   *
   * @param line its number in the file, from 1
   * @param operation what was measured; empty if the file doesn't say
   */
  record Row(int line, Published published, String operation) {}

  private final String name;
  private final List<String> header = new ArrayList<>();
  private final List<Row> rows = new ArrayList<>();
  private final TreeMap<String, Integer> ids = new TreeMap<>();

  private PublishedFile(String name) {
    this.name = name;
  }

  /** What ships for an item, such as {@code c1}. */
  static List<Published> shipped(String item) {
    InputStream stream = PublishedFile.class.getResourceAsStream("/validate/" + item + ".csv");
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      return read(item + ".csv", reader).stream().map(Row::published).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("the measurements cannot be read", e);
    }
  }

  /**
   * A user's own file.
   *
   * @param shown its name for messages
   * @throws DataProblem with file and line
   */
  static List<Row> read(Path file, String shown) {
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      return read(shown, reader);
    } catch (IOException unreadable) {
      throw new DataProblem(shown + " cannot be read: " + unreadable.getMessage());
    }
  }

  static List<Row> read(String name, BufferedReader reader) throws IOException {
    PublishedFile file = new PublishedFile(name);
    int number = 0;
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      number++;
      if (!line.isBlank() && !line.startsWith("#")) {
        file.line(number, line);
      }
    }
    if (file.rows.isEmpty()) {
      throw new DataProblem(
          name + ": there is no figure in it; a header and a line each are needed");
    }
    return file.rows;
  }

  private void line(int number, String line) {
    List<String> cells = cells(number, line);
    if (header.isEmpty()) {
      header.addAll(cells);
      for (String needed : NEEDED) {
        if (!header.contains(needed)) {
          throw problem(number, "the header has no column '" + needed + "'; it names " + header);
        }
      }
      return;
    }
    if (cells.size() != header.size()) {
      throw problem(
          number, cells.size() + " values where the header names " + header.size() + " columns");
    }
    Published published =
        new Published(
            cell(cells, "id"), cell(cells, "source"), cell(cells, "x"), cell(cells, "x_unit"),
            value(number, cell(cells, "value")), cell(cells, "unit"), cell(cells, "setting"));
    Integer before = ids.putIfAbsent(published.id(), number);
    if (before != null) {
      throw problem(number, "the id '" + published.id() + "' stands in line " + before + " too");
    }
    rows.add(new Row(number, published, cell(cells, "operation")));
  }

  private String cell(List<String> cells, String column) {
    int at = header.indexOf(column);
    return at < 0 ? "" : cells.get(at).strip();
  }

  private double value(int number, String text) {
    try {
      double value = Double.parseDouble(text);
      if (value > 0 && value < Double.POSITIVE_INFINITY) {
        return value;
      }
    } catch (NumberFormatException none) {
      throw problem(number, "'" + text + "' is no number; value is a figure above 0");
    }
    throw problem(number, "value is " + text + "; errors are relative, so it has to be above 0");
  }

  /** RFC 4180 without line feeds inside quotes. */
  private List<String> cells(int number, String line) {
    if (line.length() > LINE_CHARS_MAX) {
      throw problem(number, "the line has over " + LINE_CHARS_MAX + " characters");
    }
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
        cell.append(c);
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        cells.add(cell.toString());
        cell.setLength(0);
      } else {
        cell.append(c);
      }
    }
    if (quoted) {
      throw problem(number, "a quotation mark is not closed in this line");
    }
    cells.add(cell.toString());
    return cells;
  }

  private DataProblem problem(int number, String what) {
    return new DataProblem(name + ":" + number + ": " + what);
  }
}
