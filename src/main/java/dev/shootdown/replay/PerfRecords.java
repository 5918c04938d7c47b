package dev.shootdown.replay;

/** The lines of perf script that are no events: records of tasks, maps and losses. */
final class PerfRecords {
  /** How each of them begins, in the place of the event. */
  static final String PREFIX = "PERF_RECORD_";

  private static final String LOST = PREFIX + "LOST";

  private PerfRecords() {}

  /** Whether {@code body} is such a record. */
  static boolean isRecord(String body) {
    return body.startsWith(PREFIX);
  }

  /** The record's kind, such as {@code PERF_RECORD_COMM}. */
  static String name(String body) {
    int end = PREFIX.length();
    while (end < body.length() && (Character.isUpperCase(body.charAt(end))
        || Character.isDigit(body.charAt(end)) || body.charAt(end) == '_')) {
      end++;
    }
    return body.substring(0, end);
  }

  /** How many events a record of losses speaks of; 0 for other records. */
  static long lost(String body) {
    if (!body.startsWith(LOST)) {
      return 0;
    }
    int end = body.length();
    while (end > 0 && !Character.isDigit(body.charAt(end - 1))) {
      end--;
    }
    int from = end;
    while (from > 0 && Character.isDigit(body.charAt(from - 1)) && end - from < 18) {
      from--;
    }
    return end > from ? Math.max(1, Long.parseLong(body.substring(from, end))) : 1;
  }

  /**
   * The symbol of a line of a call chain, such as {@code do_madvise} of {@code ffffffff8163bd4c
   * do_madvise+0xcc ([kernel.kallsyms])}; null if the line is none.
   */
  static String frame(String line) {
    int at = 0;
    while (at < line.length() && HeadCursor.isBlank(line.charAt(at))) {
      at++;
    }
    int from = at;
    while (at < line.length() && Character.digit(line.charAt(at), 16) >= 0) {
      at++;
    }
    boolean address = from > 0 && at > from && at - from <= 16 && at < line.length()
        && line.charAt(at) == ' ';
    int open = line.lastIndexOf(" (");
    if (!address || open <= at || !line.endsWith(")")) {
      return null;
    }
    String symbol = line.substring(at + 1, open).strip();
    int plus = symbol.lastIndexOf("+0x");
    return plus > 0 ? symbol.substring(0, plus) : symbol;
  }
}
