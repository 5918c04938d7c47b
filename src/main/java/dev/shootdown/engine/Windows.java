package dev.shootdown.engine;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Advances partitions together, in windows that no message can cross.
 *
 * <ol>
 *   <li>Each partition delivers its events up to the window's end.
 *   <li>It publishes the earliest time that it knows of, in its queue or in what it sent to others.
 *   <li>All meet at a barrier. The next window starts at the earliest of the published times, so
 *       empty stretches are skipped, and is one lookahead long.
 *   <li>Each takes in what the others sent it, from the outbox half that they no longer write to.
 * </ol>
 *
 * <p>A message sent in a window starting at t arrives at t + lookahead or later, which is the
 * window's end or later: that is why one barrier per window is enough.
 */
final class Windows {
  private static final int SPINS_BEFORE_YIELD = 20_000;

  private final List<Partition> partitions;
  private final long lookaheadPs;
  private final RunOptions options;
  private final Observer observer;
  private final long[][] earliestPs;
  private final FactLog[][] facts;
  private final FactLog merged = new FactLog();
  private final AtomicInteger arrived = new AtomicInteger();
  private volatile int generation;
  private volatile boolean halt;
  private volatile boolean haltDecided;
  private volatile Throwable broken;
  private long count;

  Windows(List<Partition> partitions, long lookaheadPs, RunOptions options, Observer observer) {
    this.partitions = partitions;
    this.lookaheadPs = lookaheadPs;
    this.options = options;
    this.observer = observer;
    this.earliestPs = new long[2][partitions.size() * 8];
    this.facts = new FactLog[2][partitions.size()];
    for (FactLog[] half : facts) {
      for (int i = 0; i < half.length; i++) {
        half[i] = new FactLog();
      }
    }
  }

  long count() {
    return count;
  }

  long lookaheadPs() {
    return lookaheadPs;
  }

  void run(Consumer<Partition> start, Consumer<Partition> end) {
    if (partitions.size() == 1) {
      runAlone(partitions.get(0), start, end);
      return;
    }
    Thread[] others = new Thread[partitions.size()];
    for (int i = 1; i < others.length; i++) {
      Partition part = partitions.get(i);
      others[i] = new Thread(() -> guarded(part, start, end), "shootdown-worker-" + i);
      others[i].setDaemon(true);
      others[i].start();
    }
    guarded(partitions.get(0), start, end);
    for (int i = 1; i < others.length; i++) {
      join(others[i]);
    }
    if (broken != null) {
      throw new IllegalStateException("a worker thread failed: " + broken, broken);
    }
  }

  private void runAlone(Partition part, Consumer<Partition> start, Consumer<Partition> end) {
    start.accept(part);
    part.runWindow(options.untilPs(), options.stop());
    part.finishFacts();
    count = 1;
    end.accept(part);
  }

  private void guarded(Partition part, Consumer<Partition> start, Consumer<Partition> end) {
    part.adopt();
    try {
      start.accept(part);
      advance(part);
      end.accept(part);
    } catch (RuntimeException | Error thrown) {
      broken = thrown;
    }
  }

  private void advance(Partition part) {
    int parity = 0;
    publish(part, parity);
    while (broken == null) {
      if (!barrier()) {
        return;
      }
      if (part.number() == 0) {
        count++;
        judge(parity);
      }
      long fromPs = earliest(parity);
      for (Partition other : partitions) {
        if (other != part) {
          part.receive(other, parity);
        }
      }
      if (fromPs >= options.untilPs() || haltDecided) {
        return;
      }
      long beforePs = fromPs > Long.MAX_VALUE - lookaheadPs ? Long.MAX_VALUE : fromPs + lookaheadPs;
      part.runWindow(Math.min(beforePs, options.untilPs()), NEVER);
      parity ^= 1;
      publish(part, parity);
    }
  }

  /** Within a window nobody stops: all partitions must end at the same barrier. */
  private static final StopFlag NEVER = new StopFlag();

  private void publish(Partition part, int parity) {
    long outPs = part.flipOutboxes();
    earliestPs[parity][part.number() * 8] = Math.min(outPs, part.nextTimePs());
    facts[parity][part.number()] = part.swapFacts(facts[parity][part.number()]);
    if (part.failure() != null || options.stop().isRaised()) {
      halt = true;
    }
  }

  private long earliest(int parity) {
    long leastPs = Long.MAX_VALUE;
    for (int i = 0; i < partitions.size(); i++) {
      leastPs = Math.min(leastPs, earliestPs[parity][i * 8]);
    }
    return leastPs;
  }

  /** Shows the last window's facts to the observer, in their one order. */
  private void judge(int parity) {
    if (observer == null) {
      return;
    }
    for (FactLog log : facts[parity]) {
      merged.addAll(log);
    }
    merged.drainTo(observer);
  }

  /** Waits for all partitions; false if one of them broke. The last to come decides on halting. */
  private boolean barrier() {
    int mine = generation;
    if (arrived.incrementAndGet() == partitions.size()) {
      arrived.set(0);
      haltDecided = halt;
      generation = mine + 1;
      return true;
    }
    int spins = 0;
    while (generation == mine) {
      if (broken != null) {
        return false;
      }
      if (++spins < SPINS_BEFORE_YIELD) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
    return true;
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
