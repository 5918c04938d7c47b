package dev.shootdown.sweep;

import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/**
 * How often each point is run.
 *
 * @param atLeast runs of each point, ≥ 1
 * @param seeds how a run comes to its seed
 * @param stop if present, points are run on until a figure is known well enough
 */
public record Repeats(int atLeast, Seeds seeds, Optional<Stop> stop) {
  /** Where a run's seed comes from. */
  public enum Seeds {
    /** All points have the same seed in the same repetition, so that they can be paired. */
    PER_REPETITION,
    /** Each run has a seed of its own. */
    PER_RUN
  }

  /**
   * When a point has been run often enough.
   *
   * @param figure the metric that counts
   * @param halfWidthRatio half of the 95 % confidence interval, as a part of the mean
   * @param repeatsMax runs at most
   */
  public record Stop(String figure, double halfWidthRatio, int repeatsMax) {
    boolean isMetBy(Estimate estimate) {
      return estimate.halfWidth().isPresent()
          && estimate.halfWidth().getAsDouble() <= halfWidthRatio * Math.abs(estimate.mean());
    }
  }

  /**
   * How many runs a point needs, as far as can be told from those it has.
   *
   * <p>The figure is looked at only after certain numbers of runs, each half as large again as the
   * one before, and only at that many. So the answer doesn't depend on where a sweep was
   * interrupted, nor on the order in which runs ended.
   *
   * @param has whether a repetition was run
   * @param first the estimate from the first so many repetitions
   */
  int wanted(IntPredicate has, IntFunction<Estimate> first) {
    int looked = atLeast;
    while (stop.isPresent() && looked < stop.get().repeatsMax()) {
      for (int repetition = 0; repetition < looked; repetition++) {
        if (!has.test(repetition)) {
          return looked;
        }
      }
      if (stop.get().isMetBy(first.apply(looked))) {
        return looked;
      }
      looked = Math.min(stop.get().repeatsMax(), Math.max(looked + 1, looked + looked / 2));
    }
    return looked;
  }
}
