package dev.shootdown.kernel.arch;

import dev.shootdown.protocol.Program;
import java.util.Iterator;
import java.util.List;

/** Steps that are known beforehand. */
final class Sequence implements Program {
  private final Iterator<Step> steps;

  Sequence(List<Step> steps) {
    this.steps = steps.iterator();
  }

  /** Nothing to do. */
  static Program nothing() {
    return new Sequence(List.of());
  }

  @Override
  public Step next(Outcome last, long nowPs) {
    return steps.hasNext() ? steps.next() : new Finish();
  }
}
