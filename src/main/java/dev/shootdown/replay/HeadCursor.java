package dev.shootdown.replay;

/**
 * Walks over a line's head, column by column. Without regular expressions, because every line of a
 * trace comes through here.
 */
final class HeadCursor {
  /** No head is longer; it bounds the work on a line that is none. */
  private static final int HEAD_LIMIT = 256;
  private static final int COMM_LIMIT = 64;

  private final String line;
  private final String instance;
  private final int limit;
  private final int start;
  private int at;
  private long number;
  private int digits;
  private int cpu;
  private int tgid;
  private LineHead.Clock clock;

  HeadCursor(String line, String instance, int start) {
    this.line = line;
    this.instance = instance;
    this.limit = Math.min(line.length(), HEAD_LIMIT);
    int from = start;
    while (from < limit && isBlank(line.charAt(from))) {
      from++;
    }
    this.start = from;
  }

  static boolean isBlank(char c) {
    return c == ' ' || c >= '\t' && c <= '\r';
  }

  /** The head of a line of ftrace, or null. */
  LineHead ftrace() {
    int dash = line.indexOf('-', start + 1);
    while (dash >= 0 && dash < limit && dash - start <= COMM_LIMIT) {
      at = dash + 1;
      if (number(9) && blanks()) {
        int tid = (int) number;
        if (group() && place() && time() && step()) {
          return head(dash, tid);
        }
      }
      dash = line.indexOf('-', dash + 1);
    }
    return null;
  }

  /** The head of a line of perf script, or null. */
  LineHead perf() {
    int gap = start + 1;
    while (gap < limit && gap - start <= COMM_LIMIT) {
      if (isBlank(line.charAt(gap))) {
        at = gap;
        blanks();
        int next = at;
        if (perfTid()) {
          int tid = (int) number;
          if (perfPlace() && time() && perfEvent()) {
            return head(gap, tid);
          }
        }
        gap = next;
      } else {
        gap++;
      }
    }
    return null;
  }

  private LineHead head(int commEnd, int tid) {
    return new LineHead(
        instance, cpu, line.substring(start, commEnd), tid, tgid, clock, line.substring(at));
  }

  private boolean number(int digitsMax) {
    int from = at;
    number = 0;
    while (at < limit && at - from < digitsMax && isDigit(at)) {
      number = number * 10 + (line.charAt(at) - '0');
      at++;
    }
    digits = at - from;
    return digits > 0;
  }

  private boolean isDigit(int index) {
    return index < limit && line.charAt(index) >= '0' && line.charAt(index) <= '9';
  }

  private boolean is(char c) {
    return at < limit && line.charAt(at) == c;
  }

  private boolean blanks() {
    int from = at;
    while (at < line.length() && isBlank(line.charAt(at))) {
      at++;
    }
    return at > from;
  }

  /** The optional column of the thread group: {@code ( 12)} or {@code (-----)}. */
  private boolean group() {
    tgid = 0;
    if (!is('(')) {
      return true;
    }
    at++;
    blanks();
    if (number(9)) {
      tgid = (int) number;
    }
    while (is('-')) {
      at++;
    }
    if (!is(')')) {
      return false;
    }
    at++;
    blanks();
    return true;
  }

  /** The CPU with its flags, up to the time; both may be folded into one word. */
  private boolean place() {
    boolean bracket = is('[');
    at += bracket ? 1 : 0;
    if (!number(5)) {
      return false;
    }
    cpu = (int) number;
    if (!bracket) {
      return !isDigit(at) && !is(':') && word(3, 7) && blanks();
    }
    if (!is(']')) {
      return false;
    }
    at++;
    return blanks() && (timeAhead() || word(3, 8) && blanks());
  }

  private boolean perfTid() {
    if (!number(9)) {
      return false;
    }
    tgid = 0;
    if (is('/')) {
      at++;
      tgid = (int) number;
      return number(9) && blanks();
    }
    return blanks();
  }

  /** The optional CPU and the optional flags of perf script. */
  private boolean perfPlace() {
    cpu = Stamp.NO_CPU;
    if (is('[')) {
      at++;
      if (!number(5) || !is(']')) {
        return false;
      }
      cpu = (int) number;
      at++;
      if (!blanks()) {
        return false;
      }
    }
    return timeAhead() || word(3, 8) && blanks();
  }

  private boolean word(int lengthMin, int lengthMax) {
    int from = at;
    while (at < limit && !isBlank(line.charAt(at))) {
      at++;
    }
    return at - from >= lengthMin && at - from <= lengthMax;
  }

  /** Whether the next word can only be a time. */
  private boolean timeAhead() {
    int ahead = at;
    while (isDigit(ahead) || ahead < limit && ahead > at && line.charAt(ahead) == '.') {
      ahead++;
    }
    return ahead > at && ahead < limit && line.charAt(ahead) == ':';
  }

  private boolean time() {
    if (!number(18)) {
      return false;
    }
    long seconds = number;
    long fraction = 0;
    int fractionDigits = 0;
    if (is('.')) {
      at++;
      if (!number(9)) {
        return false;
      }
      fraction = number;
      fractionDigits = digits;
    }
    if (!is(':')) {
      return false;
    }
    at++;
    clock = new LineHead.Clock(seconds, fraction, fractionDigits);
    return blanks();
  }

  /** The optional difference to the line before: {@code (+12)}. */
  private boolean step() {
    int from = at;
    if (is('(') && at + 1 < limit && line.charAt(at + 1) == '+') {
      at += 2;
      if (number(18) && is(')')) {
        at++;
        if (blanks()) {
          return true;
        }
      }
      at = from;
    }
    return true;
  }

  /** The optional period, and the subsystem, which is dropped. */
  private boolean perfEvent() {
    if (number(18) && !blanks()) {
      return false;
    }
    if (line.startsWith(PerfRecords.PREFIX, at)) {
      return true;
    }
    int from = at;
    while (at < line.length() && isNameChar(line.charAt(at))) {
      at++;
    }
    if (at == from || at + 1 >= line.length() || line.charAt(at) != ':'
        || !isNameChar(line.charAt(at + 1))) {
      return false;
    }
    at++;
    return true;
  }

  private static boolean isNameChar(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
        || c == '-';
  }
}
