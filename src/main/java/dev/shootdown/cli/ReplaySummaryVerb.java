package dev.shootdown.cli;

import dev.shootdown.replay.ReadOptions;
import dev.shootdown.replay.Reading;
import dev.shootdown.replay.TraceEvent;
import dev.shootdown.replay.TraceProblem;
import dev.shootdown.replay.TraceReader;
import dev.shootdown.replay.TraceSink;
import dev.shootdown.report.Csv;
import dev.shootdown.report.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads a trace of any length, keeps nothing, and says what is in it. */
final class ReplaySummaryVerb {
  private static final TraceSink NOBODY = new TraceSink() {
    @Override
    public void event(TraceEvent event) {
      // Counted by the reader.
    }

    @Override
    public void stack(int line, List<String> functions) {
      // Counted with its event.
    }
  };

  private static final double NS_PER_SECOND = 1e9;

  private final Terminal terminal;

  ReplaySummaryVerb(Terminal terminal) {
    this.terminal = terminal;
  }

  int run(ReplayRequest request) {
    ReadOptions asked = request.options();
    ReadOptions endless = new ReadOptions(
        Long.MAX_VALUE, asked.fromSeconds(), asked.untilSeconds(), asked.ticksPerSecond());
    long cpuNs = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    Reading reading;
    try {
      reading = TraceReader.stream(terminal.file(request.trace()), endless, NOBODY);
    } catch (TraceProblem wrong) {
      throw CliProblem.usage(wrong.getMessage());
    }
    speed(reading, ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpuNs);
    switch (request.output().form()) {
      case TEXT -> text(reading);
      case JSON -> json(reading);
      case CSV -> csv(reading);
      case HTML -> throw new IllegalStateException("refused before");
    }
    return ExitCode.OK;
  }

  /** Goes to stderr, because it is of this machine and not of the trace. */
  private void speed(Reading reading, long cpuNs) {
    if (cpuNs > 0) {
      terminal.err().printf(Locale.ROOT, "read in %.1f s of CPU time, %,.0f lines/s%n",
          cpuNs / NS_PER_SECOND, reading.lineCount() * NS_PER_SECOND / cpuNs);
    }
  }

  private void text(Reading reading) {
    terminal.out().println(reading.form().title() + ": " + reading.lineCount() + " lines, "
        + reading.cpuCount() + " CPUs");
    reading.eventCounts().forEach(
        (name, count) -> terminal.out().printf("%10d  %s%n", count, name));
    reading.remarks().forEach(remark -> terminal.out().println("note: " + remark));
  }

  private void json(Reading reading) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("schema", 1);
    tree.put("form", reading.form().title());
    tree.put("lines", reading.lineCount());
    tree.put("cpus", reading.cpuCount());
    tree.put("events", reading.eventCounts());
    tree.put("remarks", reading.remarks());
    terminal.out().print(Json.text(tree));
  }

  private void csv(Reading reading) {
    try {
      Csv csv = new Csv(terminal.out(), "event", "count");
      for (Map.Entry<String, Integer> count : reading.eventCounts().entrySet()) {
        csv.row(count.getKey(), count.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
