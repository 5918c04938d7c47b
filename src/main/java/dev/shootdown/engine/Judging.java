package dev.shootdown.engine;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Shows facts to the observer in their one order, on whichever thread has nothing better to do.
 *
 * <ol>
 *   <li>What was stated in a window is handed in when the window is over.
 *   <li>A thread that waits for others shows some of it. One thread at a time does, so the observer
 *       sees what it would see from one thread.
 *   <li>If nobody ever waits, whoever hands in does it, before too much has piled up.
 * </ol>
 *
 * <p>Judging takes about as long as simulating. On the thread of one partition it would be waited
 * for by all others in every window.
 */
final class Judging {
  /** So few that whoever waits is back within some two microseconds when the others are there. */
  private static final int FEW_FACTS = 2;

  private static final int MANY_FACTS = 1_024;
  private static final int MOST_FACTS = 1 << 16;

  private final Observer observer;
  private final ReentrantLock turn = new ReentrantLock();
  private final Queue<FactLog> waiting = new ConcurrentLinkedQueue<>();
  private final Queue<FactLog> spent = new ConcurrentLinkedQueue<>();
  private final AtomicLong left = new AtomicLong();
  private final ArrayDeque<FactLog.Entry> open = new ArrayDeque<>();

  /** Facts will be shown to {@code observer}; null if there is none. */
  Judging(Observer observer) {
    this.observer = observer;
  }

  /** Hands in facts before which none will come any more; {@code facts} is empty afterwards. */
  void add(FactLog facts) {
    if (facts.isEmpty()) {
      return;
    }
    if (observer == null) {
      facts.clear();
      return;
    }
    FactLog own = spent.poll();
    if (own == null) {
      own = new FactLog();
    }
    own.addAll(facts);
    left.addAndGet(own.size());
    waiting.add(own);
    if (left.get() > MOST_FACTS) {
      settle();
    }
  }

  /** Shows a few facts, unless there are none or another thread is at it; whether it did. */
  boolean showSome() {
    if (left.get() == 0 || !turn.tryLock()) {
      return false;
    }
    try {
      return show(FEW_FACTS);
    } finally {
      turn.unlock();
    }
  }

  /** Returns when all facts that were handed in have been shown. */
  void settle() {
    turn.lock();
    try {
      while (show(MANY_FACTS)) {
        // until nothing is left
      }
    } finally {
      turn.unlock();
    }
  }

  private boolean show(int most) {
    if (open.isEmpty()) {
      FactLog next = waiting.poll();
      if (next == null) {
        return false;
      }
      next.moveInOrder(open);
      spent.add(next);
    }
    int shown = 0;
    for (; shown < most && !open.isEmpty(); shown++) {
      FactLog.Entry entry = open.poll();
      observer.seen(entry.timePs(), entry.component(), entry.fact());
    }
    left.addAndGet(-shown);
    return true;
  }
}
