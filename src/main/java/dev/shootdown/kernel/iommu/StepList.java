package dev.shootdown.kernel.iommu;

import dev.shootdown.protocol.Program;
import java.util.List;

/** A program whose steps don't depend on how the last one went. */
final class StepList implements Program {
  private final List<Step> steps;
  private int at;

  StepList(List<Step> steps) {
    this.steps = List.copyOf(steps);
  }

  @Override
  public Step next(Outcome last, long nowPs) {
    return at < steps.size() ? steps.get(at++) : new Finish();
  }
}
