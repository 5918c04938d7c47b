package dev.shootdown.scenario;

import dev.shootdown.check.Court;
import dev.shootdown.engine.Observer;
import dev.shootdown.engine.RunOptions;
import dev.shootdown.engine.RunOutcome;
import dev.shootdown.engine.Simulation;
import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One run of a scenario: the machine is built, run, and judged. */
public final class ScenarioRun {
  private final Scenario scenario;
  private final Court court = new Court();
  private final List<TraceLine> trace = new ArrayList<>();
  private final Simulation simulation;

  /**
   * A run.
   *
   * @param workers worker threads, ≥ 1
   * @param keepTrace whether every fact is kept
   * @param stop raised to end it early
   */
  public ScenarioRun(
      SystemPool pool, Scenario scenario, long seed, int workers, boolean keepTrace,
      StopFlag stop) {
    this.scenario = scenario;
    RunSpec spec = scenario.run();
    RunOptions options =
        new RunOptions(seed, spec.tieSeed(), spec.untilPs(), spec.epochPs(), workers, stop);
    Observer observer = keepTrace ? this::keep : court;
    this.simulation =
        new Simulation(
            pool, new MachineBuilder(scenario).build(), options, Optional.of(observer));
  }

  private void keep(long atPs, String component, dev.shootdown.engine.Fact fact) {
    trace.add(new TraceLine(atPs, component, (MachineFact) fact));
    court.seen(atPs, component, fact);
  }

  /**
   * Runs to the end.
   *
   * @throws dev.shootdown.engine.Placement.ImpossibleCut if pins leave no lookahead
   */
  public ScenarioResult run() {
    RunOutcome outcome = simulation.run();
    return new ScenarioResult(
        outcome, court.judgement(), List.copyOf(trace), MachineJson.of(scenario));
  }

  /** Virtual time reached, in ps. */
  public long progressPs() {
    return simulation.progressPs();
  }

  /** Events delivered. */
  public long progressEvents() {
    return simulation.progressEvents();
  }
}
