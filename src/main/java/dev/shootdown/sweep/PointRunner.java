package dev.shootdown.sweep;

import dev.shootdown.report.Waits;
import dev.shootdown.scenario.Scenario;
import dev.shootdown.scenario.ScenarioResult;

/** Runs a point of a sweep somewhere, and measures what the judges don't. */
public interface PointRunner {
  /**
   * What came of a run.
   *
   * @param result what the scenario gave
   * @param waits how long faults waited
   */
  record Measured(ScenarioResult result, Waits waits) {}

  /** Runs {@code scenario} with {@code seed} to its end; asked by several threads at a time. */
  Measured run(Scenario scenario, long seed);
}
