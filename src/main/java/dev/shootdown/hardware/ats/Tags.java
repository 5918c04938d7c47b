package dev.shootdown.hardware.ats;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;

/** Transfers under way, a bounded number, and those that wait for one of them to end. */
final class Tags {
  private final int most;
  private final Deque<Touch> waiting = new ArrayDeque<>();
  private final Map<Long, Touch> underWay = new TreeMap<>();
  private long begun;

  Tags(int most) {
    this.most = most;
  }

  void await(Touch touch) {
    waiting.add(touch);
  }

  /** Whether another one can begin. */
  boolean isSendable() {
    return !waiting.isEmpty() && underWay.size() < most;
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
