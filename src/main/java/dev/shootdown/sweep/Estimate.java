package dev.shootdown.sweep;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * A mean over replications, and how well it is known.
 *
 * @param n replications, ≥ 0
 * @param mean their mean; NaN if there are none
 * @param deviation the sample's standard deviation, 0 if n &lt; 2
 */
public record Estimate(int n, double mean, double deviation) {
  private static final double OUTSIDE_EACH_SIDE = 0.025;
  private static final int INTERVAL_MIN = 3;
  private static final Map<Integer, Double> T_BY_FREEDOM = new ConcurrentSkipListMap<>();

  /** Over those values that are not NaN. */
  public static Estimate of(double... values) {
    int n = 0;
    double mean = 0;
    double squares = 0;
    for (double value : values) {
      if (!Double.isNaN(value)) {
        n++;
        double off = value - mean;
        mean += off / n;
        squares += off * (value - mean);
      }
    }
    return new Estimate(
        n, n == 0 ? Double.NaN : mean, n < 2 ? 0 : StrictMath.sqrt(squares / (n - 1)));
  }

  /** For JSON: {@code n}, {@code mean}, {@code half_width_95}; null where there is none. */
  public Map<String, Object> tree() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("n", n);
    tree.put("mean", n == 0 ? null : new BigDecimal(Texts.number(mean)));
    OptionalDouble half = halfWidth();
    tree.put(
        "half_width_95",
        half.isPresent() ? new BigDecimal(Texts.number(half.getAsDouble())) : null);
    return tree;
  }

  /**
   * Half of the 95 % interval of the mean by Student's t; empty below three replications, where it
   * would say more about t than about the system.
   */
  public OptionalDouble halfWidth() {
    if (n < INTERVAL_MIN) {
      return OptionalDouble.empty();
    }
    // Kept, because a table asks for the same few a hundred thousand times.
    double t =
        T_BY_FREEDOM.computeIfAbsent(
            n - 1, freedom -> TDistribution.of(freedom)
                .inverseSurvivalProbability(OUTSIDE_EACH_SIDE));
    return OptionalDouble.of(t * deviation / StrictMath.sqrt(n));
  }
}
