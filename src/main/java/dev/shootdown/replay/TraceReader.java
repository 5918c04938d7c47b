package dev.shootdown.replay;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the text of a trace, plain or gzip, line by line.
 *
 * <p>Can: {@code trace-cmd report} with any of -t, -l, -N, -R and --ts-diff, inside an instance or
 * not; the tracefs file {@code trace} with or without flags and thread-group columns, with every
 * clock that counts seconds. Can't: the text of {@code perf script}, a binary {@code trace.dat},
 * clocks that count cycles, {@code latency-format} of tracefs; each is refused by name.
 */
public final class TraceReader {
  private static final long PS_PER_SECOND = 1_000_000_000_000L;
  private static final long PS_PER_US = 1_000_000;
  private static final long PS_PER_NS = 1_000;
  /** About 46 days: more would be another clock, and its picoseconds might not fit. */
  private static final long SPAN_LIMIT_SECONDS = 4_000_000;
  private static final int QUOTE_LIMIT = 60;

  private static final String WANTED =
      "lines of trace-cmd report or of the tracefs file trace are read";
  private static final Pattern LOST =
      Pattern.compile("\\[(?:LOST (?:(\\d{1,18}) )?EVENTS|(?:(\\d{1,18}) )?EVENTS DROPPED)\\]");
  private static final Pattern PREAMBLE =
      Pattern.compile("cpus=(\\d{1,5})|version = \\d+|CPU \\d+ is empty");
  private static final Pattern ENTRIES =
      Pattern.compile("entries-in-buffer/entries-written: (\\d{1,18})/(\\d{1,18}) +#P:(\\d{1,5})");

  private final String file;
  private final ReadingTally tally = new ReadingTally();
  private final Payloads payloads = new Payloads();
  private final TreeMap<String, String> names = new TreeMap<>();
  private final List<TraceEvent> events = new ArrayList<>();
  private TextForm form;
  private String instance;
  private boolean started;
  private long originSeconds;
  private int perfLine;
  private String firstUnreadable;
  private int firstUnreadableLine;

  private TraceReader(String file) {
    this.file = file;
  }

  /**
   * Reads a whole trace.
   *
   * @throws TraceProblem when there is nothing to be had from it; single bad lines are counted in
   *     the {@link Reading} instead
   */
  public static Recording read(Path path) {
    TraceReader reader = new TraceReader(path.toString());
    try (TraceText text = TraceText.open(path)) {
      int lineNumber = 0;
      for (String line = text.next(); line != null; line = text.next()) {
        lineNumber = text.lineNumber();
        reader.onLine(line, lineNumber);
      }
      return reader.recording(lineNumber);
    }
  }

  private void onLine(String line, int lineNumber) {
    if (line.isBlank()) {
      return;
    }
    if (line.charAt(0) == '#') {
      onComment(line, lineNumber);
      return;
    }
    LineHead head = LineHead.of(line);
    if (head == null) {
      onHeadless(line, lineNumber);
      return;
    }
    Payloads.Named named = Payloads.split(head.body());
    if (named == null) {
      unreadable(line, lineNumber);
      return;
    }
    if (head.clock().fractionDigits() == 0) {
      throw new TraceProblem(file, lineNumber, "this clock counts cycles, not seconds",
          "record with trace_clock set to mono, boot or local");
    }
    onEvent(line, lineNumber, head, named);
  }

  private void onEvent(String line, int lineNumber, LineHead head, Payloads.Named named) {
    if (!started) {
      started = true;
      instance = head.instance();
      originSeconds = head.clock().seconds();
      form = form == null ? guess(head) : form;
    }
    if (!head.instance().equals(instance)) {
      tally.found(Trouble.OTHER_INSTANCE, lineNumber);
      return;
    }
    long seconds = head.clock().seconds() - originSeconds;
    int digits = head.clock().fractionDigits();
    if (digits != 6 && digits != 9 || Math.abs(seconds) > SPAN_LIMIT_SECONDS) {
      unreadable(line, lineNumber);
      return;
    }
    long stepPs = digits == 6 ? PS_PER_US : PS_PER_NS;
    long atPs = seconds * PS_PER_SECOND + head.clock().fraction() * stepPs;
    Stamp stamp = new Stamp(atPs, head.cpu(), head.tid(), shared(head.comm()), lineNumber);
    try {
      TraceEvent event = payloads.event(stamp, named);
      tally.named(shared(named.name()));
      tally.stamped(stamp);
      judge(event);
      events.add(event);
    } catch (NoSuchElementException e) {
      tally.found(Trouble.UNREADABLE_PAYLOAD, lineNumber);
    }
  }

