package dev.shootdown.scenario;

/** Runs a scenario somewhere: here, on other threads, on other machines. */
public interface Runner {
  /** Runs {@code scenario} with {@code seed} to its end. */
  ScenarioResult run(Scenario scenario, long seed);
}
