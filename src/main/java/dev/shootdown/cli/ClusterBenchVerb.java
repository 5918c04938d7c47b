package dev.shootdown.cli;

import dev.shootdown.bench.ClusterBench;
import dev.shootdown.bench.Phold;
import dev.shootdown.bench.ScaleModel;
import dev.shootdown.bench.WarmUp;
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
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Measures what threads and nodes bring, and what they cost. */
final class ClusterBenchVerb {
  private static final List<Phold> SIZES =
      List.of(new Phold(64, 1), new Phold(1_024, 16), new Phold(16_384, 16));
  private static final int QUICK_SIZES = 2;

  /** What docs/scale.md predicts: parts of PHOLD, each with so many pending events, on nodes. */
  private static final List<Integer> PARTS = List.of(10_000, 100_000, 1_000_000);
  private static final int PENDING = 16;
  private static final List<Integer> NODES = List.of(8, 64, 1_024);

  private static final long QUICK_EVENTS = 20_000;

  /** Where windows have so few events, there are enough of them in a part of a run. */
  private static final int FEW = 100;

  private static final int FEWER = 8;

  /** In seconds. The other process' compiler isn't seen: it gets about as much to do at first. */
  private static final int WARM_LEAST_S = 8;

  private static final int WARM_MOST_S = 60;

  /** Neighbours of a node whose parts lie in a ring. */
  private static final int RING = 2;
  private static final Path STORM = Path.of("scenarios", "bench", "storm-64.conf");
  private static final Path SHORT = Path.of("scenarios", "01-unmap-one-page.conf");

  /** Something to measure, and how nodes hear of it. */
  private record Case(
      ClusterBench.Subject subject, Task task, String kind, String text, long seed) {}

  private final Terminal terminal;
  private final List<Case> sizes = new ArrayList<>();
  private final List<Case> machines = new ArrayList<>();

