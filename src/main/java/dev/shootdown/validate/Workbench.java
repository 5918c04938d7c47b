package dev.shootdown.validate;

import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.scenario.Scenario;
import dev.shootdown.scenario.ScenarioResult;
import dev.shootdown.scenario.ScenarioRun;
import dev.shootdown.scenario.Scenarios;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where machines stand, and how one of them is put to work. */
public final class Workbench {
  /** Sees how far it is. */
  public interface Watch {
    /** A run is about to begin. */
    void began(ScenarioRun run, long untilPs);

    /** It is over. */
    void ended();
  }

  /** Somebody asked to stop. */
  static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Stopped() {
      super("stopped", null, false, false);
    }
  }

  private final SystemPool pool;
  private final Path machines;
  private final List<String> settings;
  private final StopFlag stop;
  private final Watch watch;

  /**
   * A workbench.
   *
   * @param machines the directory of machine profiles
   * @param settings {@code path=value} on top of every machine
   * @param stop raised to end early
   */
  public Workbench(
      SystemPool pool, Path machines, List<String> settings, StopFlag stop, Watch watch) {
    this.pool = pool;
    this.machines = machines;
    this.settings = List.copyOf(settings);
    this.stop = stop;
    this.watch = watch;
  }

  /** A machine with this work, run to its end. */
  Observed run(String machine, List<String> work) {
    return run(machines.resolve(machine + ".conf"), Optional.empty(), work);
  }

  /** A scenario, or one variant of it, run to its end. */
  Observed run(Path file, Optional<String> variant, List<String> work) {
    List<String> overrides = new ArrayList<>(work);
    overrides.addAll(settings);
    Path base = file.toAbsolutePath().getParent();
    return run(Scenarios.load(file, variant, Optional.empty(), overrides, base).get(0).scenario());
  }

  Observed run(Scenario scenario) {
    if (stop.isRaised()) {
      throw new Stopped();
    }
    Observed observed = new Observed();
    ScenarioRun run = new ScenarioRun(pool, scenario, scenario.run().seed(), 1, observed, stop);
    watch.began(run, scenario.run().untilPs());
    ScenarioResult result = run.run();
    watch.ended();
    if (stop.isRaised()) {
      throw new Stopped();
    }
    observed.ended(result.judgement().rows());
    return observed;
  }

  SystemPool pool() {
    return pool;
  }

  Path machines() {
    return machines;
  }

  List<String> settings() {
    return settings;
  }

  StopFlag stop() {
    return stop;
  }

  Watch watch() {
    return watch;
  }
}
