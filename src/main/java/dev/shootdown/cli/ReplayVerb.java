package dev.shootdown.cli;

import dev.shootdown.engine.SystemPool;
import dev.shootdown.replay.Comparison;
import dev.shootdown.replay.FlushCounts;
import dev.shootdown.replay.Recording;
import dev.shootdown.replay.Replay;
import dev.shootdown.replay.TraceProblem;
import dev.shootdown.replay.TraceReader;
import dev.shootdown.scenario.Scenarios;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Replays a trace and prints recorded beside simulated, operation by operation. */
final class ReplayVerb {
  private static final String ALL_SIZES = "all";

  private final Terminal terminal;

  ReplayVerb(Terminal terminal) {
    this.terminal = terminal;
  }

  int run(String trace, String machine, List<String> settings, boolean csv) {
    Comparison comparison;
    try (SystemPool pool = new SystemPool()) {
      Path file = terminal.file(trace);
      Recording recording = TraceReader.read(file);
      Replay replay = new Replay(pool, Scenarios.profile(machine, settings));
      comparison = replay.compare(terminal.shown(file), recording);
    } catch (TraceProblem wrong) {
      throw CliProblem.usage(wrong.getMessage());
    }
    if (csv) {
      csv(comparison);
    } else {
      text(comparison);
    }
    return ExitCode.OK;
  }

  private void csv(Comparison comparison) {
    PrintStream out = terminal.out();
    out.println(
        "operation,pages,n,recorded_p50_ns,simulated_p50_ns,recorded_p99_ns,simulated_p99_ns,"
            + "recorded_flushes,simulated_flushes,recorded_ipis,simulated_ipis,unexplained");
    for (Comparison.Row row : comparison.rows()) {
      out.printf(
          Locale.ROOT,
          "%s,%s,%d,%d,%d,%d,%d,%d,%d,%d,%d,%d%n",
          row.operation(), size(row), row.count(), row.recordedNs().p50(),
          row.simulatedNs().p50(), row.recordedNs().p99(), row.simulatedNs().p99(),
          row.recordedFlushes(), row.simulatedFlushes(), row.recordedIpis(), row.simulatedIpis(),
          row.unexplained());
    }
  }

  private void text(Comparison comparison) {
    PrintStream out = terminal.out();
    out.println(
        "operation       pages    n   recorded p50  simulated p50   error"
            + "    flushes      IPIs  unexplained");
    out.println(
        "                                       us             us       %"
            + "   rec  sim  rec  sim");
    for (Comparison.Row row : comparison.rows()) {
      out.printf(
          Locale.ROOT,
          "%-15s %5s %4d %14.1f %14.1f %+7.1f %5d %4d %4d %4d %12d%n",
          row.operation(), size(row), row.count(), row.recordedNs().p50() / 1e3,
          row.simulatedNs().p50() / 1e3, 100 * row.error(), row.recordedFlushes(),
          row.simulatedFlushes(), row.recordedIpis(), row.simulatedIpis(), row.unexplained());
    }
    FlushCounts whole = comparison.recorded();
    FlushCounts inside = comparison.recordedInside();
    out.printf(
        Locale.ROOT,
        "%nflush IPIs in these operations: recorded %d, simulated %d"
            + " (whole trace: %d queued for %d intents)%n",
        inside.queued(), comparison.simulatedIpis(), whole.queued(), whole.intents());
    out.printf(
        Locale.ROOT, "intents without an IPI that no line explains: %d%n", whole.unexplained());
    out.printf(
        Locale.ROOT, "calls left out, not modelled or failed: %d%n", comparison.skipped());
    out.println("judges of the simulated run: " + comparison.verdict());
    out.println("fingerprint " + comparison.fingerprint() + ", " + comparison.events() + " events");
    comparison.remarks().forEach(remark -> out.println("note: " + remark));
    out.println(
        "note: the replay is an open loop: causes start at their recorded times, so a simulated"
            + " delay does not delay what came after it in the recording.");
  }

  private static String size(Comparison.Row row) {
    return row.pages() == 0 ? ALL_SIZES : Long.toString(row.pages());
  }
}
