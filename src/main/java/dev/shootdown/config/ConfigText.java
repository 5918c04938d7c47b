package dev.shootdown.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Writes resolved configurations as text; the order of keys never depends on a hash table. */
final class ConfigText {
  /** What reads back as the same text without quotes: plain words, and numbers with a unit. */
  private static final Pattern BARE =
      Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*|[0-9]+(\\.[0-9]+)?([A-Za-z]+(/s)?)?");
  private static final Pattern BARE_KEY = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*");

  private final StringBuilder out = new StringBuilder();

  private ConfigText() {}

  /** HOCON for people: one key a line, its origin behind it. */
  static String rendered(ConfigObject object) {
    ConfigText text = new ConfigText();
    text.members(object, "");
    return text.out.toString();
  }

  /** One line for hashing: every scalar as its quoted text, keys that are null left out. */
  static String canonical(ConfigValue value) {
    ConfigText text = new ConfigText();
    text.compact(value);
    return text.out.toString();
  }

  /** A value on one line, for people. */
  static String inline(ConfigValue value) {
    if (value instanceof ConfigList list) {
      List<String> elements = new ArrayList<>();
      list.forEach(element -> elements.add(inline(element)));
      return "[" + String.join(", ", elements) + "]";
    }
    if (value instanceof ConfigObject object) {
      List<String> members = new ArrayList<>();
      new TreeMap<>(object).forEach(
          (key, member) -> members.add(key(key) + " = " + inline(member)));
      return members.isEmpty() ? "{}" : "{ " + String.join(", ", members) + " }";
    }
    return Scalars.text(value).map(ConfigText::bareOrQuoted).orElse("null");
  }

  private void members(ConfigObject object, String indent) {
    new TreeMap<>(object).forEach((key, value) -> {
      boolean nested = value instanceof ConfigObject members && !members.isEmpty();
      out.append(indent).append(key(key)).append(nested ? " " : " = ");
      value(value, indent);
    });
  }

  private void value(ConfigValue value, String indent) {
    String comment = "  # " + Origins.show(value.origin()) + "\n";
    if (value instanceof ConfigObject object && !object.isEmpty()) {
      out.append("{").append(comment);
      members(object, indent + "  ");
      out.append(indent).append("}\n");
    } else if (value instanceof ConfigList list && !plain(list)) {
      out.append("[").append(comment);
      for (ConfigValue element : list) {
        out.append(indent).append("  ");
        value(element, indent + "  ");
      }
      out.append(indent).append("]\n");
    } else {
      out.append(inline(value)).append(comment);
    }
  }

  private static boolean plain(ConfigList list) {
    return list.stream().noneMatch(
        element -> element instanceof ConfigObject || element instanceof ConfigList);
  }

  private void compact(ConfigValue value) {
    if (value instanceof ConfigObject object) {
      List<String> members = new ArrayList<>();
      new TreeMap<>(object).forEach((key, member) -> {
        if (member.valueType() != ConfigValueType.NULL) {
          members.add(ConfigUtil.quoteString(key) + ":" + canonical(member));
        }
      });
      out.append("{").append(String.join(",", members)).append("}");
    } else if (value instanceof ConfigList list) {
      List<String> elements = new ArrayList<>();
      list.forEach(element -> elements.add(canonical(element)));
      out.append("[").append(String.join(",", elements)).append("]");
    } else {
      out.append(Scalars.text(value).map(ConfigUtil::quoteString).orElse("null"));
    }
  }

  private static String key(String key) {
    return BARE_KEY.matcher(key).matches() && !key.equals("include")
        ? key : ConfigUtil.quoteString(key);
  }

  private static String bareOrQuoted(String text) {
    boolean bare = BARE.matcher(text).matches() && !text.equals("null")
        && !text.startsWith("include");
    return bare ? text : ConfigUtil.quoteString(text);
  }
}
