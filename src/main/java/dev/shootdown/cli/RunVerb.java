package dev.shootdown.cli;

import dev.shootdown.check.Judgement;
import dev.shootdown.config.ConfigFiles;
import dev.shootdown.engine.BadCheckpoint;
import dev.shootdown.engine.Observer;
import dev.shootdown.engine.Placement;
import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.report.FactKeeper;
import dev.shootdown.report.ResultDirectory;
import dev.shootdown.report.ResultProblem;
import dev.shootdown.report.RunRecord;
import dev.shootdown.report.Stats;
import dev.shootdown.scenario.EdgeTrials;
import dev.shootdown.scenario.ScenarioResult;
import dev.shootdown.scenario.ScenarioRun;
import dev.shootdown.scenario.Scenarios;
import dev.shootdown.scenario.Variant;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs a scenario's variants one after the other and tells what came of each. */
final class RunVerb {
  /** As many findings as get a witness among the results. */
  private static final int TRIED_MOST = 20;

  private final Terminal terminal;
  private final RunRequest request;
  private final ClusterRequest cluster;
  private final RunKeeper keeper;

  /** How to go on with the run that ended early, if that can be: the last line of all. */
  private Optional<String> goOn = Optional.empty();

  RunVerb(
      Terminal terminal, RunRequest request, ClusterRequest cluster, RunKeeper keeper) {
    this.terminal = terminal;
    this.request = request;
    this.cluster = cluster;
    this.keeper = keeper;
  }

  /**
   * Does what was requested.
   *
   * @return the exit code
   */
  int run() {
    return switch (request.mode()) {
      case PRINT_CONFIG -> printConfig(variants());
      case CHECK -> check(variants());
      case RUN -> runAll();
    };
  }

  private List<Variant> variants() {
    return keeper.chosen(
        Scenarios.load(
            request.scenario().file(), request.scenario().variant(), terminal.siteFile(),
            request.settings(), terminal.cwd()));
  }

  private int printConfig(List<Variant> variants) {
    for (Variant variant : variants) {
      if (variants.size() > 1) {
        terminal.out().println("# " + label(variant));
      }
      terminal.out().print(ConfigFiles.render(variant.config()));
    }
    return ExitCode.OK;
  }

  private int check(List<Variant> variants) {
    for (Variant variant : variants) {
      String id = variant.id(variant.scenario().run().seed());
      terminal.out().println(label(variant) + ": can be run, as " + id);
    }
    OtherBlocks.check(terminal, request.scenario().file());
    return ExitCode.OK;
  }

  private int runAll() {
    boolean quiet = request.talk().progress().isSilent();
    try (ClusterPlace place = ClusterPlace.begin(terminal, cluster, quiet)) {
      List<Variant> variants = variants();
      variants.forEach(this::refuseExisting);
      return runAll(variants, place);
    }
  }

  private int runAll(List<Variant> variants, ClusterPlace place) {
    Interrupts interrupts = terminal.interrupts();
    interrupts.listen();
    RunReport report = new RunReport(terminal, request.talk());
    List<Integer> codes = new ArrayList<>();
    place.form();
    // Nodes that don't come together must leave no directory behind.
    variants.forEach(this::prepare);
    try (Progress progress = progress(variants.size())) {
      for (Variant variant : variants) {
        codes.add(runOne(variant, place, progress, report));
        if (interrupts.isRaised() || place.lost().isPresent()) {
          break;
        }
      }
    }
    int code = interrupts.isRaised() ? interrupts.exitCode() : ExitCode.of(codes);
    report.end(code);
    if (interrupts.isRaised()) {
      terminal.err().println("shootdown: interrupted");
    }
    goOn.ifPresent(terminal.err()::println);
    return code;
  }

  private Progress progress(int runs) {
    Progress.Manner manner = request.talk().progress();
    return new Progress(terminal.err(), manner.form(), System::nanoTime, runs)
        .start(manner.everyMs());
  }

  private void refuseExisting(Variant variant) {
    Path directory = ResultDirectory.of(request.results().parent(), id(variant));
    if (Files.exists(directory) && !request.results().force()) {
      throw CliProblem.usage(
          terminal.shown(directory)
              + " exists: the same configuration and seed ran before; --force replaces it, --out"
              + " DIR writes elsewhere");
    }
  }

  private void prepare(Variant variant) {
    ResultDirectory.prepare(
        request.results().parent(), id(variant), request.results().force());
  }

  private static String id(Variant variant) {
    return variant.id(variant.scenario().run().seed());
  }

