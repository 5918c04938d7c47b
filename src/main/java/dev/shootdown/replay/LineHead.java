package dev.shootdown.replay;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of either text form, cut into its columns.
 *
 * <p>Both forms are one grammar with optional columns: {@code [INSTANCE:] COMM-TID [( TGID)] [CPU]
 * [FLAGS] SECONDS.FRACTION: [(+STEP)] BODY}, and trace-cmd -l folds CPU and flags into one word. A
 * name may hold blanks, dashes, colons and brackets, so the thread id is the number after a dash
 * that a CPU and a time follow.
 *
 * @param instance tracing instance that trace-cmd prints first, or empty
 * @param cpu the CPU that wrote the line
 * @param comm name of its current thread
 * @param tid id of its current thread
 * @param clock when
 * @param body the event and what it says
 */
record LineHead(String instance, int cpu, String comm, int tid, Clock clock, String body) {

  /** A time as printed; {@code fractionDigits} 0 = a clock that does not count seconds. */
  record Clock(long seconds, long fraction, int fractionDigits) {}

  /** No head is longer; it bounds the work on a line that is none. */
  private static final int HEAD_LIMIT = 256;

  private static final Pattern HEAD = Pattern.compile(
      "^(?:(?<instance>[^\\s:\\[\\]]+):(?=\\s))?\\s*(?<comm>\\S.{0,63}?)-(?<tid>\\d{1,9})\\s+"
          + "(?:\\(\\s*(?:\\d+|-+)\\)\\s*)?"
          + "(?:\\[(?<cpu>\\d{1,5})\\](?:\\s+[^\\s:]{3,8})??|(?<folded>\\d{1,5})[^\\s\\d:]\\S{2,6})"
          + "\\s+(?<seconds>\\d{1,18})(?:\\.(?<fraction>\\d{1,9}))?:\\s+"
          + "(?:\\(\\+\\d+\\)\\s+)?");

  private static final Pattern PERF = Pattern.compile(
      "^\\s*\\S.{0,63}?\\s+(?:\\d{1,9}/)?\\d{1,9}\\s+(?:\\[\\d{1,5}\\]\\s+)?(?:[^\\s:]{3,8}\\s+)?"
          + "\\d{1,18}\\.\\d{6,9}:\\s+(?:\\d+\\s+)?(?:[\\w-]+:\\w+:|PERF_RECORD_)");

  /** Cuts a line, or returns null when it has no such head. */
  static LineHead of(String line) {
    Matcher matcher = HEAD.matcher(line);
    matcher.region(0, Math.min(line.length(), HEAD_LIMIT));
    if (!matcher.lookingAt()) {
      return null;
    }
    String fraction = matcher.group("fraction");
    Clock clock = new Clock(Long.parseLong(matcher.group("seconds")),
        fraction == null ? 0 : Long.parseLong(fraction), fraction == null ? 0 : fraction.length());
    String instance = matcher.group("instance");
    String cpu = matcher.group("cpu") != null ? matcher.group("cpu") : matcher.group("folded");
    return new LineHead(instance == null ? "" : instance, Integer.parseInt(cpu),
        matcher.group("comm"), Integer.parseInt(matcher.group("tid")), clock,
        line.substring(matcher.end()));
  }

  /** Whether a line is one of perf script, which puts the thread id in a column of its own. */
  static boolean isPerfScript(String line) {
    Matcher matcher = PERF.matcher(line);
    matcher.region(0, Math.min(line.length(), HEAD_LIMIT));
    return matcher.lookingAt();
  }
}
