package dev.shootdown.replay;

import java.util.Collection;

/**
 * Order statistics by the nearest-rank method: p of n values is the one at rank ceil(p/100 * n), so
 * every figure is a value that occurred.
 *
 * @param count how many values there were
 */
public record Percentiles(int count, long p50, long p90, long p99) {
  /**
   * Of the given values, in any order, which stay as they are.
   *
   * @throws IllegalArgumentException when there is none: no number would be honest
   */
  public static Percentiles of(Collection<Long> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("percentiles of no values");
    }
    long[] sorted = values.stream().mapToLong(Long::longValue).sorted().toArray();
    return new Percentiles(
        sorted.length, nearest(sorted, 50), nearest(sorted, 90), nearest(sorted, 99));
  }

  /** The value at {@code percent}, 1 to 100, of at least one value. */
  static long at(Collection<Long> values, int percent) {
    return nearest(values.stream().mapToLong(Long::longValue).sorted().toArray(), percent);
  }

  private static long nearest(long[] sorted, int percent) {
    long rank = Math.floorDiv((long) percent * sorted.length + 99, 100L);
    return sorted[(int) rank - 1];
  }
}
