package dev.shootdown.sweep;

import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.scenario.Runner;
import dev.shootdown.scenario.Scenario;
import dev.shootdown.scenario.ScenarioResult;
import dev.shootdown.scenario.ScenarioRun;

/**
 * Runs points here, each on the thread that asks. May be asked by several threads at a time: the
 * pool lends an actor system to one run only, so each thread comes to have one of its own.
 */
public final class LocalRunner implements Runner, AutoCloseable {
  private final SystemPool pool = new SystemPool();

  /** One worker, because the cores are busy with other points. */
  @Override
  public ScenarioResult run(Scenario scenario, long seed) {
    return new ScenarioRun(pool, scenario, seed, 1, false, new StopFlag()).run();
  }

  @Override
  public void close() {
    pool.close();
  }
}
