package dev.shootdown.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Advances partitions together, in windows that no message can cross.
 *
 * <ol>
 *   <li>Each partition delivers its events up to the window's end.
 *   <li>It writes a letter to each other one: what it sent there, and the earliest time that it
 *       knows of, in its queue or in what it sent to anyone.
 *   <li>When it has everybody's letters it takes in the events. The next window starts at the
 *       earliest of the told times, so empty stretches are skipped, and is one lookahead long. All
 *       read the same numbers, so nobody has to tell the others what follows from them.
 * </ol>
 *
 * <p>A message sent in a window starting at t arrives at t + lookahead or later, which is the
 * window's end or later: that is why to meet once per window is enough.
 *
 * <p>Where windows have few events, one thread runs them all, and another one judges ({@link
 * Folding}).
 *
 * <p>Where several nodes share a run, threads meet at a barrier instead; the last to come also
 * meets the neighbours of this node, and the window ends where they say ({@link Meeting}).
 */
final class Windows {
  /** Within a window nobody stops: all partitions must end at the same barrier. */
  private static final StopFlag NEVER = new StopFlag();

  private final List<Partition> partitions;
  private final long lookaheadPs;
  private final RunOptions options;
  private final Observer observer;
  private final FactLog[][] facts;
  private final FactLog merged = new FactLog();
  private final Judging judging;
  private final Barrier barrier;
  private final Meeting meeting;
  private final Pauses pauses;
  private final Folding folding;

  private final Optional<RunWatch> watch;
  private final Account[] accounts;

  /** What the last to come to the barrier decided: the others read it when the barrier opens. */
  private final Course together = new Course();

  /** What a thread writes down in every window; the first one's is the run's. */
  private static final class Account extends Apart {
    private long windows;
    private long elapsedNs;
    private long waitedNs;
  }

  /** How to go on after a window. */
  private static final class Course {
    private long beforePs;
    private long knownPs;
    private boolean over;
    private boolean pausing;
  }

  /** {@code meeting} is null where the run is this node's alone. */
  Windows(
      List<Partition> partitions, long lookaheadPs, RunOptions options, Observer observer,
      Meeting meeting, Pauses pauses, Folding folding, Optional<RunWatch> watch) {
    this.partitions = partitions;
    this.lookaheadPs = lookaheadPs;
    this.options = options;
    this.observer = observer;
    this.meeting = meeting;
    this.pauses = pauses;
    this.watch = watch;
    this.judging = new Judging(observer);
    this.folding = folding;
    this.barrier = new Barrier(partitions.size(), meeting != null, judging);
    this.accounts = new Account[partitions.size()];
    Arrays.setAll(accounts, i -> new Account());
    this.facts = new FactLog[2][partitions.size()];
    for (FactLog[] half : facts) {
      for (int i = 0; i < half.length; i++) {
        half[i] = new FactLog();
      }
    }
  }

  long count() {
    return accounts[0].windows;
  }

  long lookaheadPs() {
    return lookaheadPs;
  }

  /** How it went, where somebody watched. */
  WindowReport report(List<Long> events) {
    List<Long> waited = Arrays.stream(accounts).map(account -> account.waitedNs).toList();
    return new WindowReport(
        count(), folding.report(), events, waited, accounts[0].elapsedNs,
        meeting == null ? 0 : meeting.sentEvents(), meeting == null ? 0 : meeting.sentBytes());
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
    accounts[0].elapsedNs = nanoTime() - beganNs;
    part.finishFacts();
    accounts[0].windows = 1;
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
    long window = 0;
    long beganNs = 0;
    Course own = meeting == null ? new Course() : together;
    Account account = accounts[part.index()];
    publish(part, window);
    while (barrier.broken() == null) {
      if (!timedMeet(part, window, own)) {
        return;
      }
      if (window == 0) {
        // Who had fewer parts to start waited for the others: not part of the time in windows.
        account.waitedNs = 0;
        beganNs = nanoTime();
      }
      account.elapsedNs = nanoTime() - beganNs;
      account.windows++;
      if (part.index() == 0 && meeting == null) {
        handIn(facts[parity(window)]);
      }
      for (Partition other : partitions) {
        if (other != part) {
          part.receive(other.outboxes().letter(part.number(), window));
        }
      }
      if (own.over || own.pausing && !barrier.await(() -> pause(own.knownPs))) {
        return;
      }
      part.reached(Math.min(own.knownPs, options.untilPs()));
      boolean reviewed = meeting == null && folding.isDue(window);
      if (reviewed && !barrier.await(() -> folding.review(count()))) {
        return;
      }
      if (!reviewed || !folding.isChosen()) {
        part.runWindow(Math.min(Math.min(own.beforePs, options.untilPs()), pauses.duePs()), NEVER);
      } else if (part.index() > 0) {
        help(part);
      } else {
        runFolded(part, own.knownPs);
        account.elapsedNs = nanoTime() - beganNs;
      }
      if (together.over) {
        return;
      }
      window++;
      publish(part, window);
    }
  }

