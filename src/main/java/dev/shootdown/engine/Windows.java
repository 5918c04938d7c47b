package dev.shootdown.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
 *
 * <p>Where several nodes share a run, the last to come to the barrier also meets the neighbours of
 * this node, and the window ends where they say ({@link Meeting}).
 */
final class Windows {
  /** Longs between two partitions' own, so that they don't share a cache line. */
  private static final int APART = 8;

  /** Within a window nobody stops: all partitions must end at the same barrier. */
  private static final StopFlag NEVER = new StopFlag();

  private final List<Partition> partitions;
  private final long lookaheadPs;
  private final RunOptions options;
  private final Observer observer;
  private final long[][] earliestPs;
  private final long[][] sentPs;
  private final FactLog[][] facts;
  private final FactLog merged = new FactLog();
  private final Judging judging;
  private final Barrier barrier;
  private final Meeting meeting;
  private final Pauses pauses;

  /** What the last to come to a barrier does, by parity. */
  private final Runnable[] meetings = {() -> meet(0), () -> meet(1)};

  private final Optional<RunWatch> watch;
  private final long[] waitedNs;
  private long elapsedNs;
  private long count;
  private volatile boolean halt;

  /** What the last to come to the barrier decided: the others read it when the barrier opens. */
  private long beforePs;

  private long knownPs;
  private boolean over;
  private boolean pausing;

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
    this.judging = new Judging(observer);
    this.barrier = new Barrier(partitions.size(), meeting != null, judging);
    this.waitedNs = new long[partitions.size() * APART];
    this.earliestPs = new long[2][partitions.size() * APART];
    this.sentPs = new long[2][partitions.size() * APART];
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
    Throwable broken = barrier.broken();
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
      if (!pauses.isAwaited() || barrier.await(pauses::begun)) {
        advance(part);
      }
      if (part.index() == 0 && barrier.broken() == null) {
        judging.settle();
      }
      end.accept(part);
    } catch (RuntimeException | Error thrown) {
      barrier.breakUp(thrown);
    }
  }

  private void advance(Partition part) {
    int parity = 0;
    long beganNs = nanoTime();
    publish(part, parity);
    while (barrier.broken() == null) {
      if (!timedBarrier(part, parity)) {
        return;
      }
      if (part.index() == 0) {
        elapsedNs = nanoTime() - beganNs;
        count++;
        if (meeting == null) {
          handIn(facts[parity]);
        }
      }
      for (Partition other : partitions) {
        if (other != part) {
          part.receive(other, parity);
        }
      }
      if (over || pausing && !barrier.await(this::pause)) {
        return;
      }
      part.reached(Math.min(knownPs, options.untilPs()));
      part.runWindow(Math.min(Math.min(beforePs, options.untilPs()), pauses.duePs()), NEVER);
      parity ^= 1;
      publish(part, parity);
    }
  }

  private void publish(Partition part, int parity) {
    Outboxes sent = part.outboxes();
    sent.flip();
    int first = partitions.get(0).number();
    int end = first + partitions.size();
    int place = part.index() * APART;
    earliestPs[parity][place] = Math.min(sent.leastPs(first, end, false), part.nextTimePs());
    sentPs[parity][place] = sent.leastPs(first, end, true);
    facts[parity][part.index()] = part.swapFacts(facts[parity][part.index()]);
    if (options.stop().isRaised() || part.failure() != null && meeting == null) {
      halt = true;
    }
  }

  private long least(long[] times) {
    long leastPs = Long.MAX_VALUE;
    for (int i = 0; i < partitions.size(); i++) {
      leastPs = Math.min(leastPs, times[i * APART]);
    }
    return leastPs;
  }

  /** Hands the last window's facts to the judges. */
  private void handIn(FactLog[] logs) {
    if (observer == null) {
      return;
    }
    for (FactLog log : logs) {
      merged.addAll(log);
    }
    judging.add(merged);
  }

  private long nanoTime() {
    return watch.isPresent() ? watch.get().nanoTime() : 0;
  }

  private boolean timedBarrier(Partition part, int parity) {
    long cameNs = nanoTime();
    boolean together = barrier.await(meetings[parity]);
    waitedNs[part.index() * APART] += nanoTime() - cameNs;
    return together;
  }

  /** Decides how to go on, with the other nodes if there are any. */
  private void meet(int parity) {
    long queuedPs = least(earliestPs[parity]);
    if (meeting == null) {
      knownPs = queuedPs;
      beforePs = queuedPs > Long.MAX_VALUE - lookaheadPs ? Long.MAX_VALUE : queuedPs + lookaheadPs;
      over = halt || queuedPs >= options.untilPs();
      pausing = queuedPs >= pauses.duePs();
      return;
    }
    meeting.keep(facts[parity]);
    meeting.meet(parity, queuedPs, least(sentPs[parity]), failedPs(), halt);
    knownPs = meeting.knownPs();
    beforePs = meeting.beforePs();
    over = meeting.isOver(options.untilPs());
    pausing = meeting.isTold() && knownPs >= pauses.duePs();
    judging.add(meeting.ready(over));
  }

  /** When the first of this node's parts failed, in ps; {@code Long.MAX_VALUE} if none did. */
  private long failedPs() {
    long leastPs = Long.MAX_VALUE;
    for (Partition partition : partitions) {
      if (partition.failure() != null) {
        leastPs = Math.min(leastPs, partition.failure().atPs());
      }
    }
    return leastPs;
  }

  /** Nothing is left before a pause, on any node. */
  private void pause() {
    judging.settle();
    pauses.take(knownPs);
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
