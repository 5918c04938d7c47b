package dev.shootdown.museum;

import dev.shootdown.check.Judgement;
import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.museum.ExhibitSpec.Sign;
import dev.shootdown.museum.Result.Found;
import dev.shootdown.scenario.EdgeTrials;
import dev.shootdown.scenario.Scenario;
import dev.shootdown.scenario.ScenarioResult;
import dev.shootdown.scenario.ScenarioRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Runs exhibits. Each schedule of each piece is a run of its own; as many as there are jobs go side
 * by side, and what comes of them doesn't depend on how many that are. A broken variant that shows
 * its bug is run once more, with the order of steps added that its witness misses.
 */
public final class Tour implements AutoCloseable {
  private final SystemPool pool = new SystemPool();
  private final ExecutorService crew;
  private final StopFlag stop;
  private final int jobs;
  private final Function<Exhibit, String> shown;

  /**
   * A tour.
   *
   * @param jobs runs at a time, ≥ 1
   * @param stop raised to end it early: what was asked for then ends in {@link Stopped}
   * @param shown an exhibit's file as it stands in commands
   */
  public Tour(int jobs, StopFlag stop, Function<Exhibit, String> shown) {
    this.jobs = jobs;
    this.stop = stop;
    this.shown = shown;
    this.crew =
        Executors.newFixedThreadPool(
            jobs,
            work -> {
              Thread thread = new Thread(work, "shootdown-museum");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** The tour was ended early. */
  public static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Stopped() {
      super("the tour was ended early");
    }
  }

  /**
   * Runs an exhibit: the broken variants until each shows its bug, the fixed ones in all schedules.
   *
   * @throws Stopped if it was ended early
   * @throws dev.shootdown.config.ConfigProblems if the scenario can't be run
   */
  public List<Result> show(Exhibit exhibit) {
    List<Result> results = new ArrayList<>();
    for (Exhibit.Piece piece : exhibit.pieces()) {
      results.add(show(exhibit, piece));
    }
    return results;
  }

  private Result show(Exhibit exhibit, Exhibit.Piece piece) {
    String expected = expected(exhibit, piece);
    int most =
        exhibit.spec().schedules() * (piece.broken() ? 1 : ExhibitSpec.FIXED_FACTOR);
    int tried = 0;
    Optional<Found> found = Optional.empty();
    while (tried < most && found.isEmpty()) {
      // A broken variant mostly shows its bug at once, so it gets no schedules in advance.
      int atATime = piece.broken() ? 1 : Math.min(jobs, most - tried);
      List<Future<Found>> runs = new ArrayList<>();
      for (int i = 0; i < atATime; i++) {
        Schedule schedule = new Schedule(exhibit, piece, tried + i + 1);
        runs.add(crew.submit(() -> run(schedule)));
      }
      for (Future<Found> run : runs) {
        Found came = result(run);
        if (found.isEmpty()) {
          tried++;
          boolean says = came.outcome().equals(expected) == piece.broken();
          found = says ? Optional.of(came) : found;
        }
      }
    }
    return new Result(piece.plain(), piece.broken(), expected, tried, found);
  }

  private static String expected(Schedule schedule) {
    return expected(schedule.exhibit(), schedule.piece());
  }

  private static String expected(Exhibit exhibit, Exhibit.Piece piece) {
    return piece.broken() && exhibit.spec().sign() != Sign.VERDICT
        ? exhibit.spec().sign().text() : piece.plain().scenario().expect();
  }

  private Found run(Schedule schedule) {
    if (stop.isRaised()) {
      throw new Stopped();
    }
    ScenarioResult result = run(schedule.scenario(), schedule);
    String command = schedule.command(shown.apply(schedule.exhibit()));
    Found found = Evidence.of(schedule, result, command);
    boolean isShown = schedule.piece().broken() && found.outcome().equals(expected(schedule));
    return isShown ? Evidence.of(schedule, tried(schedule, result), command) : found;
  }

  /** The result with what came of adding the order of steps that its finding misses. */
  private ScenarioResult tried(Schedule schedule, ScenarioResult result) {
    Judgement judgement =
        EdgeTrials.of(
            schedule.variant(), result.judgement(), 1,
            added -> run(schedule.of(added), schedule));
    return new ScenarioResult(
        result.outcome(), judgement, result.trace(), result.machineJson());
  }

  private ScenarioResult run(Scenario scenario, Schedule schedule) {
    ScenarioResult result =
        new ScenarioRun(pool, scenario, schedule.seed(), 1, false, stop).run();
    if (stop.isRaised()) {
      throw new Stopped();
    }
    return result;
  }

  private static Found result(Future<Found> run) {
    try {
      return run.get();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new Stopped();
    } catch (ExecutionException broken) {
      if (broken.getCause() instanceof RuntimeException exception) {
        throw exception;
      }
      if (broken.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(broken.getCause());
    }
  }

  @Override
  public void close() {
    crew.shutdownNow();
    pool.close();
  }
}
