package dev.shootdown.cli;

import dev.shootdown.bench.ClusterBench;
import dev.shootdown.bench.Phold;
import dev.shootdown.cluster.ClusterProblem;
import dev.shootdown.cluster.CodeIdentity;
import dev.shootdown.cluster.Coordinator;
import dev.shootdown.cluster.NodeSettings;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.report.Tables;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Measures what threads and nodes bring, and what they cost. */
final class ClusterBenchVerb {
  private static final List<Phold> SIZES =
      List.of(new Phold(64, 1), new Phold(1_024, 16), new Phold(16_384, 16));
  private static final int QUICK_SIZES = 2;

  private final Terminal terminal;

  ClusterBenchVerb(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Prints the table. */
  int run(int runs, long events, boolean quick) {
    ClusterBench bench = new ClusterBench(System::nanoTime, runs, events);
    List<Phold> sizes = quick ? SIZES.subList(0, QUICK_SIZES) : SIZES;
    List<ClusterBench.Row> threads = new ArrayList<>();
    for (Phold phold : sizes) {
      threads.add(bench.measure(phold, SystemPool::new, 2));
      terminal.err().println("measured 2 threads, " + name(phold));
    }
    List<ClusterBench.Row> nodes = new ArrayList<>();
    double formingSeconds = onNodes(bench, sizes, events, nodes);
    List<List<String>> lines = new ArrayList<>();
    threads.forEach(row -> lines.add(line("2 threads / 1", row)));
    nodes.forEach(row -> lines.add(line("2 processes / 1", row)));
    terminal.out().print(
        Tables.aligned(
            List.of("what", "components x events", "ratio", "M events/s", "alone",
                "events/window", "windows/s", "bytes/event", "waiting"),
            lines));
    terminal.out().printf(
        Locale.ROOT, "%ntwo local nodes formed in %.1f s%n", formingSeconds);
    breakEven("threads", threads);
    breakEven("processes", nodes);
    return ExitCode.OK;
  }

  private double onNodes(
      ClusterBench bench, List<Phold> sizes, long events, List<ClusterBench.Row> rows) {
    long beganNs = System.nanoTime();
    try (Coordinator coordinator =
            new Coordinator(
                NodeSettings.local(0), CodeIdentity.own(Build.version()), 2, line -> { });
        ClusterChildren children =
            ClusterChildren.start(1, coordinator.label(), List.of())) {
      coordinator.form(children::check);
      double seconds = (System.nanoTime() - beganNs) / 1e9;
      for (Phold phold : sizes) {
        ClusterPhold task = new ClusterPhold(phold, events, false, 1);
        rows.add(
            bench.measure(
                phold,
                () -> coordinator.begin(task, ClusterPhold.KIND, task.text(), 1, 1), 1));
        coordinator.lost().ifPresent(lost -> {
          throw new CliProblem(ClusterPlace.CLUSTER_FAILURE, lost.getMessage(), lost);
        });
        terminal.err().println("measured 2 processes, " + name(phold));
      }
      coordinator.goodbye();
      return seconds;
    } catch (ClusterProblem problem) {
      throw ClusterPlace.told(problem);
    }
  }

  private void breakEven(String what, List<ClusterBench.Row> rows) {
    String found =
        ClusterBench.breakEven(rows).stream()
            .map(size -> String.format(Locale.ROOT, "%.0f", size))
            .reduce((a, b) -> a + ", " + b)
            .orElse("outside of these sizes");
    terminal.out().println("break-even for two " + what + ", events a window: " + found);
  }

  private static String name(Phold phold) {
    return phold.components() + " x " + phold.eventsEach();
  }

  private static List<String> line(String what, ClusterBench.Row row) {
    return List.of(
        what,
        name(row.of()),
        number("%.2f", row.ratio()),
        number("%.2f", row.rates().shared() / 1e6),
        number("%.2f", row.rates().alone() / 1e6),
        number("%.0f", row.eventsPerWindow()),
        number("%.0f", row.windowsPerSecond()),
        row.bytesPerEvent() == 0 ? "-" : number("%.1f", row.bytesPerEvent()),
        number("%.0f %%", 100 * row.waitingShare()));
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
