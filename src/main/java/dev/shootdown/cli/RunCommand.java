package dev.shootdown.cli;

import dev.shootdown.report.TraceForm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Stack;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
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
      "  ./shootdown run scenarios/02-overtaken-fill.conf:broken -D run.until=1ms"
    })
final class RunCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SCENARIO[:VARIANT]", description = "A scenario file.")
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

  @Option(names = "--checkpoint", hidden = true, parameterConsumer = NoCheckpoints.class)
  private String checkpoint;

  @Option(names = "--resume", hidden = true, parameterConsumer = NoCheckpoints.class)
  private String resume;

  /** Refuses what people look for here, instead of guessing what they may have meant. */
  static final class NoCheckpoints implements IParameterConsumer {
    @Override
    public void consumeParameters(Stack<String> words, ArgSpec option, CommandSpec command) {
      throw new ParameterException(
          command.commandLine(),
          ((OptionSpec) option).longestName()
              + ": there are no checkpoints; a run that ended early begins again");
    }
  }

  RunCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    List<String> settings = new ArrayList<>(overrides);
    if (seed != null) {
      settings.add("run.seed=" + seed);
    }
    if (workers != null) {
      settings.add("run.workers=" + workers);
    }
    if (expect != null) {
      settings.add("expect=" + expect);
    }
    Progress.Form form = progress.form();
    RunRequest.Mode mode =
        printConfig
            ? RunRequest.Mode.PRINT_CONFIG
            : check ? RunRequest.Mode.CHECK : RunRequest.Mode.RUN;
    Set<TraceForm> forms = EnumSet.noneOf(TraceForm.class);
    forms.addAll(traces);
    RunRequest request =
        new RunRequest(
            ScenarioName.of(scenario, terminal), settings, mode,
            new RunRequest.Results(terminal.file(out), force, forms),
            new RunRequest.Talk(format, form, Front.isDebug(spec)),
            spec.commandLine().getParseResult().originalArgs());
    return new RunVerb(terminal, request, cluster).run();
  }
}
