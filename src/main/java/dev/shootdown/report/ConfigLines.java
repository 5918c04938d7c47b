package dev.shootdown.report;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The keys of a {@code config.conf} with their values and origins: one key a line, the origin
 * behind it, as a run writes it.
 */
final class ConfigLines {
  private static final String SHIPPED = "reference.conf";
  /** A whole file, packed, beside which its digest stands: nothing for people. */
  private static final String PACKED = "accesses.content";

  /**
   * One setting.
   *
   * @param path with dots; elements of a list have their number in brackets
   * @param value as written
   * @param origin file and line
   */
  record Setting(String path, String value, String origin) {
    /** Whether nobody chose it. */
    boolean isDefault() {
      return origin.startsWith(SHIPPED) || origin.isEmpty();
    }
  }

  private record Open(String path, boolean list, int[] elements) {}

  private ConfigLines() {}

  /**
   * All settings in the order of the file, but for a file's packed text.
   *
   * @param file for messages
   * @throws UnreadableResult if braces don't match
   */
  static List<Setting> read(String file, String text) {
    List<Setting> settings = new ArrayList<>();
    Deque<Open> open = new ArrayDeque<>();
    open.push(new Open("", false, new int[1]));
    int number = 0;
    for (String line : text.split("\n")) {
      number++;
      int comment = line.lastIndexOf("  # ");
      String origin = comment < 0 ? "" : line.substring(comment + 4).strip();
      String body = (comment < 0 ? line : line.substring(0, comment)).strip();
      if (body.isEmpty()) {
        continue;
      }
      if (body.equals("}") || body.equals("]")) {
        open.pop();
        if (open.isEmpty()) {
          throw UnreadableResult.damaged(file, number, "closes what was never opened");
        }
      } else {
        onLine(settings, open, body, origin);
      }
    }
    if (open.size() != 1) {
      throw UnreadableResult.damaged(file, number, "ends before everything is closed");
    }
    return settings;
  }

  private static void onLine(
      List<Setting> settings, Deque<Open> open, String body, String origin) {
    Open in = open.peek();
    boolean opens = body.endsWith("{") || body.endsWith("[");
    String key;
    String value;
    if (in.list()) {
      key = in.path() + "[" + in.elements()[0]++ + "]";
      value = body;
    } else {
      int equals = body.indexOf(" = ");
      String name =
          equals >= 0 ? body.substring(0, equals) : body.replaceFirst("\\s*[{\\[]$", "");
      key = in.path().isEmpty() ? name : in.path() + "." + name;
      value = equals >= 0 ? body.substring(equals + 3) : body;
    }
    if (opens) {
      open.push(new Open(key, body.endsWith("["), new int[1]));
    } else if (!key.endsWith(PACKED)) {
      settings.add(new Setting(key, value, origin));
    }
  }
}
