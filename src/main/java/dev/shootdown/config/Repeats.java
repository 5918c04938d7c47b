package dev.shootdown.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes out list elements with {@code for = "i 0..63"}: one copy for each number, in which {@code
 * {i}}, {@code {i * 16 + 3}} or {@code {i : x}} (hexadecimal) within a string stand for numbers. A
 * machine of 256 CPUs is one line that way, and each of its parts still knows which line.
 */
final class Repeats {
  private static final String FOR = "for";

  private static final Pattern RANGE =
      Pattern.compile("\\s*([a-z]+)\\s+(\\d{1,18})\\s*\\.\\.\\s*(\\d{1,18})\\s*");

  private static final Pattern HOLE = Pattern.compile("\\{([^{}]*)}");

  private static final String RANGE_HINT =
      "must be a name and a range, both ends included, such as \"i 0..63\"";

  /** Copies of one element, a limit that catches a slip of the keyboard. */
  private static final long MOST = 100_000;

  private final Problems problems;

  Repeats(Problems problems) {
    this.problems = problems;
  }

  ConfigObject of(ConfigObject whole) {
    return object(whole, "", Map.of());
  }

  private ConfigObject object(ConfigObject object, String path, Map<String, Long> names) {
    ConfigObject written = object;
    for (String key : object.keySet()) {
      String quoted = ConfigUtil.joinPath(key);
      ConfigValue before = object.get(key);
      ConfigValue after = value(before, path.isEmpty() ? quoted : path + "." + quoted, names);
      if (after != before) {
        written = written.withValue(key, after);
      }
    }
    return written;
  }

  private ConfigValue value(ConfigValue value, String path, Map<String, Long> names) {
    if (value instanceof ConfigObject object) {
      return object(object, path, names);
    }
    if (value instanceof ConfigList list) {
      return list(list, path, names);
    }
    if (!names.isEmpty() && value.valueType() == ConfigValueType.STRING) {
      return text(value, path, names);
    }
    return value;
  }

  private ConfigValue list(ConfigList list, String path, Map<String, Long> names) {
    List<ConfigValue> written = new ArrayList<>(list.size());
    boolean same = true;
    for (int i = 0; i < list.size(); i++) {
      ConfigValue element = list.get(i);
      String at = path + "[" + i + "]";
      if (element instanceof ConfigObject object && object.containsKey(FOR)) {
        same = false;
        repeat(object, at, names, written);
      } else {
        ConfigValue after = value(element, at, names);
        same &= after == element;
        written.add(after);
      }
    }
    return same ? list : ConfigValueFactory.fromIterable(written).withOrigin(list.origin());
  }

  private void repeat(
      ConfigObject element, String path, Map<String, Long> names, List<ConfigValue> written) {
    ConfigValue range = element.get(FOR);
    Matcher parts = RANGE.matcher(String.valueOf(range.unwrapped()));
    ConfigObject body = element.withoutKey(FOR);
    if (!parts.matches()) {
      problems.add(range.origin(), path + "." + FOR, RANGE_HINT);
      return;
    }
    long first = Long.parseLong(parts.group(2));
    long last = Long.parseLong(parts.group(3));
    if (last < first || last - first >= MOST) {
      problems.add(
          range.origin(), path + "." + FOR,
          "must go from a smaller to a greater number and make at most " + MOST + " copies");
      return;
    }
    int before = problems.count();
    for (long i = first; i <= last && problems.count() == before; i++) {
      Map<String, Long> inner = new TreeMap<>(names);
      inner.put(parts.group(1), i);
      written.add(object(body, path, inner));
    }
  }

  private ConfigValue text(ConfigValue value, String path, Map<String, Long> names) {
    String text = (String) value.unwrapped();
    Matcher holes = HOLE.matcher(text);
    StringBuilder filled = new StringBuilder();
    boolean any = false;
    while (holes.find()) {
      Optional<String> number = filling(holes.group(1), names);
      if (number.isEmpty()) {
        problems.add(
            value.origin(), path,
            Kinds.quoted(holes.group()) + " is no number; write one of " + names.keySet()
                + " with + - * / % and whole numbers, such as {i * 16 + 3}, or {i : x} for"
                + " hexadecimal");
        return value;
      }
      any = true;
      holes.appendReplacement(filled, number.get());
    }
    holes.appendTail(filled);
    return any
        ? ConfigValueFactory.fromAnyRef(filled.toString()).withOrigin(value.origin()) : value;
  }

  private static Optional<String> filling(String hole, Map<String, Long> names) {
    int colon = hole.indexOf(':');
    String format = colon < 0 ? "" : hole.substring(colon + 1).strip();
    if (colon >= 0 && !format.equals("x")) {
      return Optional.empty();
    }
    Optional<Long> number = new Sum(colon < 0 ? hole : hole.substring(0, colon), names).number();
    return number.map(n -> colon < 0 ? Long.toString(n) : Long.toHexString(n));
  }

  /** A sum of products of names and whole numbers, without brackets. */
  private static final class Sum {
    private static final Pattern WORDS = Pattern.compile("\\s*([a-z]+|\\d{1,12}|[-+*/%])");

    private final List<String> words = new ArrayList<>();
    private final Map<String, Long> names;
    private boolean wrong;
    private int at;

    Sum(String text, Map<String, Long> names) {
      this.names = names;
      Matcher word = WORDS.matcher(text);
      int end = 0;
      while (word.find(end) && word.start() == end) {
        words.add(word.group(1));
        end = word.end();
      }
      wrong = !text.substring(end).isBlank();
    }

    Optional<Long> number() {
      try {
        long sum = product();
        while (!wrong && (is("+") || is("-"))) {
          boolean plus = words.get(at++).equals("+");
          sum = plus ? Math.addExact(sum, product()) : Math.subtractExact(sum, product());
        }
        return wrong || at < words.size() ? Optional.empty() : Optional.of(sum);
      } catch (ArithmeticException beyond) {
        return Optional.empty();
      }
    }

    private long product() {
      long product = factor();
      while (!wrong && (is("*") || is("/") || is("%"))) {
        String operator = words.get(at++);
        long factor = factor();
        product =
            switch (operator) {
              case "*" -> Math.multiplyExact(product, factor);
              case "/" -> product / factor;
              default -> product % factor;
            };
      }
      return product;
    }

    private long factor() {
      String word = at < words.size() ? words.get(at++) : "";
      if (names.containsKey(word)) {
        return names.get(word);
      }
      wrong |= word.isEmpty() || !Character.isDigit(word.charAt(0));
      return wrong ? 1 : Long.parseLong(word);
    }

    private boolean is(String operator) {
      return at < words.size() && words.get(at).equals(operator);
    }
  }
}
