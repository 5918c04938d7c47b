package dev.shootdown.cluster;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the YAML that our files are written in: blocks of keys and items, indented by two, and
 * {@code {}} and {@code [a, b]} on a line. Can't: anchors, tags, texts of several lines.
 */
final class Yaml {
  /** A line that says something. */
  private record Line(int number, int indent, String text) {}

  private final String name;
  private final List<Line> lines;
  private int next;

  private Yaml(String name, List<Line> lines) {
    this.name = name;
    this.lines = lines;
  }

  /**
   * The documents of a file: maps, lists, {@code String}, {@code Long}, {@code Boolean}.
   *
   * @throws IllegalArgumentException naming the line that is something else
   */
  static List<Object> documents(String name, List<String> text) {
    List<Object> documents = new ArrayList<>();
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i <= text.size(); i++) {
      String line = i == text.size() ? "---" : text.get(i);
      String said = line.strip();
      if (line.equals("---")) {
        if (!lines.isEmpty()) {
          documents.add(new Yaml(name, lines).whole());
        }
        lines = new ArrayList<>();
      } else if (!said.isEmpty() && !said.startsWith("#")) {
        lines.add(new Line(i + 1, line.length() - line.stripLeading().length(), said));
      }
    }
    return documents;
  }

  private Object whole() {
    Object value = block(lines.get(0).indent());
    if (next < lines.size()) {
      throw wrong("is indented like nothing before it");
    }
    return value;
  }

  private IllegalArgumentException wrong(String what) {
    Line line = lines.get(Math.min(next, lines.size() - 1));
    return new IllegalArgumentException(
        name + ":" + line.number() + ": '" + line.text() + "' " + what);
  }

  private boolean isAt(int indent) {
    return next < lines.size() && lines.get(next).indent() == indent;
  }

  private Object block(int indent) {
    return lines.get(next).text().startsWith("- ") ? items(indent) : keys(indent);
  }

  private List<Object> items(int indent) {
    List<Object> items = new ArrayList<>();
    while (isAt(indent) && lines.get(next).text().startsWith("- ")) {
      Line line = lines.get(next);
      String rest = line.text().substring(2);
      if (isKey(rest)) {
        // The item is a block of its own, two further in.
        lines.set(next, new Line(line.number(), indent + 2, rest));
        items.add(keys(indent + 2));
      } else {
        items.add(value(rest));
        next++;
      }
    }
    return items;
  }

  private static boolean isKey(String text) {
    return text.matches("[A-Za-z][\\w./-]*:( .*)?");
  }

  private Map<String, Object> keys(int indent) {
    Map<String, Object> keys = new LinkedHashMap<>();
    while (isAt(indent) && !lines.get(next).text().startsWith("- ")) {
      String text = lines.get(next).text();
      if (!isKey(text)) {
        throw wrong("is no key");
      }
      int colon = text.indexOf(':');
      String key = text.substring(0, colon);
      String rest = text.substring(colon + 1).strip();
      if (keys.containsKey(key)) {
        throw wrong("is there twice");
      }
      if (rest.isEmpty()) {
        next++;
        if (next == lines.size() || lines.get(next).indent() <= indent) {
          next--;
          throw wrong("has no value");
        }
        keys.put(key, block(lines.get(next).indent()));
      } else {
        keys.put(key, value(rest));
        next++;
      }
    }
    return keys;
  }

  private Object value(String text) {
    if (text.equals("{}")) {
      return new LinkedHashMap<String, Object>();
    }
    if (text.startsWith("[") && text.endsWith("]")) {
      List<Object> items = new ArrayList<>();
      for (String item : text.substring(1, text.length() - 1).split(",")) {
        items.add(value(item.strip()));
      }
      return items;
    }
    if (text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")) {
      return text.substring(1, text.length() - 1);
    }
    if (text.matches("[{\\[&*!|>'\"%@`].*|.*: .*|.* #.*")) {
      throw wrong("is more YAML than is read here");
    }
    if (text.matches("true|false")) {
      return Boolean.valueOf(text);
    }
    return text.matches("-?\\d{1,18}") ? (Object) Long.valueOf(text) : text;
  }
}