  private int runOne(
      Variant variant, ClusterPlace place, Progress progress, RunReport report) {
    Instant started = Instant.now();
    Stats stats = new Stats();
    Optional<FactKeeper> facts = facts();
    Observer measure =
        (atPs, component, fact) -> {
          stats.seen(atPs, component, fact);
          facts.ifPresent(kept -> kept.seen(atPs, component, fact));
        };
    ScenarioRun run =
        new ScenarioRun(
            place.pool(variant), variant.scenario(), variant.scenario().run().seed(),
            variant.scenario().run().workers(), measure, terminal.interrupts().stop())
            .judgedApart();
    progress.began(run, variant.scenario().run().untilPs());
    Optional<RunCheckpoints> checkpoints = keeper.of(variant, request, label(variant));
    ScenarioResult result;
    try {
      checkpoints.ifPresent(RunCheckpoints::begin);
      checkpoints.ifPresent(run::keptBy);
      result = tried(variant, run.run());
    } catch (Placement.ImpossibleCut cut) {
      String where =
          variant.whereIsPin(cut.component(), terminal.cwd()).orElse(label(variant));
      throw new CliProblem(ExitCode.USAGE, where + ": " + cut.getMessage(), cut);
    } catch (BadCheckpoint refused) {
      place.abort(refused.getMessage());
      throw unkept(label(variant), refused, checkpoints.orElseThrow());
    } catch (UncheckedIOException refused) {
      place.abort(refused.getMessage());
      throw refused;
    }
    progress.ended(result.judgement().findings().size() + result.judgement().unlisted());
    RunRecord record =
        place.marked(
            new Records(terminal, request)
                .of(variant, result, new Records.Measured(stats, facts), started));
    Path directory = write(record, checkpoints);
    report.tell(label(variant), record, directory);
    if (!isWhole(record)) {
      goOn = checkpoints.flatMap(kept -> hint(kept, directory));
    }
    place.lost().ifPresent(
        what -> terminal.err().println("shootdown: " + label(variant) + ": " + what));
    return record.circumstances().exitCode();
  }

  private Optional<String> hint(RunCheckpoints kept, Path directory) {
    return kept.hint(terminal, directory, request.results().traces());
  }

  /** A full disk is no mistake in what was asked for, and what was kept before is still there. */
  private CliProblem unkept(String label, BadCheckpoint refused, RunCheckpoints checkpoints) {
    String what = label + ": " + refused.getMessage();
    if (!checkpoints.isDiskProblem()) {
      return new CliProblem(ExitCode.USAGE, what, refused);
    }
    return new CliProblem(
        ExitCode.ENVIRONMENT, what + nextLine(Optional.of(checkpoints)), refused);
  }

  /** How to go on from unfinished results, as the last line of a message; empty if it can't be. */
  private String nextLine(Optional<RunCheckpoints> checkpoints) {
    return checkpoints.flatMap(kept -> hint(kept, kept.partial()))
        .map(line -> "\n" + line).orElse("");
  }

  /** The result with what came of adding the order of steps that its findings miss. */
  private ScenarioResult tried(Variant variant, ScenarioResult result) {
    StopFlag stop = terminal.interrupts().stop();
    if (stop.isRaised()
        || result.judgement().findings().stream().noneMatch(f -> f.staleUse().isPresent())) {
      return result;
    }
    long seed = variant.scenario().run().seed();
    try (SystemPool pool = new SystemPool()) {
      Judgement judgement =
          EdgeTrials.of(
              variant, result.judgement(), TRIED_MOST,
              added -> new ScenarioRun(pool, added, seed, 1, false, stop).run());
      return new ScenarioResult(
          result.outcome(), judgement, result.trace(), result.machineJson());
    }
  }

  private Optional<FactKeeper> facts() {
    return request.results().traces().isEmpty()
        ? Optional.empty()
        : Optional.of(new FactKeeper(request.results().traces()));
  }

  /** What is only half of a run, or went wrong inside, must not pass for the run's results. */
  private boolean isWhole(RunRecord record) {
    return !record.isFailed()
        && record.circumstances().exitCode() != ClusterPlace.CLUSTER_FAILURE
        && (record.outcome().complete() || !terminal.interrupts().isRaised());
  }

  private Path write(RunRecord record, Optional<RunCheckpoints> checkpoints) {
    Path parent = request.results().parent();
    boolean whole = isWhole(record);
    Optional<Path> kept =
        checkpoints.map(files -> whole ? files.files() : files.aside());
    Path directory;
    try {
      directory =
          whole
              ? ResultDirectory.write(parent, record, request.results().force())
              : ResultDirectory.writePartial(parent, record);
    } catch (ResultProblem refused) {
      checkpoints.ifPresent(files -> files.putBack(kept.get()));
      throw new CliProblem(
          ExitCode.ENVIRONMENT, refused.getMessage() + nextLine(checkpoints), refused);
    }
    checkpoints.ifPresent(files -> files.moveInto(kept.get(), directory));
    return directory;
  }

  private String label(Variant variant) {
    String file = terminal.shown(request.scenario().file());
    return variant.name().isEmpty() ? file : file + ":" + variant.name();
  }
}
