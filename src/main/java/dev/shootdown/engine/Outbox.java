package dev.shootdown.engine;

import java.util.Arrays;

/** Copies of events for one other partition, double-buffered by window parity. */
final class Outbox {
  private final Event[][] items = {new Event[16], new Event[16]};
  private final int[] count = new int[2];
  private int parity;
  private long leastPs = Long.MAX_VALUE;
  private long flippedPs = Long.MAX_VALUE;

  void add(Event event) {
    int at = count[parity]++;
    if (at == items[parity].length) {
      items[parity] = Arrays.copyOf(items[parity], at * 2);
    }
    if (items[parity][at] == null) {
      items[parity][at] = new Event();
    }
    items[parity][at].copy(event);
    leastPs = Math.min(leastPs, event.timePs);
  }

  void flip() {
    parity ^= 1;
    flippedPs = leastPs;
    leastPs = Long.MAX_VALUE;
  }

  /** The least time of what was added between the last two flips, in ps. */
  long flippedPs() {
    return flippedPs;
  }

  Event[] items(int which) {
    return items[which];
  }

  int count(int which) {
    return count[which];
  }

  void empty(int which) {
    count[which] = 0;
  }
}
