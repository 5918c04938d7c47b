package dev.shootdown.report;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Spans of virtual time as people read them. */
final class Duration {
  private Duration() {}

  /** In µs with three digits behind the point: {@code 12.345}. */
  static String us(long ps) {
    return BigDecimal.valueOf(ps, 6).setScale(3, RoundingMode.HALF_UP).toPlainString();
  }

  /** In ns with three digits behind the point, exact. */
  static String ns(long ps) {
    return BigDecimal.valueOf(ps, 3).toPlainString();
  }

  /** With the largest of ns, us, ms, s that leaves a digit before the point. */
  static String text(long ps) {
    String[] units = {"ns", "us", "ms", "s"};
    int unit = 0;
    long sizePs = 1000;
    while (unit < 3 && Math.abs(ps) >= sizePs * 1000) {
      unit++;
      sizePs *= 1000;
    }
    return BigDecimal.valueOf(ps)
            .divide(BigDecimal.valueOf(sizePs), 3, RoundingMode.HALF_UP)
            .toPlainString()
        + " " + units[unit];
  }
}
