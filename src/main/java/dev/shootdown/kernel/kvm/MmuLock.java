package dev.shootdown.kernel.kvm;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * mmu_lock: shared or exclusive, first come first served (Linux's queued rwlock is fair), and able
 * to say whether somebody waits.
 */
final class MmuLock {
  private record Waiting(Job job, boolean exclusive) {}

  private final Deque<Waiting> queue = new ArrayDeque<>();
  private int readers;
  private boolean writer;

  /** Lets {@code job} go on once it has the lock, which may be at once. */
  void take(Job job, boolean exclusive) {
    queue.add(new Waiting(job, exclusive));
    admit();
  }

  /** Gives it back. */
  void give(boolean exclusive) {
    if (exclusive) {
      writer = false;
    } else {
      readers--;
    }
    admit();
  }

  /** Whether somebody waits for it (rwlock_needbreak). */
  boolean isContended() {
    return !queue.isEmpty();
  }

  private void admit() {
    while (!queue.isEmpty() && !writer && (!queue.peek().exclusive() || readers == 0)) {
      Waiting next = queue.remove();
      if (next.exclusive()) {
        writer = true;
      } else {
        readers++;
      }
      next.job().goOn();
    }
  }
}
