package dev.shootdown.replay;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * A trace's clock: from printed times to picoseconds since the whole second of its first event.
 *
 * <p>Clocks that count seconds are printed with six or nine digits. One that counts something else
 * (x86-tsc, counter) is printed as a whole number, and its rate has to be given.
 */
final class TraceClock {
  private static final long PS_PER_SECOND = 1_000_000_000_000L;
  private static final long PS_PER_US = 1_000_000;
  private static final long PS_PER_NS = 1_000;
  /** About 46 days: more would be another clock, and its picoseconds might not fit. */
  private static final long SPAN_LIMIT_SECONDS = 4_000_000;

  private final String file;
  private final ReadOptions options;
  private boolean started;
  private boolean countsTicks;
  private long originSeconds;
  private long atPs;
  private long firstPs;
  private long lastPs;

  TraceClock(String file, ReadOptions options) {
    this.file = file;
    this.options = options;
  }

  /**
   * Reads a time.
   *
   * @return whether it is one of this trace
   * @throws TraceProblem for a clock whose rate is not known
   */
  boolean takes(LineHead.Clock printed, int line) {
    boolean ticks = printed.fractionDigits() == 0;
    if (started && ticks != countsTicks) {
      return false;
    }
    long seconds = printed.seconds();
    long fractionPs = 0;
    switch (printed.fractionDigits()) {
      case 6 -> fractionPs = printed.fraction() * PS_PER_US;
      case 9 -> fractionPs = printed.fraction() * PS_PER_NS;
      case 0 -> {
        long rate = options.ticksPerSecond();
        if (rate == 0) {
          throw new TraceProblem(file, line, "this clock counts cycles, not seconds",
              "give its rate with --clock-rate, or record with trace_clock set to mono, boot or"
                  + " local");
        }
        fractionPs = (long) ((double) (seconds % rate) / rate * PS_PER_SECOND);
        seconds = seconds / rate;
      }
      default -> {
        return false;
      }
    }
    if (!started) {
      originSeconds = seconds;
      countsTicks = ticks;
    }
    long sinceSeconds = seconds - originSeconds;
    if (Math.abs(sinceSeconds) > SPAN_LIMIT_SECONDS) {
      return false;
    }
    atPs = sinceSeconds * PS_PER_SECOND + fractionPs;
    firstPs = started ? Math.min(firstPs, atPs) : atPs;
    lastPs = started ? Math.max(lastPs, atPs) : atPs;
    started = true;
    return true;
  }

  /** The time taken last, in ps since {@link #originSeconds()}. */
  long atPs() {
    return atPs;
  }

  /** Whether the time taken last is one that was asked for. */
  boolean inWindow() {
    double seconds = originSeconds + (double) atPs / PS_PER_SECOND;
    return seconds >= options.fromSeconds() && seconds < options.untilSeconds();
  }

  /** Whole seconds of the clock at the first event. */
  long originSeconds() {
    return originSeconds;
  }

  /** The earliest time, in seconds. */
  String firstText() {
    return text(firstPs);
  }

  /** The latest time, in seconds. */
  String lastText() {
    return text(lastPs);
  }

  private String text(long ps) {
    return BigDecimal.valueOf(originSeconds).add(BigDecimal.valueOf(ps, 12)).setScale(
        6, RoundingMode.DOWN).toPlainString();
  }
}
