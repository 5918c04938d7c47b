package dev.shootdown.replay;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a trace says about itself, above and between its events. */
final class TraceHeader {
  private static final Pattern LOST =
      Pattern.compile("\\[(?:LOST (?:(\\d{1,18}) )?EVENTS|(?:(\\d{1,18}) )?EVENTS DROPPED)\\]");
  private static final Pattern PREAMBLE =
      Pattern.compile("cpus=(\\d{1,5})|version = \\d+|CPU \\d+ is empty");
  private static final Pattern ENTRIES =
      Pattern.compile("entries-in-buffer/entries-written: (\\d{1,18})/(\\d{1,18}) +#P:(\\d{1,5})");

  private final ReadingTally tally;
  private TextForm form;

  TraceHeader(ReadingTally tally) {
    this.tally = tally;
  }

  /** Which text it is, as far as is known; null at first. */
  TextForm form() {
    return form;
  }

  /** The first event was one of perf script. */
  void isPerf() {
    form = TextForm.PERF;
  }

  /** For a text whose header was cut off: only trace-cmd pads the event's name or has instances. */
  void guess(LineHead head) {
    if (form == null) {
      int colon = head.body().indexOf(':');
      boolean padded = colon > 0 && head.body().startsWith("  ", colon + 1);
      form = padded || !head.instance().isEmpty() ? TextForm.TRACE_CMD : TextForm.TRACEFS;
    }
  }

  /** A line that begins with a number sign. */
  void comment(String line, int lineNumber) {
    if (line.startsWith("# tracer:")) {
      form = TextForm.TRACEFS;
      return;
    }
    Matcher entries = ENTRIES.matcher(line);
    if (entries.find()) {
      form = TextForm.TRACEFS;
      tally.declaredCpus(Integer.parseInt(entries.group(3)));
      long overwritten = Long.parseLong(entries.group(2)) - Long.parseLong(entries.group(1));
      if (overwritten > 0) {
        tally.found(Trouble.LOST_EVENTS, lineNumber, overwritten);
      }
    }
  }

  /**
   * A line without the columns of an event.
   *
   * @return whether it says something of the trace itself
   */
  boolean line(String line, int lineNumber, boolean started) {
    if (!started) {
      Matcher preamble = PREAMBLE.matcher(line.strip());
      if (preamble.matches()) {
        form = TextForm.TRACE_CMD;
        if (preamble.group(1) != null) {
          tally.declaredCpus(Integer.parseInt(preamble.group(1)));
        }
        return true;
      }
    }
    int bracket = line.indexOf('[');
    Matcher lost = bracket < 0 ? null : LOST.matcher(line);
    if (lost == null || !lost.find()) {
      return false;
    }
    String count = lost.group(1) != null ? lost.group(1) : lost.group(2);
    tally.found(Trouble.LOST_EVENTS, lineNumber, count == null ? 1 : Long.parseLong(count));
    return true;
  }
}