  private void judge(TraceEvent event) {
    if (event instanceof TraceEvent.Other other) {
      tally.found(Trouble.UNUSED_EVENT, other.stamp().line());
    } else if (event instanceof TraceEvent.CsdQueue queue
        && Payloads.isUnnamed(queue.function())) {
      tally.found(Trouble.UNNAMED_FUNCTION, queue.stamp().line());
    }
  }

  private void onComment(String line, int lineNumber) {
    Matcher entries = ENTRIES.matcher(line);
    if (line.startsWith("# tracer:")) {
      form = TextForm.TRACEFS;
    } else if (entries.find()) {
      form = TextForm.TRACEFS;
      tally.declaredCpus(Integer.parseInt(entries.group(3)));
      long overwritten = Long.parseLong(entries.group(2)) - Long.parseLong(entries.group(1));
      if (overwritten > 0) {
        tally.found(Trouble.LOST_EVENTS, lineNumber, overwritten);
      }
    }
  }

  private void onHeadless(String line, int lineNumber) {
    Matcher preamble = PREAMBLE.matcher(line.strip());
    Matcher lost = LOST.matcher(line);
    if (!started && preamble.matches()) {
      form = TextForm.TRACE_CMD;
      if (preamble.group(1) != null) {
        tally.declaredCpus(Integer.parseInt(preamble.group(1)));
      }
    } else if (lost.find()) {
      String count = lost.group(1) != null ? lost.group(1) : lost.group(2);
      tally.found(Trouble.LOST_EVENTS, lineNumber, count == null ? 1 : Long.parseLong(count));
    } else {
      perfLine = perfLine == 0 && LineHead.isPerfScript(line) ? lineNumber : perfLine;
      unreadable(line, lineNumber);
    }
  }

  private void unreadable(String line, int lineNumber) {
    tally.found(Trouble.UNREADABLE_LINE, lineNumber);
    if (firstUnreadable == null) {
      firstUnreadable = line;
      firstUnreadableLine = lineNumber;
    }
  }

  /** For a text whose header was cut off: only trace-cmd pads the event's name or has instances. */
  private static TextForm guess(LineHead head) {
    boolean padded = head.body().matches("[\\w.-]+:\\s{2,}.*");
    return padded || !head.instance().isEmpty() ? TextForm.TRACE_CMD : TextForm.TRACEFS;
  }

  private String shared(String text) {
    String known = names.putIfAbsent(text, text);
    return known == null ? text : known;
  }

  private Recording recording(int lineCount) {
    if (events.isEmpty()) {
      refuse();
    }
    // Lines of equal time stay as the recorder merged them: it knew nanoseconds, the text may not.
    events.sort(Comparator.comparingLong((TraceEvent event) -> event.stamp().atPs())
        .thenComparingInt(event -> event.stamp().line()));
    return new Recording(
        originSeconds, Collections.unmodifiableList(events), tally.reading(form, lineCount));
  }

  private void refuse() {
    if (perfLine > 0) {
      throw new TraceProblem(file, perfLine, "perf script text is not read yet",
          "record with trace-cmd or tracefs");
    }
    if (firstUnreadable != null) {
      throw new TraceProblem(file, firstUnreadableLine,
          "no line of the file is an event, from \"" + quoted(firstUnreadable) + "\" on", WANTED);
    }
    throw new TraceProblem(file, "the file holds no event that can be read", WANTED);
  }

  private static String quoted(String line) {
    String printable = line.strip().replaceAll("[^\\x20-\\x7e]", "?");
    return printable.length() <= QUOTE_LIMIT
        ? printable : printable.substring(0, QUOTE_LIMIT) + "...";
  }
}
