package dev.shootdown.engine;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Where the threads of a run meet between windows. The last to come does what is to be done while
 * nobody runs; who waits for it shows facts to the judges meanwhile, and spins if there are none.
 */
final class Barrier {
  private static final int SPINS_BEFORE_YIELD = 20_000;
  private static final long PAUSE_NS = 20_000;

  private final int threads;
  private final boolean waitsForOthers;
  private final Judging judging;
  private final AtomicInteger arrived = new AtomicInteger();
  private volatile int generation;
  private volatile Throwable broken;

  /**
   * A barrier.
   *
   * @param waitsForOthers whether the last to come waits for other nodes
   */
  Barrier(int threads, boolean waitsForOthers, Judging judging) {
    this.threads = threads;
    this.waitsForOthers = waitsForOthers;
    this.judging = judging;
  }

  /** Waits for all; false if one of them broke. The last to come does {@code work}. */
  boolean await(Runnable work) {
    int mine = generation;
    if (arrived.incrementAndGet() == threads) {
      arrived.set(0);
      work.run();
      generation = mine + 1;
      return true;
    }
    for (int spins = 0; generation == mine; spins++) {
      if (!waitABit(spins)) {
        return false;
      }
    }
    return true;
  }

  /** Lets a little time pass; false if a thread broke. {@code spins} such waits came before. */
  boolean waitABit(int spins) {
    if (broken != null) {
      return false;
    }
    if (judging.showSome()) {
      return true;
    }
    if (spins < SPINS_BEFORE_YIELD) {
      Thread.onSpinWait();
    } else if (waitsForOthers) {
      // A network is slower than any of our threads: leave the core to it.
      LockSupport.parkNanos(PAUSE_NS);
    } else {
      Thread.yield();
    }
    return true;
  }

  /** Lets nobody wait any more, because a thread ended with {@code cause}. */
  void breakUp(Throwable cause) {
    broken = cause;
  }

  /** Why the threads no longer meet, or null. */
  Throwable broken() {
    return broken;
  }
}
