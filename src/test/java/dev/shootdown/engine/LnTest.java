package dev.shootdown.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LnTest {
  private static final double TOLERANCE = 1e-12;

  @Test
  void shouldAgreeWithStrictMathWhenBitsAreRandom() {
    Dice dice = Dice.of(1, "ln");
    for (int i = 0; i < 100_000; i++) {
      shouldAgree(dice.nextLong() >>> dice.below(64));
    }
  }

  @Test
  void shouldAgreeWithStrictMathWhenBitsAreAtTheEdgeOfATableCell() {
    for (int shift = 0; shift < 59; shift++) {
      for (long cell = 32; cell < 64; cell++) {
        long bits = cell << shift;
        shouldAgree(bits - 1);
        shouldAgree(bits);
        shouldAgree(bits + 1);
      }
    }
  }

  @Test
  void shouldAgreeWithStrictMathWhenTheFractionIsExtreme() {
    shouldAgree(1);
    shouldAgree(2);
    shouldAgree(Long.MAX_VALUE);
    shouldAgree(Long.MIN_VALUE);
    shouldAgree(-1);
  }

  @Test
  void shouldNotBeNegativeWhenTheFractionIsNextToOne() {
    // A negative logarithm would become a delivery into the past once multiplied by a large mean.
    for (long below = 1; below < 5_000; below++) {
      assertThat(Ln.minusLogOfFraction(-below)).as("bits %d", -below).isNotNegative();
    }
  }

  private static void shouldAgree(long bits) {
    if (bits == 0) {
      return;
    }
    // The value of 64 unsigned bits, rounded once: the halves are exact.
    double whole = (bits >>> 32) * 0x1.0p32 + (bits & 0xffffffffL);
    double expected = -StrictMath.log(whole * 0x1.0p-64);
    assertThat(Ln.minusLogOfFraction(bits))
        .as("bits %s", Long.toHexString(bits))
        .isCloseTo(expected, within(TOLERANCE));
  }
}
