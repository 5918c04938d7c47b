package dev.shootdown.scenario;

import dev.shootdown.check.Court;
import dev.shootdown.engine.Blueprint;
import dev.shootdown.engine.Observer;
import dev.shootdown.engine.RunOptions;
import dev.shootdown.engine.RunOutcome;
import dev.shootdown.engine.Simulation;
import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.kernel.mm.Action;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One run of a scenario: the machine is built, run, and judged. */
public final class ScenarioRun {
  private final Scenario scenario;
  private final Blueprint blueprint;
  private final Court court;
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
    this.court = new Court(scenario.run().limits(), workers(scenario));
    this.blueprint = new MachineBuilder(scenario).build();
    Observer observer = keepTrace ? this::keep : court;
    this.simulation =
        new Simulation(pool, blueprint, options(seed, workers, stop), Optional.of(observer));
  }

  /**
   * A run that shows its facts to somebody else as well and keeps none of them itself.
   *
   * @param workers worker threads, ≥ 1
   * @param also sees every fact after the judges have
   * @param stop raised to end it early
   */
  public ScenarioRun(
      SystemPool pool, Scenario scenario, long seed, int workers, Observer also, StopFlag stop) {
    this.scenario = scenario;
    this.court = new Court(scenario.run().limits(), workers(scenario));
    this.blueprint = new MachineBuilder(scenario).build();
    Observer both =
        (atPs, component, fact) -> {
          court.seen(atPs, component, fact);
          also.seen(atPs, component, fact);
        };
    this.simulation =
        new Simulation(pool, blueprint, options(seed, workers, stop), Optional.of(both));
  }

  /** The CPUs that come to an end of their work. */
  private static List<String> workers(Scenario scenario) {
    List<String> names = new ArrayList<>();
    scenario.work().forEach((cpu, actions) -> {
      if (!actions.isEmpty() && actions.get(actions.size() - 1) instanceof Action.GoIdle) {
        names.add(cpu);
      }
    });
    return names;
  }

  private RunOptions options(long seed, int workers, StopFlag stop) {
    RunSpec spec = scenario.run();
    return new RunOptions(seed, spec.tieSeed(), spec.untilPs(), spec.epochPs(), workers, stop);
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
        outcome, court.judgement(outcome.complete()), List.copyOf(trace),
        MachineJson.of(scenario));
  }

  /** How many components the machine is made of, the software's among them. */
  public int components() {
    return blueprint.components().size();
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
