package dev.shootdown.replay;

/**
 * A line of any text form, cut into its columns.
 *
 * <p>The forms of ftrace are one grammar with optional columns: {@code [INSTANCE:] COMM-TID
 * [( TGID)] [CPU] [FLAGS] SECONDS.FRACTION: [(+STEP)] BODY}, and trace-cmd -l folds CPU and flags
 * into one word. perf script prints {@code COMM [PID/]TID [CPU] SECONDS.FRACTION: SUBSYSTEM:BODY}.
 * A name may hold blanks, dashes, colons and brackets, so the thread id is the first number after a
 * dash (or blank) that a CPU and a time follow.
 *
 * @param instance tracing instance that trace-cmd prints first, or empty
 * @param cpu the CPU that wrote the line, {@link Stamp#NO_CPU} if there is no such column
 * @param comm name of its current thread
 * @param tid id of its current thread
 * @param tgid id of its process, 0 if there is no such column or the recorder did not know it
 * @param clock when
 * @param body the event and what it says
 */
record LineHead(
    String instance, int cpu, String comm, int tid, int tgid, Clock clock, String body) {

  /** A time as printed; {@code fractionDigits} 0 = a clock that does not count seconds. */
  record Clock(long seconds, long fraction, int fractionDigits) {}

  /** Cuts a line of ftrace, or returns null when it has no such head. */
  static LineHead of(String line) {
    int colon = 0;
    while (colon < line.length() && !isInstanceEnd(line.charAt(colon))) {
      colon++;
    }
    boolean instance = colon > 0 && colon + 1 < line.length() && line.charAt(colon) == ':'
        && HeadCursor.isBlank(line.charAt(colon + 1));
    LineHead head = null;
    if (instance) {
      head = new HeadCursor(line, line.substring(0, colon), colon + 1).ftrace();
    }
    return head == null ? new HeadCursor(line, "", 0).ftrace() : head;
  }

  /** Cuts a line of perf script, or returns null when it has no such head. */
  static LineHead ofPerf(String line) {
    return new HeadCursor(line, "", 0).perf();
  }

  private static boolean isInstanceEnd(char c) {
    return c == ':' || c == '[' || c == ']' || HeadCursor.isBlank(c);
  }
}
