package dev.shootdown.sweep;

import dev.shootdown.engine.Dice;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/**
 * From one quantity to another, both included.
 *
 * @param from the least
 * @param to the greatest, not less
 */
record Span(Quantity from, Quantity to) {
  /** More values than this are taken for a slip. */
  static final int VALUES_MAX = 100_000;

  private static final MathContext EXACT = MathContext.DECIMAL128;
  private static final MathContext READABLE = new MathContext(4);

  /** The values from, from + step, ...; none if there were more than {@link #VALUES_MAX}. */
  List<String> steps(Quantity step) {
    boolean fractions = !from.whole() || !step.whole();
    List<String> values = new ArrayList<>();
    for (BigDecimal at = from.amount(); at.compareTo(to.amount()) <= 0;
        at = at.add(step.amount())) {
      values.add(from.show(at, fractions));
      if (values.size() > VALUES_MAX) {
        return List.of();
      }
    }
    return values;
  }

  /** The values from, from · factor, ..., rounded, each once; {@code factor} is above 1. */
  List<String> powers(BigDecimal factor) {
    boolean fractions = !from.whole();
    List<String> values = new ArrayList<>();
    for (BigDecimal at = from.amount(); at.compareTo(to.amount()) <= 0;
        at = at.multiply(factor, EXACT)) {
      String text = from.show(at, fractions);
      if (values.isEmpty() || !values.get(values.size() - 1).equals(text)) {
        values.add(text);
      }
      if (values.size() > VALUES_MAX) {
        return List.of();
      }
    }
    return values;
  }

  /**
   * One value from each of {@code count} strata, in a random order: an axis of a Latin hypercube
   * (McKay, Beckman and Conover 1979).
   *
   * @param even whether the strata are equally long; otherwise each is the same factor above the
   *     one before it
   */
  List<String> sample(int count, boolean even, Dice dice) {
    List<String> values = new ArrayList<>();
    boolean fractions = !from.whole() || !to.whole();
    for (int stratum = 0; stratum < count; stratum++) {
      double fraction = (stratum + dice.unit()) / count;
      values.add(from.show(at(fraction, even), fractions));
    }
    for (int i = count - 1; i > 0; i--) {
      int other = dice.below(i + 1);
      String moved = values.get(i);
      values.set(i, values.get(other));
      values.set(other, moved);
    }
    return values;
  }

  private BigDecimal at(double fraction, boolean even) {
    double low = from.amount().doubleValue();
    double high = to.amount().doubleValue();
    double value =
        even
            ? low + fraction * (high - low)
            : low * StrictMath.exp(fraction * StrictMath.log(high / low));
    BigDecimal rounded = new BigDecimal(value).round(READABLE);
    return rounded.max(from.amount()).min(to.amount());
  }
}
