package dev.shootdown.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Figures as people read them, the same on every machine. */
final class Numbers {
  private Numbers() {}

  /** {@code part / whole} with so many digits behind the point; a dash if there is no whole. */
  static String ratio(long part, long whole, int digits) {
    if (whole == 0) {
      return "-";
    }
    return BigDecimal.valueOf(part)
        .divide(BigDecimal.valueOf(whole), digits, RoundingMode.HALF_UP)
        .toPlainString();
  }

  /** {@code part} of {@code whole} in percent, with one digit behind the point. */
  static String percent(long part, long whole) {
    return part == 0
        ? "-"
        : BigDecimal.valueOf(part)
            .multiply(BigDecimal.valueOf(100))
            .divide(BigDecimal.valueOf(Math.max(1, whole)), 1, RoundingMode.HALF_UP)
            .toPlainString();
  }

  /** How many a second of virtual time, to the whole number. */
  static String perSecond(long count, long durationPs) {
    return durationPs <= 0
        ? "-"
        : BigDecimal.valueOf(count)
            .scaleByPowerOfTen(12)
            .divide(BigDecimal.valueOf(durationPs), 0, RoundingMode.HALF_UP)
            .toPlainString();
  }

  /** A number rounded to so many significant digits, without an exponent. */
  static String rounded(double value, int digits) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return "-";
    }
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(digits));
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }
}
