package dev.shootdown.replay;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads the text of a trace, plain, gzip or zstd, line by line in bounded memory.
 *
 * <p>Can: {@code trace-cmd report} with any of -t, -l, -N, -R and --ts-diff, inside an instance or
 * not; the tracefs file {@code trace} with or without flags and thread-group columns, with any
 * clock, if the rate of one that counts cycles is given; {@code perf script} with or without CPUs,
 * nanoseconds, call chains and task records. Can't: a binary {@code trace.dat} or
 * {@code perf.data}, {@code latency-format} of tracefs, 32-bit pointers; the first two are refused
 * by name.
 */
public final class TraceReader {
  private static final String WANTED =
      "lines of trace-cmd report, perf script or the tracefs file trace are read";
  private static final int QUOTE_LIMIT = 60;
  private static final int NAME_LIMIT = 65_536;

  private final String file;
  private final ReadOptions options;
  private final TraceSink sink;
  private final ReadingTally tally = new ReadingTally();
  private final TraceHeader header = new TraceHeader(tally);
  private final Payloads payloads = new Payloads();
  private final TraceClock clock;
  private final TreeMap<String, String> names = new TreeMap<>();
  private final TreeMap<Integer, Integer> groups = new TreeMap<>();
  private final List<String> frames = new ArrayList<>();
  private String instance;
  private boolean started;
  private int eventLine;
  private String firstUnreadable;
  private int firstUnreadableLine;

  private TraceReader(String file, ReadOptions options, TraceSink sink) {
    this.file = file;
    this.options = options;
    this.sink = sink;
    this.clock = new TraceClock(file, options);
  }

  /**
   * Reads a whole trace with {@link ReadOptions#ALL}.
   *
   * @throws TraceProblem when there is nothing to be had from it; single bad lines are counted in
   *     the {@link Reading} instead
   */
  public static Recording read(Path path) {
    return read(path, ReadOptions.ALL);
  }

  /**
   * Reads a trace.
   *
   * @throws TraceProblem when there is nothing to be had from it
   */
  public static Recording read(Path path, ReadOptions options) {
    List<TraceEvent> events = new ArrayList<>();
    TreeMap<Integer, List<String>> stacks = new TreeMap<>();
    TraceSink collector = new TraceSink() {
      @Override
      public void event(TraceEvent event) {
        events.add(event);
      }

      @Override
      public void stack(int line, List<String> functions) {
        stacks.put(line, functions);
      }
    };
    TraceReader reader = new TraceReader(path.toString(), options, collector);
    Reading reading = reader.readAll(path);
    // Lines of equal time stay as the recorder merged them: it knew nanoseconds, the text may not.
    events.sort(Comparator.comparingLong((TraceEvent event) -> event.stamp().atPs())
        .thenComparingInt(event -> event.stamp().line()));
    SortedMap<Integer, List<String>> byLine = Collections.unmodifiableSortedMap(stacks);
    return new Recording(
        reader.clock.originSeconds(), Collections.unmodifiableList(events), byLine, reading,
        Collections.unmodifiableSortedMap(reader.groups));
  }

  /**
   * Hands a trace to {@code sink} as it is read, and keeps nothing.
   *
   * @throws TraceProblem when there is nothing to be had from it, after what there was
   */
  public static Reading stream(Path path, ReadOptions options, TraceSink sink) {
    return new TraceReader(path.toString(), options, sink).readAll(path);
  }

  private Reading readAll(Path path) {
    int lineNumber = 0;
    try (TraceText text = TraceText.open(path)) {
      for (String line = text.next(); line != null; line = text.next()) {
        lineNumber = text.lineNumber();
        onLine(line, lineNumber);
      }
    }
    endStack();
    if (tally.takenCount() == 0) {
      refuse();
    }
    return tally.reading(header.form(), lineNumber);
  }

  private void onLine(String line, int lineNumber) {
    if (line.isBlank()) {
      endStack();
      return;
    }
    if (line.charAt(0) == '#') {
      header.comment(line, lineNumber);
      return;
    }
    LineHead head = head(line);
    if (head == null) {
      onHeadless(line, lineNumber);
      return;
    }
    endStack();
    if (header.form() == TextForm.PERF && PerfRecords.isRecord(head.body())) {
      onRecord(head.body(), lineNumber);
      return;
    }
    Payloads.Named named = Payloads.split(head.body());
    if (named == null) {
      unreadable(line, lineNumber);
      return;
    }
    onEvent(line, lineNumber, head, named);
  }

