package dev.shootdown.hardware.ats;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Transfers under way, a bounded number, and those that wait for one of them to end. */
final class Tags {
  private final int most;
  private final boolean inOrder;
  private final Deque<Touch> waiting = new ArrayDeque<>();
  private final NavigableMap<Long, Touch> underWay = new TreeMap<>();
  private long begun;

  /** Each of {@code most} tags is free again as soon as its own transfer has ended. */
  Tags(int most) {
    this(most, false);
  }

  /** With {@code inOrder}, only when all transfers that began before it have ended as well. */
  Tags(int most, boolean inOrder) {
    this.most = most;
    this.inOrder = inOrder;
  }

  void await(Touch touch) {
    waiting.add(touch);
  }

  /** Whether another one can begin. */
  boolean isSendable() {
    return !waiting.isEmpty() && taken() < most;
  }

  private long taken() {
    return inOrder && !underWay.isEmpty() ? begun - underWay.firstKey() : underWay.size();
  }

  /** Begins the oldest that waits; returns its tag. */
  long send() {
    underWay.put(begun, waiting.remove());
    return begun++;
  }

  Touch touch(long tag) {
    return underWay.get(tag);
  }

  /** Ends the transfer under {@code tag}; null if there is none. */
  Touch finish(long tag) {
    return underWay.remove(tag);
  }
}
