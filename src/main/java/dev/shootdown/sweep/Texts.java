package dev.shootdown.sweep;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Configuration values and figures as text, and back. */
final class Texts {
  private static final MathContext DIGITS = new MathContext(9, RoundingMode.HALF_EVEN);

  private static final double PS_PER_NS = 1000;
  private static final Pattern BARE =
      Pattern.compile("-?[0-9]+(\\.[0-9]+)?([A-Za-z]+(/s)?)?|[A-Za-z_][A-Za-z0-9_-]*");

  private Texts() {}

  /** A single value as HOCON reads it back: words and amounts bare, all else quoted. */
  static String value(String text) {
    return BARE.matcher(text).matches() ? text : ConfigUtil.quoteString(text);
  }

  /** The path with its elements quoted where they must be; empty if it is no path. */
  static Optional<String> path(String text) {
    try {
      return Optional.of(ConfigUtil.joinPath(ConfigUtil.splitPath(text)));
    } catch (ConfigException noPath) {
      return Optional.empty();
    }
  }

  /** The leaves of an object by path, their values in HOCON; a list is a leaf, and so is null. */
  static SortedMap<String, String> leaves(ConfigObject object) {
    TreeMap<String, String> leaves = new TreeMap<>();
    leaves("", object, leaves);
    return leaves;
  }

  private static void leaves(String path, ConfigObject object, TreeMap<String, String> into) {
    for (Map.Entry<String, ConfigValue> member : new TreeMap<>(object).entrySet()) {
      String key = ConfigUtil.joinPath(member.getKey());
      String full = path.isEmpty() ? key : path + "." + key;
      if (member.getValue() instanceof ConfigObject inner && !inner.isEmpty()) {
        leaves(full, inner, into);
      } else {
        into.put(full, member.getValue().render(ConfigRenderOptions.concise()));
      }
    }
  }

  /** Nine significant digits without an exponent; the same text on every machine. */
  static String number(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return "";
    }
    BigDecimal rounded = new BigDecimal(value).round(DIGITS).stripTrailingZeros();
    return rounded.signum() == 0 ? "0" : rounded.toPlainString();
  }

  /** A figure for people, with three significant digits and its unit. */
  static String shown(String metric, double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    if (metric.endsWith("_ps") || metric.endsWith("_ns")) {
      return time(metric.endsWith("_ps") ? value : value * PS_PER_NS);
    }
    return short3(value);
  }

  private static String time(double ps) {
    String[] units = {"ns", "us", "ms", "s"};
    int unit = 0;
    double size = PS_PER_NS;
    while (unit < units.length - 1 && Math.abs(ps) >= size * PS_PER_NS) {
      unit++;
      size *= PS_PER_NS;
    }
    return short3(ps / size) + " " + units[unit];
  }

  private static String short3(double value) {
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(3, RoundingMode.HALF_EVEN));
    if (rounded.signum() == 0) {
      return "0";
    }
    BigDecimal plain = Math.abs(value) >= 100 ? rounded.setScale(0, RoundingMode.HALF_EVEN)
        : rounded.stripTrailingZeros();
    return plain.scale() < 0 ? plain.setScale(0).toPlainString() : plain.toPlainString();
  }
}
