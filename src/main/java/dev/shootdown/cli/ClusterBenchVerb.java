package dev.shootdown.cli;

import dev.shootdown.bench.ClusterBench;
import dev.shootdown.bench.Phold;
import dev.shootdown.cluster.ClusterProblem;
import dev.shootdown.cluster.CodeIdentity;
import dev.shootdown.cluster.Coordinator;
import dev.shootdown.cluster.NodeSettings;
import dev.shootdown.cluster.ScenarioTask;
import dev.shootdown.cluster.Task;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.report.Tables;
import dev.shootdown.scenario.Scenarios;
import dev.shootdown.scenario.Variant;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Measures what threads and nodes bring, and what they cost. */
final class ClusterBenchVerb {
  private static final List<Phold> SIZES =
      List.of(new Phold(64, 1), new Phold(1_024, 16), new Phold(16_384, 16));
  private static final int QUICK_SIZES = 2;
  private static final long QUICK_EVENTS = 20_000;
  private static final Path STORM = Path.of("scenarios", "bench", "storm-64.conf");

  /** Something to measure, and how nodes hear of it. */
  private record Case(
      ClusterBench.Subject subject, Task task, String kind, String text, long seed) {}

  private final Terminal terminal;
  private final List<Case> sizes = new ArrayList<>();
  private final List<Case> machines = new ArrayList<>();

  ClusterBenchVerb(Terminal terminal) {
    this.terminal = terminal;
  }

  /**
   * Prints the table.
   *
   * @param events of a run of PHOLD; machines run to their end
   * @param quick few sizes and short runs
   */
  int run(int runs, long events, boolean quick) {
    prepare(quick ? Math.min(events, QUICK_EVENTS) : events, quick);
    ClusterBench bench = new ClusterBench(System::nanoTime, quick ? 1 : runs);
    List<ClusterBench.Row> threads = new ArrayList<>();
    for (Case each : all()) {
      threads.add(bench.measure(each.subject(), SystemPool::new, 2));
      terminal.err().println("measured 2 threads, " + each.subject().name());
    }
    List<ClusterBench.Row> nodes = new ArrayList<>();
    double formingSeconds = onNodes(bench, nodes);
    List<List<String>> lines = new ArrayList<>();
    threads.forEach(row -> lines.add(line("2 threads", row)));
    nodes.forEach(row -> lines.add(line("2 nodes", row)));
    terminal.out().print(
        Tables.aligned(
            List.of("on", "what", "ratio", "M/s", "alone", "events/window", "windows/s",
                "bytes/event", "waiting"),
            lines));
    terminal.out().printf(
        Locale.ROOT, "%ntwo local nodes formed in %.1f s%n", formingSeconds);
    breakEven("threads", threads.subList(0, sizes.size()));
    breakEven("processes", nodes.subList(0, sizes.size()));
    return ExitCode.OK;
  }

  private void prepare(long events, boolean quick) {
    for (Phold phold : quick ? SIZES.subList(0, QUICK_SIZES) : SIZES) {
      ClusterPhold task = new ClusterPhold(phold, events, false, 1);
      sizes.add(
          new Case(
              ClusterBench.phold(phold, events), task, ClusterPhold.KIND, task.text(),
              task.seed()));
    }
    Optional<Path> storm =
        Stream.concat(Stream.of(terminal.cwd()), terminal.home().stream())
            .map(base -> base.resolve(STORM)).filter(Files::isRegularFile).findFirst();
    if (storm.isEmpty()) {
      terminal.err().println("shootdown: there is no " + STORM + " here; machines are left out");
      return;
    }
    List<String> shortly = quick ? List.of("run.until=20us") : List.of();
    for (Variant variant :
        Scenarios.load(
            storm.get(), Optional.empty(), Optional.empty(), shortly, terminal.cwd())) {
      long seed = variant.scenario().run().seed();
      ScenarioTask task = new ScenarioTask(variant, seed);
      machines.add(
          new Case(
              ClusterBench.machine("storm-64 " + variant.name(), variant.scenario(), seed), task,
              ScenarioTask.KIND, task.text(), seed));
    }
  }

  private List<Case> all() {
    return Stream.concat(sizes.stream(), machines.stream()).toList();
  }

  private double onNodes(ClusterBench bench, List<ClusterBench.Row> rows) {
    long beganNs = System.nanoTime();
    try (ClusterChildren children = ClusterChildren.start(1, List.of());
        Coordinator coordinator =
            new Coordinator(
                NodeSettings.local(0), CodeIdentity.own(Build.version()), 2, line -> { })) {
      children.join(coordinator.label());
      coordinator.form(children::check);
      double seconds = (System.nanoTime() - beganNs) / 1e9;
      for (Case each : all()) {
        rows.add(
            bench.measure(
                each.subject(),
                () -> coordinator.begin(each.task(), each.kind(), each.text(), each.seed(), 1),
                1));
        coordinator.lost().ifPresent(lost -> {
          throw new CliProblem(ClusterPlace.CLUSTER_FAILURE, lost.getMessage(), lost);
        });
        terminal.err().println("measured 2 processes, " + each.subject().name());
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
    terminal.out().println(
        "break-even of PHOLD for two " + what + ", events a window: " + found);
  }

  private static List<String> line(String what, ClusterBench.Row row) {
    return List.of(
        what,
        row.of(),
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
