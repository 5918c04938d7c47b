package dev.shootdown.replay;

import java.util.List;
import java.util.Locale;
import java.util.SortedMap;

/**
 * A trace that was read.
 *
 * @param originSeconds whole seconds of the trace's clock at which {@link Stamp#atPs()} is 0: those
 *     of the first event in the file, because picoseconds since boot outgrow a long after 106 days
 * @param events in order of time; lines of equal time keep the order of the file, which the
 *     recorder merged by a finer clock than it printed
 * @param stacks call chains by the line of their event, innermost function first
 * @param reading what reading it came to
 * @param groups the process (thread group) of each thread, as far as the text has that column
 */
public record Recording(
    long originSeconds, List<TraceEvent> events, SortedMap<Integer, List<String>> stacks,
    Reading reading, SortedMap<Integer, Integer> groups) {
  private static final long PS_PER_SECOND = 1_000_000_000_000L;
  private static final long PS_PER_NS = 1_000;

  /** The trace's own clock at that time, in seconds with nine digits, as one would search for. */
  public String clockText(long atPs) {
    long seconds = originSeconds + Math.floorDiv(atPs, PS_PER_SECOND);
    long nanoseconds = Math.floorMod(atPs, PS_PER_SECOND) / PS_PER_NS;
    return String.format(Locale.ROOT, "%d.%09d", seconds, nanoseconds);
  }

  /** From the first event to the last. */
  public long spanPs() {
    return events.get(events.size() - 1).stamp().atPs() - events.get(0).stamp().atPs();
  }
}
