package dev.shootdown.sweep;

import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.report.Waits;
import dev.shootdown.scenario.Scenario;
import dev.shootdown.scenario.ScenarioResult;
import dev.shootdown.scenario.ScenarioRun;

/**
 * Runs points here, each on the thread that asks. May be asked by several threads at a time: the
 * pool lends an actor system to one run only, so each thread comes to have one of its own.
 */
public final class LocalRunner implements PointRunner, AutoCloseable {
  private final SystemPool pool = new SystemPool();

  /** One worker, because the cores are busy with other points. */
  @Override
  public Measured run(Scenario scenario, long seed) {
    Waits waits = new Waits();
    ScenarioResult result =
        new ScenarioRun(pool, scenario, seed, 1, waits, new StopFlag()).run();
    waits.over(result.outcome().endPs());
    return new Measured(result, waits);
  }

  @Override
  public void close() {
    pool.close();
  }
}
