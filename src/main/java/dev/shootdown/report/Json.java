package dev.shootdown.report;

import java.math.BigDecimal;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Writes trees of maps, lists, texts, whole and decimal numbers, booleans and nulls as JSON (RFC
 * 8259), indented by two, in plain ASCII, with a line feed at the end.
 *
 * <p>Maps must have an order of their own (linked or sorted), else equal runs would not give equal
 * bytes.
 */
public final class Json {
  private final StringBuilder out = new StringBuilder();

  private Json() {}

  /**
   * The text of {@code tree}.
   *
   * @throws IllegalArgumentException if there is something else in it
   */
  public static String text(Object tree) {
    Json json = new Json();
    json.value(tree, 0);
    return json.out.append('\n').toString();
  }

  private void value(Object value, int depth) {
    if (value instanceof LinkedHashMap<?, ?> || value instanceof SortedMap<?, ?>) {
      object((Map<?, ?>) value, depth);
    } else if (value instanceof List<?> list) {
      array(list, depth);
    } else if (value instanceof String text) {
      string(text);
    } else if (value == null
        || value instanceof Long
        || value instanceof Integer
        || value instanceof Boolean) {
      out.append(value);
    } else if (value instanceof BigDecimal decimal) {
      out.append(decimal.toPlainString());
    } else {
      throw new IllegalArgumentException(
          "not to be written as JSON: " + value.getClass().getName());
    }
  }

  private void object(Map<?, ?> map, int depth) {
    if (map.isEmpty()) {
      out.append("{}");
      return;
    }
    out.append('{');
    for (Iterator<? extends Map.Entry<?, ?>> each = map.entrySet().iterator(); each.hasNext(); ) {
      Map.Entry<?, ?> entry = each.next();
      line(depth + 1);
      string((String) entry.getKey());
      out.append(": ");
      value(entry.getValue(), depth + 1);
      out.append(each.hasNext() ? "," : "");
    }
    line(depth);
    out.append('}');
  }

  private void array(List<?> list, int depth) {
    if (list.isEmpty()) {
      out.append("[]");
      return;
    }
    out.append('[');
    for (Iterator<?> each = list.iterator(); each.hasNext(); ) {
      line(depth + 1);
      value(each.next(), depth + 1);
      out.append(each.hasNext() ? "," : "");
    }
    line(depth);
    out.append(']');
  }

  private void line(int depth) {
    out.append('\n').append("  ".repeat(depth));
  }

  private void string(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20 || c > 0x7e) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