  private void help(Partition part) {
    long cameNs = nanoTime();
    if (!folding.help(part)) {
      accounts[part.index()].waitedNs += nanoTime() - cameNs;
    }
  }

  /** Runs all parts on the first partition's thread, from {@code fromPs} on. */
  private void runFolded(Partition all, long fromPs) {
    Account account = accounts[0];
    try {
      judging.settle();
      folding.begin();
      long startPs = fromPs;
      while (!together.over) {
        all.runWindow(endPs(startPs), NEVER);
        startPs = all.nextTimePs();
        folding.reached(Math.min(startPs, options.untilPs()));
        together.over =
            all.failure() != null || options.stop().isRaised() || startPs >= options.untilPs();
        if (!together.over && startPs >= pauses.duePs()) {
          folding.settle();
          pauses.take(startPs);
        }
        if (!together.over && folding.isOutgrown(account.windows)) {
          break;
        }
        account.windows++;
      }
      folding.end(account.windows);
    } finally {
      folding.release();
    }
  }

  /** Where a window ends that begins at {@code startPs}. */
  private long endPs(long startPs) {
    return Math.min(beforePs(startPs), Math.min(options.untilPs(), pauses.duePs()));
  }

  private long beforePs(long startPs) {
    return startPs > Long.MAX_VALUE - lookaheadPs ? Long.MAX_VALUE : startPs + lookaheadPs;
  }

  private static int parity(long window) {
    return (int) window & 1;
  }

  private void publish(Partition part, long window) {
    if (observer != null || meeting != null) {
      FactLog[] logs = facts[parity(window)];
      logs[part.index()] = part.swapFacts(logs[part.index()]);
    }
    Outboxes sent = part.outboxes();
    boolean halting = options.stop().isRaised() || part.failure() != null && meeting == null;
    int first = partitions.get(0).number();
    long leastPs = sent.leastPs(first, first + partitions.size());
    sent.send(window, Math.min(leastPs, part.nextTimePs()), halting);
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

  private boolean timedMeet(Partition part, long window, Course own) {
    long cameNs = nanoTime();
    boolean all =
        meeting == null
            ? readLetters(part, window, own)
            : barrier.await(() -> meetOthers(window));
    accounts[part.index()].waitedNs += nanoTime() - cameNs;
    return all;
  }

  /** Waits for everybody's letters, and decides what all others decide too. */
  private boolean readLetters(Partition part, long window, Course own) {
    long queuedPs = Long.MAX_VALUE;
    boolean halt = false;
    for (Partition other : partitions) {
      Letter[] places = other.outboxes().places();
      int place = other.outboxes().place(part.number(), window);
      Letter letter = Outboxes.letter(places, place, window);
      for (int spins = 0; letter == null; spins++) {
        if (!barrier.waitABit(spins)) {
          return false;
        }
        letter = Outboxes.letter(places, place, window);
      }
      queuedPs = Math.min(queuedPs, letter.earliestPs());
      halt |= letter.isHalting();
    }
    own.knownPs = queuedPs;
    own.beforePs = beforePs(queuedPs);
    own.over = halt || queuedPs >= options.untilPs();
    own.pausing = queuedPs >= pauses.duePs();
    return true;
  }

  /** Decides how to go on with the other nodes. */
  private void meetOthers(long window) {
    long queuedPs = Long.MAX_VALUE;
    long sentPs = Long.MAX_VALUE;
    boolean halt = false;
    int first = partitions.get(0).number();
    for (Partition partition : partitions) {
      Outboxes sent = partition.outboxes();
      Letter note = sent.letter(partition.number(), window);
      queuedPs = Math.min(queuedPs, note.earliestPs());
      sentPs = Math.min(sentPs, sent.leastBeyondPs(window, first, first + partitions.size()));
      halt |= note.isHalting();
    }
    meeting.keep(facts[parity(window)]);
    meeting.meet(window, queuedPs, sentPs, failedPs(), halt);
    together.knownPs = meeting.knownPs();
    together.beforePs = meeting.beforePs();
    together.over = meeting.isOver(options.untilPs());
    together.pausing = meeting.isTold() && together.knownPs >= pauses.duePs();
    judging.add(meeting.ready(together.over));
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
  private void pause(long knownPs) {
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
