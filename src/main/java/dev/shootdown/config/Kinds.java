package dev.shootdown.config;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.regex.Pattern;

/** The kinds of single values a configuration is made of. */
final class Kinds {
  /** 57 bits: what five-level paging can address. */
  static final long ADDRESS_MAX = (1L << 57) - 1;

  private static final int QUOTED_MOST = 40;
  private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]+");
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?");
  private static final Pattern HEXADECIMAL = Pattern.compile("0[xX][0-9a-fA-F]+");

  static final Kind<String> TEXT = new Kind<>("a text", "", Kinds::text);
  static final Kind<Boolean> FLAG = new Kind<>("true or false", false, Kinds::flag);
  static final Kind<Double> RATIO = new Kind<>("a ratio from 0.0 to 1.0", 0.0, Kinds::ratio);

  private Kinds() {}

  /** Whole amounts with a unit, within limits. */
  static Kind<Long> scaled(Scale scale, Range range) {
    return new Kind<>(scale.expected(), range.min(), text -> {
      long amount = scale.read(text);
      range.check(amount, scale::show);
      return amount;
    });
  }

  /** Whole numbers without a unit, within limits. */
  static Kind<Long> whole(Range range) {
    String limits = range.words(Long::toString);
    String expected = "a whole number" + (limits.isEmpty() ? "" : ", " + limits);
    return new Kind<>(expected, range.min(), text -> {
      long number = wholeNumber(text);
      range.check(number, Long::toString);
      return number;
    });
  }

  /** Addresses, hexadecimal or decimal, within limits. */
  static Kind<Long> address(Range range) {
    return new Kind<>("an address such as 0x7f0000000000", range.min(), text -> {
      long address = HEXADECIMAL.matcher(text.strip()).matches()
          ? parse(text.strip().substring(2), 16, text) : wholeAddress(text);
      range.check(address, Kinds::hexadecimal);
      return address;
    });
  }

  /** The constants of an enum, written in lower case with hyphens. */
  static <E extends Enum<E>> Kind<E> choice(Class<E> type) {
    Map<String, E> constants = new LinkedHashMap<>();
    for (E constant : type.getEnumConstants()) {
      constants.put(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'), constant);
    }
    String list = String.join(", ", constants.keySet());
    E first = type.getEnumConstants()[0];
    return new Kind<>("one of " + list, first, text -> {
      E chosen = constants.get(text);
      if (chosen == null) {
        throw new Refusal("must be one of " + list + ", not " + quoted(text)
            + didYouMean(Nearest.to(text, constants.keySet())));
      }
      return chosen;
    });
  }

  /** Control characters would steer the terminal that the text is printed on. */
  private static String text(String text) throws Refusal {
    for (int i = 0; i < text.length(); i++) {
      char each = text.charAt(i);
      boolean white = each == '\n' || each == '\r' || each == '\t';
      if (Character.isISOControl(each) && !white) {
        throw new Refusal(
            "has the control character U+" + HexFormat.of().withUpperCase().toHexDigits(each)
                + " in it; leave it out");
      }
    }
    return text;
  }

  /** A piece of what the user wrote, short and harmless on a terminal. */
  static String quoted(String text) {
    String shown = text.codePointCount(0, text.length()) > QUOTED_MOST
        ? text.substring(0, text.offsetByCodePoints(0, QUOTED_MOST)) + "..." : text;
    return "'" + shown.replaceAll("\\p{Cntrl}", "?") + "'";
  }

  static String didYouMean(Optional<String> near) {
    return near.map(word -> "; did you mean '" + word + "'?").orElse("");
  }

  private static boolean flag(String text) throws Refusal {
    if (!text.equals("true") && !text.equals("false")) {
      throw new Refusal("must be true or false, not " + quoted(text));
    }
    return text.equals("true");
  }

  private static double ratio(String text) throws Refusal {
    double ratio = DECIMAL.matcher(text.strip()).matches() ? Double.parseDouble(text) : -1;
    if (!(ratio >= 0.0 && ratio <= 1.0)) {
      throw new Refusal("must be a number from 0.0 to 1.0, not " + quoted(text));
    }
    return ratio + 0.0; // turns -0.0 into 0.0, which prints and hashes the same everywhere
  }

  private static long wholeNumber(String text) throws Refusal {
    if (!WHOLE.matcher(text.strip()).matches()) {
      throw new Refusal("must be a plain whole number without a unit, not " + quoted(text));
    }
    return parse(text.strip(), 10, text);
  }

  private static long wholeAddress(String text) throws Refusal {
    if (!WHOLE.matcher(text.strip()).matches()) {
      throw new Refusal("must be an address such as 0x7f0000000000, not " + quoted(text));
    }
    return parse(text.strip(), 10, text);
  }

  private static long parse(String digits, int radix, String text) throws Refusal {
    try {
      return Long.parseLong(digits, radix);
    } catch (NumberFormatException beyondLong) {
      throw new Refusal(quoted(text) + " is out of range: no number here has more than 63 bits");
    }
  }

  private static String hexadecimal(long address) {
    return address < 0 ? Long.toString(address) : "0x" + Long.toHexString(address);
  }

  /**
   * What a number must keep to.
   *
   * @param min the least legal value
   * @param max the greatest; {@code Long.MAX_VALUE} or {@code Integer.MAX_VALUE} mean no limit
   * @param powerOfTwo whether only powers of two are legal
   * @param rule why the limits are what they are, for the message; may be empty
   */
  record Range(long min, long max, boolean powerOfTwo, String rule) {

    Range {
      long least = powerOfTwo ? ceilingPowerOfTwo(min) : min;
      if (least < min || least > max) {
        throw new IllegalArgumentException("no number is legal from " + min + " to " + max);
      }
      min = least;
    }

    static Range of(long min, long max) {
      return new Range(min, max, false, "");
    }

    void check(long value, LongFunction<String> show) throws Refusal {
      if (value < 0 && min == 0) {
        throw new Refusal("must not be negative, but is " + show.apply(value) + because());
      }
      if (value < min || value > max) {
        throw new Refusal("must be " + words(show) + ", not " + show.apply(value) + because());
      }
      if (powerOfTwo && Long.bitCount(value) != 1) {
        throw new Refusal("must be a power of two, such as "
            + show.apply(Long.highestOneBit(value)) + ", not " + show.apply(value) + because());
      }
    }

    /** The limits in words: {@code between 1 and 64}, {@code at least 1}; empty if none. */
    String words(LongFunction<String> show) {
      boolean open = max == Long.MAX_VALUE || max == Integer.MAX_VALUE;
      if (open && min == Long.MIN_VALUE) {
        return "";
      }
      if (open) {
        return "at least " + show.apply(min);
      }
      return min == Long.MIN_VALUE
          ? "at most " + show.apply(max)
          : "between " + show.apply(min) + " and " + show.apply(max);
    }

    private String because() {
      return rule.isEmpty() ? "" : " (" + rule + ")";
    }

    private static long ceilingPowerOfTwo(long least) {
      if (least <= 1) {
        return 1;
      }
      long below = Long.highestOneBit(least);
      return below == least ? least : below << 1;
    }
  }
}
