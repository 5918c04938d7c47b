package dev.shootdown.hardware.iommu;

/**
 * When to look at something that has a time limit and is nearly always over long before: a first
 * time soon, and then each time when it has lasted twice as long. A single timer for the whole
 * limit would be left behind, and the run would count as unfinished until it rings.
 */
final class Looks {
  /** Most commands are over by then. */
  private static final long FIRST_PS = 10_000_000;

  private Looks() {}

  /**
   * How long to wait for the next look, in ps.
   *
   * @param sincePs when it began
   * @param duePs its limit, later than {@code nowPs}
   */
  static long nextPs(long sincePs, long nowPs, long duePs) {
    return Math.min(duePs - nowPs, Math.max(FIRST_PS, nowPs - sincePs));
  }
}
