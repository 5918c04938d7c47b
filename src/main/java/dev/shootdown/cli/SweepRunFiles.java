package dev.shootdown.cli;

import dev.shootdown.engine.SystemPool;
import dev.shootdown.report.Identity;
import dev.shootdown.report.ResultDirectory;
import dev.shootdown.report.RunRecord;
import dev.shootdown.report.Stats;
import dev.shootdown.scenario.ScenarioResult;
import dev.shootdown.scenario.ScenarioRun;
import dev.shootdown.scenario.Scenarios;
import dev.shootdown.scenario.Variant;
import dev.shootdown.sweep.Analysis;
import dev.shootdown.sweep.Point;
import dev.shootdown.sweep.RunResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The result directories of single runs of a sweep, {@code runs/p00007-r0}: what {@code run} would
 * have written. A store keeps figures only, and files of ten thousand runs would take longer than
 * the runs; so those that are asked for are run again, and must come to the fingerprint that is in
 * the store. Each directory is there as a whole or not at all.
 */
final class SweepRunFiles {
  /** Their parent in a sweep's directory. */
  static final String FOLDER = "runs";

  /** Of which runs; the names are what the command line takes. */
  enum Which {
    /** Of none. */
    none,
    /** Of those in which the judges found something. */
    found,
    /** Of all. */
    all
  }

  private final Terminal terminal;
  private final SweepRequest request;
  private final Analysis analysis;
  private final Path parent;

  SweepRunFiles(Terminal terminal, SweepRequest request, Analysis analysis, Path directory) {
    this.terminal = terminal;
    this.request = request;
    this.analysis = analysis;
    this.parent = directory.resolve(FOLDER);
  }

  /**
   * Writes those of {@code points} that are not there yet, until it is interrupted; runs that
   * failed have none.
   *
   * @return how many there are now
   * @throws CliProblem if a run came to another fingerprint than in the sweep
   */
  int write(Which which, List<Point> points) {
    Set<Integer> selected = new TreeSet<>();
    points.forEach(point -> selected.add(point.index()));
    int written = 0;
    try (SystemPool pool = new SystemPool()) {
      for (int row = 0; row < analysis.table().size(); row++) {
        RunResult.Ending ending = analysis.table().ending(row);
        boolean wanted =
            which == Which.all && !ending.isFailed()
                || which == Which.found && ending.findings() > 0;
        if (wanted && selected.contains(analysis.table().key(row).point())
            && !terminal.interrupts().isRaised()) {
          write(pool, analysis.table().key(row), ending);
          written++;
        }
      }
    }
    return written;
  }

  private static String name(RunResult.RunKey key) {
    return String.format(java.util.Locale.ROOT, "p%05d-r%d", key.point(), key.repetition());
  }

  private void write(SystemPool pool, RunResult.RunKey key, RunResult.Ending ending) {
    if (Files.exists(ResultDirectory.of(parent, name(key)))) {
      return;
    }
    Instant started = Instant.now();
    Point point = analysis.plan().points().get(key.point());
    List<String> arguments = analysis.plan().arguments(point, key.repetition());
    Optional<String> variant = Optional.of(arguments.get(0)).filter(name -> !name.isEmpty());
    List<String> settings = arguments.subList(1, arguments.size());
    Variant loaded = loaded(variant, settings);
    Stats stats = new Stats();
    ScenarioResult result =
        new ScenarioRun(
                pool, loaded.scenario(), ending.seed(), 1, stats, terminal.interrupts().stop())
            .run();
    if (!result.outcome().complete() && terminal.interrupts().isRaised()) {
      return;
    }
    if (!result.outcome().fingerprint().total().equals(ending.fingerprint())) {
      throw new CliProblem(
          ExitCode.DIVERGED,
          name(key) + " ran again and came to another fingerprint than in the sweep; was the sweep"
              + " run by another version?",
          null);
    }
    ResultDirectory.write(parent, record(loaded, variant, settings, result, stats, started, key),
        true);
  }

  private Variant loaded(Optional<String> variant, List<String> settings) {
    return Scenarios.load(
            request.source().file(), variant, terminal.siteFile(), settings, terminal.cwd())
        .get(0);
  }

  private RunRecord record(
      Variant loaded, Optional<String> variant, List<String> settings, ScenarioResult result,
      Stats stats, Instant started, RunResult.RunKey key) {
    RunRequest asked =
        new RunRequest(
            new ScenarioName(request.source().file(), variant), settings, RunRequest.Mode.RUN,
            new RunRequest.Results(parent, true, Set.of()),
            new RunRequest.Talk(OutputFormat.text, Progress.Manner.SILENT, false),
            request.commandLine());
    RunRecord of =
        new Records(terminal, asked)
            .of(loaded, result, new Records.Measured(stats, Optional.empty()), started);
    Identity identity =
        new Identity(
            of.identity().title(), name(key), of.identity().variant(), of.identity().seed());
    return new RunRecord(
        identity, of.texts(), of.outcome(), of.judgement(), of.collected(), of.circumstances());
  }
}
