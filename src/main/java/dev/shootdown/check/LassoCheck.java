package dev.shootdown.check;

import dev.shootdown.engine.Stance;
import java.util.Optional;

/**
 * Says whether a machine is the same at two times, so that what lay between them happens again and
 * again. Facts alone don't show that: what a part counts for itself may decide later.
 */
@FunctionalInterface
public interface LassoCheck {
  /** Nobody can say. */
  LassoCheck NOBODY =
      (fromPs, untilPs) -> Optional.of("nobody looked at the state of the machine");

  /**
   * What speaks against it, for a person; empty if the machine is the same after all events up to
   * {@code untilPs} as after those up to {@code fromPs}, but for the time and for growing numbers
   * that only name or tell.
   */
  Optional<String> objection(long fromPs, long untilPs);

  /** The same of a machine as it is at two times of a run, the earlier one first. */
  static Optional<String> objection(Stance earlier, Stance later) {
    return SameState.objection(earlier, later);
  }
}
