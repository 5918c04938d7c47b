package dev.shootdown.scenario;

import dev.shootdown.check.LassoCheck;
import dev.shootdown.engine.RunOptions;
import dev.shootdown.engine.Simulation;
import dev.shootdown.engine.Stance;
import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import java.util.Optional;

/**
 * Runs a scenario again, up to each of the two times, and compares what the machine is then. It
 * does so on one thread of this node, whoever made the run that it is about.
 */
final class StateRepeats implements LassoCheck {
  private final Scenario scenario;
  private final long seed;

  StateRepeats(Scenario scenario, long seed) {
    this.scenario = scenario;
    this.seed = seed;
  }

  @Override
  public Optional<String> objection(long fromPs, long untilPs) {
    try (SystemPool pool = new SystemPool()) {
      Optional<Stance> earlier = stance(pool, fromPs);
      Optional<Stance> later = stance(pool, untilPs);
      return earlier.isEmpty() || later.isEmpty()
          ? Optional.of("the run failed when it was made again")
          : LassoCheck.objection(earlier.get(), later.get());
    }
  }

  private Optional<Stance> stance(SystemPool pool, long atPs) {
    RunSpec spec = scenario.run();
    RunOptions options =
        new RunOptions(seed, spec.tieSeed(), atPs + 1, spec.epochPs(), 1, new StopFlag());
    return new Simulation(pool, new MachineBuilder(scenario).build(), options, Optional.empty())
        .stance();
  }
}
