package dev.shootdown.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of {@code bench}; {@link BenchVerb} does it. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "WHAT",
    description = "Measures how fast we are on this machine.")
final class BenchCommand implements Runnable {
  @Spec private CommandSpec spec;

  private final Terminal terminal;

  BenchCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what to measure: bench phold, bench machine,"
            + " bench parts, bench cluster, or bench scale");
  }

  @Command(
      name = "phold",
      mixinStandardHelpOptions = true,
      description = "Events per second of PHOLD over actors, beside a bare loop.")
  int phold(
      @Option(names = "--json", description = "Print a list of objects.") boolean json,
      @Option(
              names = "--runs",
              paramLabel = "N",
              defaultValue = "9",
              description = "Counted runs of each size (default: ${DEFAULT-VALUE}).")
          int runs,
      @Option(
              names = "--events",
              paramLabel = "N",
              defaultValue = "6000000",
              description = "Events of a run (default: ${DEFAULT-VALUE}).")
          long events,
      @Option(names = "--quick", description = "Two sizes, one short run of each.")
          boolean quick) {
    atLeastOne("--runs", runs);
    atLeastOne("--events", events);
    return new BenchVerb(terminal).phold(json, runs, events, quick);
  }

  @Command(
      name = "parts",
      mixinStandardHelpOptions = true,
      description = "Heap of an idle part, time to start many, time to start ten again.")
  int parts(
      @Option(names = "--json", description = "Print an object.") boolean json,
      @Option(
              names = "--components",
              paramLabel = "N",
              defaultValue = "100000",
              description = "How many parts (default: ${DEFAULT-VALUE}).")
          int components,
      @Option(names = "--quick", description = "A tenth of the parts.") boolean quick) {
    atLeastOne("--components", components);
    return new BenchVerb(terminal).parts(json, quick ? Math.max(1, components / 10) : components);
  }

  @Command(
      name = "machine",
      mixinStandardHelpOptions = true,
      description = "Events per second of whole machines on one worker, fingerprint and judges on.")
  int machine(
      @Parameters(
              paramLabel = "SCENARIO",
              arity = "0..*",
              description = "Files (default: scenarios/bench/munmap-256.conf and zap-64.conf).")
          List<String> scenarios,
      @Option(names = "--json", description = "Print a list of objects.") boolean json,
      @Option(
              names = "--runs",
              paramLabel = "N",
              defaultValue = "3",
              description = "Counted runs of each (default: ${DEFAULT-VALUE}).")
          int runs,
      @Option(names = "--quick", description = "One counted run of each.") boolean quick) {
    atLeastOne("--runs", runs);
    return new BenchVerb(terminal)
        .machine(json, quick ? 1 : runs, scenarios == null ? List.of() : scenarios);
  }

  @Command(
      name = "cluster",
      mixinStandardHelpOptions = true,
      description = "PHOLD and a machine on two threads and on two processes, beside one thread.")
  int cluster(
      @Option(
              names = "--runs",
              paramLabel = "N",
              defaultValue = "9",
              description = "Counted runs of each size (default: ${DEFAULT-VALUE}).")
          int runs,
      @Option(
              names = "--events",
              paramLabel = "N",
              defaultValue = "6000000",
              description = "Events of a run (default: ${DEFAULT-VALUE}).")
          long events,
      @Option(names = "--quick", description = "Two sizes, one short run of each.")
          boolean quick) {
    atLeastOne("--runs", runs);
    atLeastOne("--events", events);
    return new ClusterBenchVerb(terminal)
        .run(runs, events, quick);
  }

  @Command(
      name = "scale",
      mixinStandardHelpOptions = true,
      description = {
        "How a window of a run on many nodes would go, by a formula and by simulating the nodes.",
        "What an event and a frame take is that of docs/scale.md, unless given."
      })
  int scale(
      @Option(names = "--json", description = "Print a list of objects.") boolean json,
      @Option(
              names = "--event",
              paramLabel = "US",
              defaultValue = "0.6",
              description = "What an event takes, in us (default: ${DEFAULT-VALUE}).")
          double eventUs,
      @Option(
              names = "--round",
              paramLabel = "US",
              defaultValue = "400",
              description = "A frame each way between two nodes (default: ${DEFAULT-VALUE}).")
          double roundUs,
      @Option(
              names = "--frame",
              paramLabel = "US",
              defaultValue = "30",
              description = "What each neighbour more takes (default: ${DEFAULT-VALUE}).")
          double frameUs,
      @Option(names = "--quick", description = "Up to 64 nodes.") boolean quick) {
    return new ScaleBenchVerb(terminal).run(json, eventUs, roundUs, frameUs, quick);
  }

  private static void atLeastOne(String option, long value) {
    if (value < 1) {
      throw CliProblem.usage(option + " must be at least 1, not " + value);
    }
  }
}
