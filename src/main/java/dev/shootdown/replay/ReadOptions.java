package dev.shootdown.replay;

/**
 * How to read a trace.
 *
 * @param eventLimit events kept at once, ≥ 1; later ones are counted only, so that a trace of any
 *     length fits
 * @param fromSeconds the trace's clock at which keeping begins
 * @param untilSeconds the trace's clock before which keeping ends
 * @param ticksPerSecond rate of a clock that counts cycles; 0 = unknown: such a trace is refused
 */
public record ReadOptions(
    long eventLimit, double fromSeconds, double untilSeconds, long ticksPerSecond) {
  /** About 0.3 GB of objects. */
  public static final long EVENT_LIMIT = 1_000_000;

  /** Everything, up to {@link #EVENT_LIMIT} events. */
  public static final ReadOptions ALL =
      new ReadOptions(EVENT_LIMIT, 0, Double.POSITIVE_INFINITY, 0);

  /**
   * Checks.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  public ReadOptions {
    if (eventLimit < 1 || ticksPerSecond < 0 || !(fromSeconds < untilSeconds)) {
      throw new IllegalArgumentException(
          "events must be at least 1, a clock rate not negative, and the time asked for not empty");
    }
  }

  /** The same for a clock that counts {@code ticks} a second. */
  public ReadOptions withTicksPerSecond(long ticks) {
    return new ReadOptions(eventLimit, fromSeconds, untilSeconds, ticks);
  }
}
