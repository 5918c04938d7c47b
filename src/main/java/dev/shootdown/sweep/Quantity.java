package dev.shootdown.sweep;

import dev.shootdown.config.Scale;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/**
 * A number with or without a unit.
 *
 * @param amount in the smallest unit of its scale
 * @param scale empty for a plain number
 * @param whole whether it was written without a fraction; amounts with a unit always are
 */
record Quantity(BigDecimal amount, Optional<Scale> scale, boolean whole) {

  /** The quantity that {@code text} writes; empty if it writes none. */
  static Optional<Quantity> parse(String text) {
    String stripped = text.strip();
    if (stripped.matches("-?\\d{1,18}(\\.\\d{1,9})?")) {
      BigDecimal amount = new BigDecimal(stripped);
      return Optional.of(
          new Quantity(amount, Optional.empty(), stripped.indexOf('.') < 0));
    }
    for (Scale scale : Scale.values()) {
      try {
        BigDecimal amount = BigDecimal.valueOf(scale.parse(stripped));
        return Optional.of(new Quantity(amount, Optional.of(scale), true));
      } catch (IllegalArgumentException another) {
        continue; // then it is written in another scale, or no quantity at all
      }
    }
    return Optional.empty();
  }

  /** What kind of number it is, for messages: {@code a time}, {@code a plain number}. */
  String kind() {
    if (scale.isEmpty()) {
      return "a plain number";
    }
    return switch (scale.get()) {
      case TIME -> "a time";
      case BYTES -> "a size";
      default -> "a bandwidth";
    };
  }

  boolean isLike(Quantity other) {
    return scale.equals(other.scale);
  }

  /** {@code value} in this quantity's scale, rounded to what it can show. */
  String show(BigDecimal value, boolean fractions) {
    if (scale.isPresent()) {
      return scale.get().show(value.setScale(0, RoundingMode.HALF_UP).longValueExact());
    }
    return fractions
        ? value.setScale(6, RoundingMode.HALF_UP).stripTrailingZeros().toPlainString()
        : value.setScale(0, RoundingMode.HALF_UP).toPlainString();
  }
}
