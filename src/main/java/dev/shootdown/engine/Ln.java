package dev.shootdown.engine;

/**
 * Natural logarithm of a random fraction, by additions, multiplications and one division.
 *
 * <p>{@code Math.log} may differ between JDKs and CPUs, and {@code StrictMath.log} crosses into
 * native code on JDK 17, which costs more than the rest of a draw. Here x = bits / 2⁶⁴ is split
 * into 2⁻ᵏ · m with m in [1, 2), and ln m = 2 · atanh((m − c) / (m + c)) + ln c for a table value c
 * near m, so that four terms of the series suffice. Absolute error below 1e-12 (tested against
 * StrictMath), which is far below the resolution of a picosecond for any latency under ten seconds.
 */
final class Ln {
  static final double LN2 = 0.6931471805599453;
  private static final int TABLE_BITS = 5;
  private static final double[] CENTRE = new double[1 << TABLE_BITS];
  private static final double[] LN_CENTRE = new double[1 << TABLE_BITS];

  static {
    for (int i = 0; i < CENTRE.length; i++) {
      CENTRE[i] = 1.0 + (i + 0.5) / CENTRE.length;
      LN_CENTRE[i] = StrictMath.log(CENTRE[i]);
    }
  }

  private Ln() {}

  /** −ln(bits / 2⁶⁴), {@code bits} read as unsigned and not 0. */
  static double minusLogOfFraction(long bits) {
    int zeros = Long.numberOfLeadingZeros(bits);
    long aligned = bits << zeros << 1;
    int cell = (int) (aligned >>> (64 - TABLE_BITS));
    double mantissa = 1.0 + (aligned >>> 12) * 0x1.0p-52;
    double centre = CENTRE[cell];
    double t = (mantissa - centre) / (mantissa + centre);
    double t2 = t * t;
    double series = 2 * t * (1 + t2 * (1.0 / 3 + t2 * (1.0 / 5 + t2 * (1.0 / 7))));
    return (zeros + 1) * LN2 - (LN_CENTRE[cell] + series);
  }
}
