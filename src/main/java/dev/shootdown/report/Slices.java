package dev.shootdown.report;

import java.util.Arrays;

/**
 * How much of something there was in each slice of virtual time, as number · ps. Slices have equal
 * width, which doubles whenever there would be more than {@value #MOST} of them: so the memory does
 * not grow with the run, and the end of the run need not be known.
 */
final class Slices {
  /** At most so many slices. */
  static final int MOST = 128;

  private static final long FIRST_WIDTH_PS = 1000;

  private final long[] sums = new long[MOST];
  private long widthPs = FIRST_WIDTH_PS;

  /** {@code level} of them were there from {@code fromPs} to {@code untilPs}. */
  void add(long fromPs, long untilPs, long level) {
    if (level == 0 || untilPs <= fromPs) {
      return;
    }
    cover(untilPs);
    for (long atPs = fromPs; atPs < untilPs; ) {
      int slice = (int) (atPs / widthPs);
      long endPs = Math.min(untilPs, (slice + 1) * widthPs);
      sums[slice] += level * (endPs - atPs);
      atPs = endPs;
    }
  }

  /** Makes slices wide enough to hold {@code untilPs}. */
  void cover(long untilPs) {
    while (untilPs > MOST * widthPs) {
      for (int i = 0; i < MOST / 2; i++) {
        sums[i] = sums[2 * i] + sums[2 * i + 1];
      }
      Arrays.fill(sums, MOST / 2, MOST, 0);
      widthPs *= 2;
    }
  }

  long widthPs() {
    return widthPs;
  }

  /** Number · ps in slice {@code index}, which is 0 to {@link #MOST} − 1. */
  long sumPs(int index) {
    return sums[index];
  }

  long totalPs() {
    return Arrays.stream(sums).sum();
  }

  Slices copy() {
    Slices copy = new Slices();
    System.arraycopy(sums, 0, copy.sums, 0, MOST);
    copy.widthPs = widthPs;
    return copy;
  }
}
