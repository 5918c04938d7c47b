package dev.shootdown.kernel.hmm;

import dev.shootdown.engine.Continuation;
import java.util.ArrayDeque;
import java.util.Deque;

/** The mutex of a driver: under it the GPU's page table changes. First come, first served. */
final class DriverLock {
  private final Deque<Continuation> waiting = new ArrayDeque<>();
  private boolean held;

  /** Runs {@code next} once it has the lock, which may be at once. */
  void take(Continuation next) {
    if (held) {
      waiting.add(next);
    } else {
      held = true;
      next.run();
    }
  }

  /** Gives it to whoever waits longest. */
  void give() {
    if (waiting.isEmpty()) {
      held = false;
    } else {
      waiting.remove().run();
    }
  }

  /** Whether taking it would mean to sleep (mutex_trylock fails). */
  boolean isHeld() {
    return held;
  }
}
