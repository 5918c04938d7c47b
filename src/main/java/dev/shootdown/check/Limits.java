package dev.shootdown.check;

/**
 * What the judges count against. None of these is a law of nature, so findings that rest on one say
 * which.
 *
 * @param retryBudget how often an access may be tried again before that is called no progress
 * @param hardLockupPs from when interrupts off on a CPU are a hard lockup, in ps
 * @param softLockupPs from when a CPU that doesn't schedule is a soft lockup, in ps
 */
public record Limits(long retryBudget, long hardLockupPs, long softLockupPs) {
  private static final long SECOND_PS = 1_000_000_000_000L;

  /**
   * 1000 retries; 10 s and 20 s, which are Linux's watchdog_thresh and twice that
   * (Documentation/admin-guide/lockup-watchdogs.rst).
   */
  public static final Limits DEFAULT = new Limits(1000, 10 * SECOND_PS, 20 * SECOND_PS);

  /** Refuses numbers that are not positive. */
  public Limits {
    if (retryBudget < 1 || hardLockupPs < 1 || softLockupPs < 1) {
      throw new IllegalArgumentException(
          "limits are positive: " + retryBudget + " retries, " + hardLockupPs + " ps, "
              + softLockupPs + " ps");
    }
  }
}
