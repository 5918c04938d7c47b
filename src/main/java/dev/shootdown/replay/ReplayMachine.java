package dev.shootdown.replay;

import dev.shootdown.scenario.Scenario;
import dev.shootdown.scenario.Scenarios;
import java.util.ArrayList;
import java.util.List;

/** Machine profiles as a replay needs them: without work of their own, which the trace brings. */
public final class ReplayMachine {
  private static final List<String> EMPTIED =
      List.of("processes=[{name=app,areas=[]}]", "workload=[]", "dma=[]");

  private ReplayMachine() {}

  /**
   * A profile that ships.
   *
   * @param overrides {@code path=value}
   * @throws dev.shootdown.config.ConfigProblems with every problem at once
   */
  public static Scenario profile(String name, List<String> overrides) {
    List<String> all = new ArrayList<>(overrides);
    all.addAll(EMPTIED);
    return Scenarios.profile(name, all);
  }
}