  /** For threads only, which else let one of them run small windows alone. */
  private final List<ClusterBench.Subject> forced = new ArrayList<>();

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
    int counted = quick ? 1 : runs;
    WarmUp warmUp = quick ? Quiet.once() : Quiet.compiler(WARM_LEAST_S, WARM_MOST_S);
    ClusterBench bench = new ClusterBench(warmUp, counted);
    List<ClusterBench.Row> threads;
    try (SystemPool pool = new SystemPool()) {
      threads =
          bench.measure(
              Stream.concat(all().stream().map(Case::subject), forced.stream())
                  .map(subject -> new ClusterBench.Trial(subject, () -> pool)).toList(),
              2, line -> terminal.err().println("2 threads: " + line));
    }
    List<ClusterBench.Row> nodes = new ArrayList<>();
    double formingSeconds = onNodes(bench, nodes);
    print("two threads", threads);
    terminal.out().println();
    print("two processes", nodes);
    terminal.out().println(
        """

        ratio: shared by two to alone, in events a second (M/s).
        folded: windows that one thread ran, as they are too small to be shared; none in rows that
        end in 'shared'. line ns: what a line of cache took between the two.\
        """);
    terminal.out().printf(
        Locale.ROOT,
        "%ntwo local nodes formed in %.1f s where one was there already, in %s s from nothing%n",
        formingSeconds, formingOfTwo().map(seconds -> number("%.1f", seconds)).orElse("?"));
    breakEven("threads", threads.subList(0, sizes.size()));
    breakEven("processes", nodes.subList(0, sizes.size()));
    predict(nodes);
    return ExitCode.OK;
  }

  /** The parameters and the table of docs/scale.md, with what was measured here. */
  private void predict(List<ClusterBench.Row> nodes) {
    ClusterBench.Row least = nodes.get(0);
    ClusterBench.Row most = nodes.get(sizes.size() - 1);
    ScaleModel model =
        new ScaleModel(
            1 / most.rates().alone(), 1 / least.windowsPerSecond(),
            ScaleModel.ASSUMED_FRAME_SECONDS);
    terminal.out().printf(
        Locale.ROOT,
        "%nc = %.2f us an event (%s, alone)%nr = %.0f us a round (%s, 2 nodes)%n"
            + "m = %.0f us a frame more (assumed)%n",
        model.eventSeconds() * 1e6, most.of(), model.roundSeconds() * 1e6, least.of(),
        model.frameSeconds() * 1e6);
    List<String> header = new ArrayList<>(List.of("predicted: parts", "events a window", "joined"));
    NODES.forEach(count -> header.add(number("%,.0f nodes", count)));
    header.add("best with");
    List<List<String>> lines = new ArrayList<>();
    for (int parts : PARTS) {
      double events = new Phold(parts, PENDING).eventsPerWindow();
      lines.add(predicted(model, parts, events, true));
      lines.add(predicted(model, parts, events, false));
    }
    terminal.out().print(Tables.aligned(header, lines));
  }

  private static List<String> predicted(
      ScaleModel model, int parts, double events, boolean all) {
    List<String> line =
        new ArrayList<>(
            List.of(number("%,.0f", parts), number("%,.0f", events), all ? "all" : "ring"));
    for (int nodes : NODES) {
      line.add(number("%.1f", model.speedUp(events, nodes, all ? nodes - 1 : RING)));
    }
    line.add(all ? number("%,.0f", model.mostNodes(events)) : "-");
    return line;
  }

  private void prepare(long events, boolean quick) {
    for (Phold phold : quick ? SIZES.subList(0, QUICK_SIZES) : SIZES) {
      long own = phold.eventsPerWindow() < FEW ? events / FEWER : events;
      ClusterPhold task = new ClusterPhold(phold, own, false, 1);
      sizes.add(
          new Case(
              ClusterBench.phold(phold, own), task, ClusterPhold.KIND, task.text(),
              task.seed()));
    }
    Optional<Path> storm = shipped(STORM);
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
      forced.add(
          ClusterBench.sharedMachine(
              "storm-64 " + variant.name() + ", shared", variant.scenario(), seed));
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
      rows.addAll(
          bench.measure(
              all().stream()
                  .map(
                      each ->
                          new ClusterBench.Trial(
                              each.subject(), () -> shared(coordinator, each)))
                  .toList(),
              1, line -> terminal.err().println("2 processes: " + line)));
      lost(coordinator);
      coordinator.goodbye();
      return seconds;
    } catch (ClusterProblem problem) {
      throw ClusterPlace.told(problem);
    }
  }

  private static SystemPool shared(Coordinator coordinator, Case each) {
    lost(coordinator);
    return coordinator.begin(each.task(), each.kind(), each.text(), each.seed(), 1);
  }

  private static void lost(Coordinator coordinator) {
    coordinator.lost().ifPresent(lost -> {
      throw new CliProblem(ClusterPlace.CLUSTER_FAILURE, lost.getMessage(), lost);
    });
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

  private void print(String what, List<ClusterBench.Row> rows) {
    terminal.out().print(
        Tables.aligned(
            List.of(
                what, "ratio", "M/s", "alone", "ev/win", "folded", "win/s", "B/event", "waiting",
                "line ns"),
            rows.stream().map(ClusterBenchVerb::line).toList()));
  }

  private static List<String> line(ClusterBench.Row row) {
    return List.of(
        row.of(),
        number("%.2f", row.ratio()),
        number("%.2f", row.rates().shared() / 1e6),
        number("%.2f", row.rates().alone() / 1e6),
        number("%.0f", row.eventsPerWindow()),
        number("%.0f %%", 100 * row.foldedShare()),
        number("%.0f", row.windowsPerSecond()),
        row.bytesPerEvent() == 0 ? "-" : number("%.1f", row.bytesPerEvent()),
        number("%.0f %%", 100 * row.waitingShare()),
        number("%.0f", row.lineNs()));
  }

  /**
   * Seconds until two nodes are together of which neither was there before, as from a shell; but
   * for the launcher's own time.
   */
  private Optional<Double> formingOfTwo() {
    Optional<Path> scenario = shipped(SHORT);
    if (scenario.isEmpty()) {
      return Optional.empty();
    }
    long beganNs = System.nanoTime();
    try {
      Path out = Files.createTempDirectory("shootdown-bench");
      List<String> command =
          ClusterChildren.program(
              "run", scenario.get().toString(), "--local-nodes", "2", "--placement", "explain",
              "--quiet", "--out", out.toString());
      Process process =
          new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
      Optional<Double> seconds = Optional.empty();
      try (BufferedReader said = process.errorReader(StandardCharsets.UTF_8)) {
        for (String line = said.readLine(); line != null; line = said.readLine()) {
          if (line.startsWith(ClusterExplanation.TOGETHER)) {
            seconds = Optional.of((System.nanoTime() - beganNs) / 1e9);
          }
        }
      }
      delete(out);
      return seconds;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static void delete(Path directory) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(directory)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.delete(file);
    }
  }

  private Optional<Path> shipped(Path scenario) {
    return Stream.concat(Stream.of(terminal.cwd()), terminal.home().stream())
        .map(base -> base.resolve(scenario)).filter(Files::isRegularFile).findFirst();
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
