package dev.shootdown.cli;

import dev.shootdown.sweep.SweepSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The options of {@code sweep}; {@link SweepVerb} does it. */
@Command(
    name = "sweep",
    mixinStandardHelpOptions = true,
    description = "Runs a scenario at all points of its sweep block, with as many seeds as asked.",
    footer = {
      "",
      "SCENARIO:VARIANT sweeps that variant; --axis variant=A,B sweeps over variants.",
      "  ./shootdown sweep scenarios/01-unmap-one-page.conf --axis kernel.era=B,C",
      "  ./shootdown sweep scenarios/studies/flush-cost.conf --dry-run"
    })
final class SweepCommand implements Callable<Integer> {
  /** How far to go, if not all the way. */
  static final class Short {
    @Option(names = "--list", description = "Name the points; run nothing.")
    private boolean list;

    @Option(names = "--count", description = "Say how many points and runs there are.")
    private boolean count;

    @Option(
        names = "--dry-run",
        description = "Check every value, run a pilot, estimate the time; keep nothing.")
    private boolean dryRun;
  }

  private final Terminal terminal;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SCENARIO[:VARIANT]", description = "A scenario file.")
  private String scenario;

  @ArgGroup(exclusive = true)
  private Short mode;

  @Option(
      names = "--axis",
      paramLabel = "PATH=V1,V2",
      description = "Vary a key, or narrow the axis of that name; may be repeated.")
  private List<String> axes = new ArrayList<>();

  @Option(
      names = "--only",
      paramLabel = "ID",
      split = ",",
      description = "Run these points only (p00007); --list names them.")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--shard",
      paramLabel = "I/N",
      description = "Run every N-th point only, from the I-th on, into a directory of its own.")
  private String shard;

  @Option(
      names = "--take-in",
      paramLabel = "DIR",
      description = "Take in the runs of another directory of this sweep, such as a shard's.")
  private List<String> takeIn = new ArrayList<>();

  @Option(
      names = "--run-files",
      paramLabel = "none|found|all",
      defaultValue = "none",
      description =
          "Run again what found something, or all, and write what `run` writes of it into runs/"
              + " (default: ${DEFAULT-VALUE}).")
  private SweepRunFiles.Which runFiles;

  @Option(names = "--retry-failed", description = "Go on, and run again what failed.")
  private boolean retryFailed;

  @Option(names = "--seed", paramLabel = "N", description = "Seed of all others (run.seed).")
  private String seed;

  @Option(
      names = "--expect",
      paramLabel = "VERDICT",
      description = "The verdict that every run must come to (sweep.expect).")
  private String expect;

  @Option(
      names = "--format",
      paramLabel = "text|json|csv",
      defaultValue = "text",
      description = "How standard output is written (default: ${DEFAULT-VALUE}).")
  private SweepFormat format;

  @Mixin private BatchOptions batch = new BatchOptions();

  SweepCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    List<String> settings = new ArrayList<>(batch.overrides());
    if (seed != null) {
      settings.add("run.seed=" + seed);
    }
    if (expect != null) {
      settings.add("sweep.expect=" + expect);
    }
    ScenarioName name = ScenarioName.of(scenario, terminal);
    SweepSource source =
        new SweepSource(
            name.file(), name.variant(), terminal.siteFile(), settings, axes, terminal.cwd());
    SweepRequest request =
        new SweepRequest(
            source, mode(),
            new SweepRequest.Selection(
                only, Optional.ofNullable(shard).map(SweepRequest.Shard::of)),
            new SweepRequest.Store(
                batch.out(terminal), batch.isResumed(), retryFailed,
                takeIn.stream().map(terminal::file).toList(), batch.jobs(), runFiles),
            new SweepRequest.Talk(format, batch.progress()),
            spec.commandLine().getParseResult().originalArgs());
    return new SweepVerb(terminal, request, batch.nodes()).run();
  }

  private SweepRequest.Mode mode() {
    if (mode == null) {
      return SweepRequest.Mode.RUN;
    }
    if (mode.list) {
      return SweepRequest.Mode.LIST;
    }
    return mode.count ? SweepRequest.Mode.COUNT : SweepRequest.Mode.DRY_RUN;
  }
}
