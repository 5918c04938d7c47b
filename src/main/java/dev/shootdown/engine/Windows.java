package dev.shootdown.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
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
 * <p>Where several nodes share a run, the last to come to the barrier also meets the other nodes,
 * which are at their own barriers: one frame to each, one from each ({@link Meeting}).
 *
 * <p>A message sent in a window starting at t arrives at t + lookahead or later, which is the
 * window's end or later: that is why one barrier per window is enough.
 */
final class Windows {
  private static final int SPINS_BEFORE_YIELD = 20_000;
  private static final long PAUSE_NS = 20_000;

  /** Longs between two partitions' own, so that they don't share a cache line. */
  private static final int APART = 8;

  private final List<Partition> partitions;
  private final long lookaheadPs;
  private final RunOptions options;
  private final Observer observer;
  private final long[][] earliestPs;
  private final FactLog[][] facts;
  private final FactLog merged = new FactLog();
  private final AtomicInteger arrived = new AtomicInteger();
  private final Meeting meeting;
  private final Pauses pauses;

  /** What the last to come to a barrier does, by parity. */
  private final Runnable[] meetings = {() -> meet(0), () -> meet(1)};

  private final Optional<RunWatch> watch;
  private final long[] waitedNs;
  private long elapsedNs;
  private volatile int generation;
  private volatile boolean halt;
  private volatile boolean haltDecided;
  private volatile Throwable broken;
  private long count;

  /** {@code meeting} is null where the run is this node's alone. */
  Windows(
      List<Partition> partitions, long lookaheadPs, RunOptions options, Observer observer,
      Meeting meeting, Pauses pauses, Optional<RunWatch> watch) {
    this.partitions = partitions;
    this.lookaheadPs = lookaheadPs;
    this.options = options;
    this.observer = observer;
    this.meeting = meeting;
    this.pauses = pauses;
    this.watch = watch;
    this.waitedNs = new long[partitions.size() * APART];
    this.earliestPs = new long[2][partitions.size() * APART];
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

  /** How it went, where somebody watched. */
  WindowReport report(List<Long> events) {
    List<Long> waited = new ArrayList<>();
    for (int i = 0; i < partitions.size(); i++) {
      waited.add(waitedNs[i * APART]);
    }
    return new WindowReport(
        count, events, waited, elapsedNs, meeting == null ? 0 : meeting.sentEvents(),
        meeting == null ? 0 : meeting.sentBytes());
  }

  void run(Consumer<Partition> start, Consumer<Partition> end) {
    if (partitions.size() == 1 && meeting == null) {
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
    if (broken instanceof BadCheckpoint refused) {
      throw refused;
    }
    if (broken != null) {
      throw new IllegalStateException("a worker thread failed: " + broken, broken);
    }
  }

  private void runAlone(Partition part, Consumer<Partition> start, Consumer<Partition> end) {
    start.accept(part);
    if (pauses.isAwaited()) {
      pauses.begun();
    }
    long beganNs = nanoTime();
    part.runWindow(Math.min(options.untilPs(), pauses.duePs()), options.stop());
    while (isPaused(part)) {
      part.finishFacts();
      pauses.take(part.nextTimePs());
      part.runWindow(Math.min(options.untilPs(), pauses.duePs()), options.stop());
    }
    elapsedNs = nanoTime() - beganNs;
    part.finishFacts();
    count = 1;
    end.accept(part);
  }

  /** Whether the partition that runs alone has come to a pause, and not to its end. */
  private boolean isPaused(Partition part) {
    return part.failure() == null && !options.stop().isRaised()
        && part.nextTimePs() >= pauses.duePs() && part.nextTimePs() < options.untilPs();
  }

  private void guarded(Partition part, Consumer<Partition> start, Consumer<Partition> end) {
    part.adopt();
    try {
      start.accept(part);
      if (!pauses.isAwaited() || barrier(pauses::begun)) {
        advance(part);
      }
      end.accept(part);
    } catch (RuntimeException | Error thrown) {
      broken = thrown;
    }
  }

  private void advance(Partition part) {
    int parity = 0;
    long beganNs = nanoTime();
    publish(part, parity);
    while (broken == null) {
      if (!timedBarrier(part, parity)) {
        return;
      }
      if (part.index() == 0) {
        elapsedNs = nanoTime() - beganNs;
        count++;
        judge(parity);
      }
      long fromPs = meeting == null ? earliest(parity) : meeting.earliestPs();
      for (Partition other : partitions) {
        if (other != part) {
          part.receive(other, parity);
        }
      }
      if (fromPs >= options.untilPs() || haltDecided) {
        return;
      }
      long beforePs = fromPs > Long.MAX_VALUE - lookaheadPs ? Long.MAX_VALUE : fromPs + lookaheadPs;
      if (fromPs >= pauses.duePs() && !barrier(() -> pauses.take(fromPs))) {
        return;
      }
      long endPs = Math.min(Math.min(beforePs, options.untilPs()), pauses.duePs());
      part.runWindow(endPs, NEVER);
      parity ^= 1;
      publish(part, parity);
    }
  }

  /** Within a window nobody stops: all partitions must end at the same barrier. */
  private static final StopFlag NEVER = new StopFlag();

  private void publish(Partition part, int parity) {
    long outPs = part.flipOutboxes();
    earliestPs[parity][part.index() * APART] = Math.min(outPs, part.nextTimePs());
    facts[parity][part.index()] = part.swapFacts(facts[parity][part.index()]);
    if (part.failure() != null || options.stop().isRaised()) {
      halt = true;
    }
  }

  private long earliest(int parity) {
    long leastPs = Long.MAX_VALUE;
    for (int i = 0; i < partitions.size(); i++) {
      leastPs = Math.min(leastPs, earliestPs[parity][i * APART]);
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

  private long nanoTime() {
    return watch.isPresent() ? watch.get().nanoTime() : 0;
  }

  private boolean timedBarrier(Partition part, int parity) {
    long cameNs = nanoTime();
    boolean together = barrier(meetings[parity]);
    waitedNs[part.index() * APART] += nanoTime() - cameNs;
    return together;
  }

  /** Meets the other nodes and decides on halting. */
  private void meet(int parity) {
    boolean decided = halt;
    if (meeting != null) {
      meeting.meet(parity, earliest(parity), halt, facts[parity], merged);
      decided = meeting.isHalted();
    }
    haltDecided = decided;
  }

  /** Waits for all partitions; false if one of them broke. The last to come does {@code work}. */
  private boolean barrier(Runnable work) {
    int mine = generation;
    if (arrived.incrementAndGet() == partitions.size()) {
      arrived.set(0);
      work.run();
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
      } else if (meeting != null) {
        // A network is slower than any of our threads: leave the core to it.
        LockSupport.parkNanos(PAUSE_NS);
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
