package dev.shootdown.cli;

import dev.shootdown.report.TraceForm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Stack;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The options of {@code run}; {@link RunVerb} does it. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Runs a scenario: a verdict, what it cost, and a result directory.",
    footer = {
      "",
      "A scenario with variants runs them all; SCENARIO:VARIANT runs one.",
      "  ./shootdown run scenarios/02-overtaken-fill.conf:broken -D run.until=1ms",
      "",
      "A long run can be kept, and gone on with after it was interrupted or killed:",
      "  ./shootdown run SCENARIO --checkpoint 'every 5 ms'",
      "  ./shootdown run --resume results/<id>.partial"
    })
final class RunCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "SCENARIO[:VARIANT]",
      description = "A scenario file; only with --resume it can be left out.")
  private String scenario;

  @Option(names = "--seed", paramLabel = "N", description = "Seed of all dice (run.seed).")
  private String seed;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Worker threads (run.workers); they never change a result.")
  private String workers;

  @Option(
      names = "--trace",
      arity = "0..1",
      fallbackValue = "csv",
      preprocessor = TraceFormAhead.class,
      paramLabel = "csv|perfetto|ftrace",
      description = {
        "Write every fact: as CSV (the default), as a timeline for ui.perfetto.dev, or as a",
        "kernel's tracer would have printed it; may be repeated."
      })
  private List<TraceForm> traces = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "results",
      description = "Where the result directory goes (default: ${DEFAULT-VALUE}).")
  private String out;

  @Option(names = "--force", description = "Replace results that are there already.")
  private boolean force;

  @Option(names = "--check", description = "Load and check the scenario; run nothing.")
  private boolean check;

  @Option(
      names = "--print-config",
      description = "Print the effective configuration with origins; run nothing.")
  private boolean printConfig;

  @Option(
      names = "--expect",
      paramLabel = "VERDICT",
      description = "The verdict that exits with 0 (expect): clean, stale-use, ...")
  private String expect;

  @Option(
      names = "-D",
      paramLabel = "PATH=VALUE",
      description = "Set a configuration key; may be repeated.")
  private List<String> overrides = new ArrayList<>();

  @Option(
      names = "--format",
      paramLabel = "text|json",
      defaultValue = "text",
      description = "How standard output is written (default: ${DEFAULT-VALUE}).")
  private OutputFormat format;

  @Mixin private ProgressOptions progress;

  /** A word behind {@code --trace} that is no form is the scenario, not a mistake. */
  static final class TraceFormAhead implements IParameterPreprocessor {
    @Override
    public boolean preprocess(
        Stack<String> words, CommandSpec command, ArgSpec option, Map<String, Object> info) {
      boolean named =
          info.get("separator") != null
              || !words.isEmpty()
              && Arrays.stream(TraceForm.values()).anyMatch(f -> f.name().equals(words.peek()));
      if (!named) {
        words.push(TraceForm.csv.name());
      }
      return false;
    }
  }

  @Mixin private ClusterRequest cluster = new ClusterRequest();

  @Option(
      names = "--checkpoint",
      paramLabel = "'every N ms'",
      description = {
        "Keep the run's state every so often in virtual time, in checkpoint/ beside the results",
        "(<id>.partial while it runs); the last two are kept. It never changes a result."
      })
  private String checkpoint;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description = {
        "Go on from the last checkpoint in a result directory, with any number of workers and",
        "nodes; SCENARIO need not be given. Results come out as if nothing had happened."
      })
  private String resume;

  RunCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    RunKeeper keeper = RunKeeper.of(terminal, checkpoint, resume);
    String named = scenario == null ? keeper.scenario().orElse(null) : scenario;
    if (named == null) {
      throw new ParameterException(
          spec.commandLine(), "Missing required parameter: 'SCENARIO[:VARIANT]'");
    }
    List<String> settings = new ArrayList<>(keeper.settings(overrides));
    if (seed != null) {
      settings.add("run.seed=" + seed);
    }
    if (workers != null) {
      settings.add("run.workers=" + workers);
    }
    if (expect != null) {
      settings.add("expect=" + expect);
    }
    RunRequest.Mode mode =
        printConfig
            ? RunRequest.Mode.PRINT_CONFIG
            : check ? RunRequest.Mode.CHECK : RunRequest.Mode.RUN;
    Set<TraceForm> forms = EnumSet.noneOf(TraceForm.class);
    forms.addAll(traces);
    RunRequest request =
        new RunRequest(
            ScenarioName.of(named, terminal), settings, mode,
            new RunRequest.Results(parent(keeper), force, forms),
            new RunRequest.Talk(format, progress.manner(), Front.isDebug(spec)),
            spec.commandLine().getParseResult().originalArgs());
    return new RunVerb(terminal, request, cluster, keeper).run();
  }

  private Path parent(RunKeeper keeper) {
    boolean given = spec.commandLine().getParseResult().hasMatchedOption("--out");
    return given ? terminal.file(out) : keeper.parent(resume).orElseGet(() -> terminal.file(out));
  }
}