  /** A file is of one form: once its first event is read, the other is not tried any more. */
  private LineHead head(String line) {
    if (header.form() == TextForm.PERF) {
      return LineHead.ofPerf(line);
    }
    LineHead head = LineHead.of(line);
    if (head == null && !started && (head = LineHead.ofPerf(line)) != null) {
      header.isPerf();
    }
    return head;
  }

  private void onRecord(String body, int lineNumber) {
    long lost = PerfRecords.lost(body);
    if (lost > 0) {
      tally.found(Trouble.LOST_EVENTS, lineNumber, lost);
    } else {
      tally.found(Trouble.PERF_RECORD, lineNumber);
    }
  }

  private void onEvent(String line, int lineNumber, LineHead head, Payloads.Named named) {
    if (!started) {
      started = true;
      instance = head.instance();
      header.guess(head);
    }
    if (!head.instance().equals(instance)) {
      tally.found(Trouble.OTHER_INSTANCE, lineNumber);
      return;
    }
    if (!clock.takes(head.clock(), lineNumber)) {
      unreadable(line, lineNumber);
      return;
    }
    if (!clock.inWindow()) {
      tally.found(Trouble.OUTSIDE_WINDOW, lineNumber);
      return;
    }
    Stamp stamp =
        new Stamp(clock.atPs(), head.cpu(), head.tid(), shared(head.comm()), lineNumber);
    try {
      TraceEvent event = payloads.event(stamp, named);
      tally.named(named.name(), lineNumber);
      tally.stamped(stamp);
      judge(event);
      group(head, event);
      hand(event);
    } catch (NoSuchElementException e) {
      tally.found(Trouble.UNREADABLE_PAYLOAD, lineNumber);
    }
  }

  /** What the kernel's flushing printed says nothing here: a replay does not depend on it. */
  private void group(LineHead head, TraceEvent event) {
    if (event.isFlushEffect() || head.tid() == 0 || groups.size() >= NAME_LIMIT) {
      return;
    }
    if (head.tgid() != 0) {
      groups.put(head.tid(), head.tgid());
    }
    if (event instanceof TraceEvent.NewTask made && made.isThread()) {
      groups.putIfAbsent(head.tid(), head.tid());
      groups.put(made.childTid(), groups.get(head.tid()));
    }
  }

  private void hand(TraceEvent event) {
    if (tally.takenCount() == options.eventLimit()) {
      tally.found(Trouble.BEYOND_LIMIT, event.stamp().line());
      return;
    }
    tally.taken();
    eventLine = event.stamp().line();
    sink.event(event);
  }

  private void judge(TraceEvent event) {
    if (event instanceof TraceEvent.Other other) {
      tally.unused(other.name(), other.stamp().line());
    } else if (event instanceof TraceEvent.CsdQueue queue
        && Payloads.isUnnamed(queue.function())) {
      tally.found(Trouble.UNNAMED_FUNCTION, queue.stamp().line());
    }
  }

  private void onHeadless(String line, int lineNumber) {
    if (header.line(line, lineNumber, started)) {
      return;
    }
    String frame = header.form() == TextForm.PERF ? PerfRecords.frame(line) : null;
    if (frame == null) {
      unreadable(line, lineNumber);
    } else if (eventLine == 0) {
      tally.found(Trouble.STRAY_FRAME, lineNumber);
    } else {
      frames.add(shared(frame));
    }
  }

  private void endStack() {
    if (!frames.isEmpty()) {
      sink.stack(eventLine, List.copyOf(frames));
      frames.clear();
    }
    eventLine = 0;
  }

  private void unreadable(String line, int lineNumber) {
    tally.found(Trouble.UNREADABLE_LINE, lineNumber);
    if (firstUnreadable == null) {
      firstUnreadable = line;
      firstUnreadableLine = lineNumber;
    }
  }

  /** One text for equal names; hostile text with endless names starts the collection anew. */
  private String shared(String text) {
    String known = names.get(text);
    if (known != null) {
      return known;
    }
    if (names.size() == NAME_LIMIT) {
      names.clear();
    }
    names.put(text, text);
    return text;
  }

  private void refuse() {
    if (started && tally.found(Trouble.OUTSIDE_WINDOW)) {
      throw new TraceProblem(file, "no event lies in the time that was asked for",
          "the first one is at " + clock.firstText() + " s, the last one at " + clock.lastText()
              + " s");
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
