package dev.shootdown.kernel.notifier;

import dev.shootdown.protocol.Program;
import java.util.List;

/** Steps that are known beforehand. */
final class GivenSteps implements Program {
  private final List<Step> steps;
  private int at;

  GivenSteps(List<Step> steps) {
    this.steps = steps;
  }

  @Override
  public Step next(Outcome last, long nowPs) {
    return at < steps.size() ? steps.get(at++) : new Finish();
  }
}
