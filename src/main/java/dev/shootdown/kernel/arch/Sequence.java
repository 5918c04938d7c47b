package dev.shootdown.kernel.arch;

import dev.shootdown.protocol.Program;
import java.util.List;

/** Steps that are known beforehand. */
final class Sequence implements Program {
  private final List<Step> steps;
  private int at;

  Sequence(List<Step> steps) {
    this.steps = steps;
  }

  /** Nothing to do. */
  static Program nothing() {
    return new Sequence(List.of());
  }

  @Override
  public Step next(Outcome last, long nowPs) {
    return at < steps.size() ? steps.get(at++) : new Finish();
  }
}
