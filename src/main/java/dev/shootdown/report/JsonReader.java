package dev.shootdown.report;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON (RFC 8259) into maps in the order of the text, lists, texts, booleans and nulls; whole
 * numbers that fit become {@link Long}, others {@link BigDecimal}.
 */
final class JsonReader {
  private static final int DEPTH_MAX = 200;

  private final String file;
  private final String text;
  private int at;
  private int depth;

  private JsonReader(String file, String text) {
    this.file = file;
    this.text = text;
  }

  /**
   * The tree in {@code text}.
   *
   * @param file for messages
   * @throws UnreadableResult if it is not JSON, with the line
   */
  static Object read(String file, String text) {
    JsonReader reader = new JsonReader(file, text);
    Object value = reader.value();
    reader.blank();
    if (reader.at < text.length()) {
      throw reader.broken("nothing more was expected");
    }
    return value;
  }

  private Object value() {
    blank();
    if (++depth > DEPTH_MAX) {
      throw broken("nested too deeply");
    }
    char c = peek();
    Object value =
        switch (c) {
          case '{' -> object();
          case '[' -> array();
          case '"' -> string();
          case 't' -> word("true", true);
          case 'f' -> word("false", false);
          case 'n' -> word("null", null);
          default -> number();
        };
    depth--;
    return value;
  }

  private Map<String, Object> object() {
    Map<String, Object> members = new LinkedHashMap<>();
    at++;
    blank();
    while (peek() != '}') {
      if (!members.isEmpty()) {
        take(',');
        blank();
      }
      String key = string();
      blank();
      take(':');
      members.put(key, value());
      blank();
    }
    at++;
    return members;
  }

  private List<Object> array() {
    List<Object> elements = new ArrayList<>();
    at++;
    blank();
    while (peek() != ']') {
      if (!elements.isEmpty()) {
        take(',');
      }
      elements.add(value());
      blank();
    }
    at++;
    return elements;
  }

  private String string() {
    take('"');
    StringBuilder out = new StringBuilder();
    while (peek() != '"') {
      char c = text.charAt(at++);
      if (c < ' ') {
        throw broken("a text must end on its line");
      }
      out.append(c == '\\' ? escaped() : c);
    }
    at++;
    return out.toString();
  }

  private char escaped() {
    char c = peek();
    at++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode();
      default -> throw broken("\\" + c + " means nothing");
    };
  }

  private char unicode() {
    String digits = text.substring(at, Math.min(text.length(), at + 4));
    if (!digits.matches("[0-9a-fA-F]{4}")) {
      throw broken("\\u wants four hexadecimal digits");
    }
    at += 4;
    return (char) Integer.parseInt(digits, 16);
  }

  private Object number() {
    int from = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    String digits = text.substring(from, at);
    try {
      if (digits.matches("-?\\d{1,18}")) {
        return Long.parseLong(digits);
      }
      BigDecimal number = new BigDecimal(digits);
      // A seed may have nineteen digits, of which not all fit.
      boolean fits = digits.matches("-?\\d{19}") && number.toBigInteger().bitLength() < 64;
      return fits ? (Object) number.longValueExact() : number;
    } catch (NumberFormatException e) {
      throw broken("a value was expected");
    }
  }

  private Object word(String word, Object value) {
    if (!text.startsWith(word, at)) {
      throw broken("a value was expected");
    }
    at += word.length();
    return value;
  }

  private void blank() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() {
    if (at >= text.length()) {
      throw broken("the file ends too early");
    }
    return text.charAt(at);
  }

  private void take(char wanted) {
    if (peek() != wanted) {
      throw broken("'" + wanted + "' was expected");
    }
    at++;
  }

  private UnreadableResult broken(String message) {
    int line = 1 + (int) text.chars().limit(at).filter(c -> c == '\n').count();
    return UnreadableResult.damaged(file, line, "not JSON as it was written: " + message);
  }
}
