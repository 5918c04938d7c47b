package dev.shootdown.config;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A quantity that must be written with a unit, and its units, largest first. */
public enum Scale {
  /** Picoseconds. */
  TIME("time", "120ns", "ns", "picoseconds", times()),
  /** Bytes; binary units are powers of 1024, decimal ones of 1000. */
  BYTES("size", "4KiB", "B", "bytes", sizes("")),
  /** Bytes per second. */
  BANDWIDTH("bandwidth", "16GB/s", "GB/s", "bytes per second", sizes("/s"));

  private static final Pattern NUMBER_AND_UNIT =
      Pattern.compile("([+-]?)([0-9]+(?:\\.[0-9]+)?|\\.[0-9]+)\\s*([^0-9.\\s]\\S*)?");

  private static final Pattern EXPONENT = Pattern.compile("[eE][+-]?[0-9].*");

  private final String noun;
  private final String example;
  private final String proposedUnit;
  private final String smallest;
  private final Map<String, Long> units;

  Scale(String noun, String example, String proposedUnit, String smallest,
      Map<String, Long> units) {
    this.noun = noun;
    this.example = example;
    this.proposedUnit = proposedUnit;
    this.smallest = smallest;
    this.units = units;
  }

  /**
   * The shortest exact way to write an amount that this scale reads back: {@code 1500ns},
   * {@code 2MiB}.
   *
   * @param amount picoseconds, bytes or bytes per second; not negative
   */
  public String show(long amount) {
    if (amount == 0) {
      return "0" + proposedUnit;
    }
    String best = "";
    for (Map.Entry<String, Long> unit : units.entrySet()) {
      if (amount % unit.getValue() == 0) {
        String text = amount / unit.getValue() + unit.getKey();
        best = best.isEmpty() || text.length() < best.length() ? text : best;
      }
    }
    return best;
  }

  /**
   * The amount that {@code text} writes.
   *
   * @throws IllegalArgumentException saying what is wrong and what would be right
   */
  public long parse(String text) {
    try {
      return read(text);
    } catch (Refusal wrong) {
      throw new IllegalArgumentException(wrong.getMessage(), wrong);
    }
  }

  /** What to write, for a message: {@code a time such as 120ns}. */
  String expected() {
    return "a " + noun + " such as " + example;
  }

  /** Reads number and unit exactly: the amount is whole, fits a long, and is not negative. */
  long read(String text) throws Refusal {
    Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip());
    if (text.length() > 100 || !matcher.matches()) {
      throw new Refusal(Kinds.quoted(text) + " is not a " + noun
          + "; write a number and a unit, such as " + example);
    }
    String unit = matcher.group(3);
    if (unit == null) {
      String number = text.strip();
      throw new Refusal(number + " has no unit; write " + number + proposedUnit);
    }
    Long factor = units.get(unit);
    if (factor == null && EXPONENT.matcher(unit).matches()) {
      throw new Refusal(Kinds.quoted(text.strip()) + " has an exponent; write the number out and a"
          + " unit, such as " + example);
    }
    if (factor == null) {
      throw new Refusal(Kinds.quoted(unit) + " is not a unit of " + noun + "; units are "
          + String.join(", ", units.keySet()));
    }
    BigDecimal amount = new BigDecimal(matcher.group(2)).multiply(BigDecimal.valueOf(factor));
    if (matcher.group(1).equals("-") && amount.signum() != 0) {
      throw new Refusal("must not be negative, but is " + text.strip());
    }
    return whole(amount, text.strip());
  }

  private long whole(BigDecimal amount, String text) throws Refusal {
    BigInteger whole = amount.toBigInteger();
    if (new BigDecimal(whole).compareTo(amount) != 0) {
      throw new Refusal(text + " is not a whole number of " + smallest);
    }
    if (whole.bitLength() > 63) {
      throw new Refusal(text + " is too large; the largest " + noun + " is " + largest());
    }
    return whole.longValueExact();
  }

  private String largest() {
    Map.Entry<String, Long> unit = units.entrySet().iterator().next();
    return Long.MAX_VALUE / unit.getValue() + unit.getKey();
  }

  private static Map<String, Long> times() {
    Map<String, Long> units = new LinkedHashMap<>();
    units.put("s", 1_000_000_000_000L);
    units.put("ms", 1_000_000_000L);
    units.put("us", 1_000_000L);
    units.put("ns", 1_000L);
    units.put("ps", 1L);
    return units;
  }

  private static Map<String, Long> sizes(String suffix) {
    Map<String, Long> units = new LinkedHashMap<>();
    String[] prefixes = {"T", "G", "M", "k"};
    long binary = 1L << 40;
    long decimal = 1_000_000_000_000L;
    for (String prefix : prefixes) {
      units.put((prefix.equals("k") ? "K" : prefix) + "iB" + suffix, binary);
      units.put(prefix + "B" + suffix, decimal);
      binary >>= 10;
      decimal /= 1000;
    }
    units.put("B" + suffix, 1L);
    return units;
  }
}
