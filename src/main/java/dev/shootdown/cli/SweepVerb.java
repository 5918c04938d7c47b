package dev.shootdown.cli;

import dev.shootdown.report.Report;
import dev.shootdown.report.ResultProblem;
import dev.shootdown.scenario.Scenario;
import dev.shootdown.sweep.Analysis;
import dev.shootdown.sweep.Exports;
import dev.shootdown.sweep.Point;
import dev.shootdown.sweep.PointLoader;
import dev.shootdown.sweep.Spending;
import dev.shootdown.sweep.Sweep;
import dev.shootdown.sweep.SweepPlan;
import dev.shootdown.sweep.SweepStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/** Sweeps a scenario: what is missing is run and kept, then all of it is told. */
final class SweepVerb {
  /** A page of more points takes its time and memory, so it is made when it is asked for. */
  private static final int REPORTED_MAX = 20_000;

  private final Terminal terminal;
  private final SweepRequest request;
  private final ClusterNodes nodes;

  SweepVerb(Terminal terminal, SweepRequest request, ClusterNodes nodes) {
    this.terminal = terminal;
    this.request = request;
    this.nodes = nodes;
  }

  /**
   * Does what was requested.
   *
   * @return the exit code
   */
  int run() {
    SweepPlan plan = SweepPlan.load(request.source());
    List<Point> points = selected(plan);
    SweepTelling telling = new SweepTelling(terminal, request, plan);
    switch (request.mode()) {
      case LIST:
        PointLoader.of(plan).checkValues();
        telling.list(points);
        return ExitCode.OK;
      case COUNT:
        PointLoader.of(plan).checkValues();
        telling.count(points);
        return ExitCode.OK;
      case DRY_RUN:
        return new SweepPilot(terminal, request, plan).run(points, telling);
      default:
        return runAll(plan, points, telling);
    }
  }

  private List<Point> selected(SweepPlan plan) {
    List<Point> points = new ArrayList<>();
    List<String> unknown = new ArrayList<>(request.selection().only());
    for (Point point : plan.points()) {
      boolean named = unknown.removeIf(point.id()::equals);
      boolean mine =
          request.selection().shard()
              .map(shard -> point.index() % shard.count() == shard.number() - 1).orElse(true);
      if (mine && (named || request.selection().only().isEmpty())) {
        points.add(point);
      }
    }
    if (!unknown.isEmpty()) {
      throw CliProblem.usage(
          "there is no point '" + unknown.get(0) + "'; there are p00000 to "
              + plan.points().get(plan.points().size() - 1).id());
    }
    if (points.isEmpty()) {
      throw CliProblem.usage("no point is left by --only and --shard");
    }
    return points;
  }

  private Path directory(SweepPlan plan) {
    String shard =
        request.selection().shard()
            .map(part -> "-shard" + part.number() + "of" + part.count()).orElse("");
    return request.store().parent().resolve(plan.id() + shard);
  }

  private int runAll(SweepPlan plan, List<Point> points, SweepTelling telling) {
    Instant started = Instant.now();
    Path directory = directory(plan);
    boolean goOn = request.store().resume() || request.store().retryFailed();
    if (Files.exists(directory) && !goOn) {
      throw CliProblem.usage(
          terminal.shown(directory)
              + " exists: this sweep was begun before; --resume runs what is missing,"
              + " --out DIR writes elsewhere");
    }
    Spending spending = SweepCosts.spending();
    PointLoader loader = PointLoader.of(plan, spending);
    SortedMap<Integer, Scenario> ready = Sweep.check(loader, plan, points);
    Interrupts interrupts = terminal.interrupts();
    interrupts.listen();
    boolean quiet = request.talk().progress().isSilent();
    try (ClusterPlace place =
            ClusterPlace.open(terminal, nodes, quiet, request.store().jobs());
        SweepStore store = SweepStore.open(prepared(directory), plan, telling.version());
        SweepProgress progress =
            new SweepProgress(
                terminal.err(), request.talk().progress().form(), System::nanoTime, interrupts)) {
      if (request.store().retryFailed()) {
        store.forgetFailed();
      }
      request.store().takeIn().forEach(store::takeIn);
      telling.otherVersions(store);
      progress.start(request.talk().progress().everyMs());
      SweepWork work = new SweepWork(plan, loader, store, progress, spending);
      int jobs = request.store().jobs();
      boolean complete =
          place.isShared() ? work.spread(points, place, jobs) : work.here(points, ready, jobs);
      Analysis analysis = new Analysis(plan, store);
      SweepOutcome outcome = SweepOutcome.of(analysis, interrupts);
      Exports.write(directory, analysis, store, telling.surroundings(loader, analysis));
      if (request.store().runFiles() != SweepRunFiles.Which.none) {
        int files =
            new SweepRunFiles(terminal, request, analysis, directory)
                .write(request.store().runFiles(), points);
        terminal.err().println(files + " runs have files in " + terminal.shown(
            directory.resolve(SweepRunFiles.FOLDER)));
      }
      SweepManifest manifest =
          new SweepManifest(
              plan, request.commandLine(), started, complete, outcome.exitCode(), spending);
      write(directory.resolve("manifest.json"), manifest.text(analysis, terminal));
      if (analysis.rowsByPoint().size() <= REPORTED_MAX) {
        Report.open(directory).write();
      } else {
        terminal.err().println("./shootdown report " + terminal.shown(directory) + " makes a page");
      }
      telling.results(analysis, outcome, directory);
      if (request.talk().progress().form() == Progress.Form.TEXT && progress.ended() > 0
          && !place.isShared()) {
        terminal.err().println(SweepCosts.line(spending));
      }
      return outcome.exitCode();
    }
  }

  private static Path prepared(Path directory) {
    try {
      return Files.createDirectories(directory);
    } catch (IOException failed) {
      throw new ResultProblem(
          "results cannot be written to " + directory + " (" + failed.getMessage()
              + "); --out writes elsewhere",
          failed);
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException failed) {
      throw new ResultProblem(file + " cannot be written: " + failed.getMessage(), failed);
    }
  }
}
