package dev.shootdown.replay;

/** How close a replay is meant to come to its recording. */
public final class Goals {
  /** Operations of a kind below which a median is not judged. */
  public static final int COUNT_MIN = 50;
  /** Operations of a size below which a size is not printed. */
  public static final int SIZE_COUNT_MIN = 8;
  /** Largest relative error of a median. */
  public static final double TIME_ERROR_MAX = 0.20;

  private static final long IPI_DIFFERENCE_MAX = 3;

  private Goals() {}

  /** Whether simulated interrupts are within 10 % or 3 of the recorded ones. */
  public static boolean ipisMet(long recorded, long simulated) {
    long difference = Math.abs(simulated - recorded);
    return difference <= IPI_DIFFERENCE_MAX || 10 * difference <= recorded;
  }

  /** Whether a median's relative error is within 20 %. */
  public static boolean timeMet(double error) {
    return Math.abs(error) <= TIME_ERROR_MAX;
  }
}
