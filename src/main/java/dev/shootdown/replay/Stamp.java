package dev.shootdown.replay;

/**
 * What every line of a trace says before it names its event.
 *
 * @param atPs picoseconds of the trace's own clock, counted from {@link Recording#originSeconds()};
 *     text with six fractional digits has a step of one microsecond
 * @param cpu the CPU that wrote the line, or {@link #NO_CPU}
 * @param tid the thread that was current there, which for an interrupt is only its victim; 0 = idle
 * @param comm that thread's name as printed (tracefs cuts at 15 characters, trace-cmd -l at 8)
 * @param line line of the file, from 1
 */
public record Stamp(long atPs, int cpu, int tid, String comm, int line) {
  /** The text has no column for the CPU (perf script -F without cpu). */
  public static final int NO_CPU = -1;
}
