package dev.shootdown.kernel.mm;

import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * A reader-writer lock with a first-come queue: a waiting writer holds back later readers, as a
 * Linux rwsem does.
 *
 * @param <W> what waits
 */
final class LockQueue<W> {
  private record Waiter<W>(W who, boolean exclusive) {}

  /** Null until somebody has to wait: most locks come and go without. */
  private ArrayDeque<Waiter<W>> queue;

  private int readers;
  private boolean writer;

  /** Takes the lock for {@code who} if it is free and nobody waits, else queues it. */
  boolean take(W who, boolean exclusive) {
    if (nobodyWaits() && isFree(exclusive)) {
      hold(exclusive);
      return true;
    }
    queue = queue == null ? new ArrayDeque<>() : queue;
    queue.addLast(new Waiter<>(who, exclusive));
    return false;
  }

  /** Whether somebody holds it that way. */
  boolean isHeld(boolean exclusive) {
    return exclusive ? writer : readers > 0;
  }

  /** Whether nobody holds it or waits for it. */
  boolean isIdle() {
    return !writer && readers == 0 && nobodyWaits();
  }

  /** Gives the lock back and hands it to those whose turn it is. */
  void give(boolean exclusive, Consumer<W> granted) {
    if (!isHeld(exclusive)) {
      throw new IllegalStateException("unlocked what was not locked");
    }
    if (exclusive) {
      writer = false;
    } else {
      readers--;
    }
    admit(granted);
  }

  /** The writer stays as a reader, and lets readers in that head the queue. */
  void downgrade(Consumer<W> granted) {
    if (!writer) {
      throw new IllegalStateException("downgraded what was not locked exclusively");
    }
    writer = false;
    readers = 1;
    admit(granted);
  }

  private void admit(Consumer<W> granted) {
    while (!nobodyWaits() && isFree(queue.peekFirst().exclusive())) {
      Waiter<W> next = queue.removeFirst();
      hold(next.exclusive());
      granted.accept(next.who());
    }
  }

  private boolean nobodyWaits() {
    return queue == null || queue.isEmpty();
  }

  private boolean isFree(boolean exclusive) {
    return exclusive ? !writer && readers == 0 : !writer;
  }

  private void hold(boolean exclusive) {
    if (exclusive) {
      writer = true;
    } else {
      readers++;
    }
  }
}
