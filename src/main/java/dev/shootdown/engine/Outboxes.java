package dev.shootdown.engine;

import java.util.function.Consumer;

/** What a partition has sent to others: an outbox for each, and what was earliest in them. */
final class Outboxes {
  private Outbox[] boxes = new Outbox[0];

  /** New ones, for a run of {@code partitions} partitions. */
  void begin(int partitions) {
    boxes = new Outbox[partitions];
    for (int i = 0; i < partitions; i++) {
      boxes[i] = new Outbox();
    }
  }

  void add(Event event, int to) {
    boxes[to].add(event);
  }

  /** Switches all to the other parity. */
  void flip() {
    for (Outbox box : boxes) {
      box.flip();
    }
  }

  /**
   * The least time of what was sent before the last flip to partitions {@code from} to {@code to}
   * − 1, or to all others if {@code others}; in ps, {@code Long.MAX_VALUE} if nothing was.
   */
  long leastPs(int from, int to, boolean others) {
    long leastPs = Long.MAX_VALUE;
    for (int i = 0; i < boxes.length; i++) {
      if ((i >= from && i < to) != others) {
        leastPs = Math.min(leastPs, boxes[i].flippedPs());
      }
    }
    return leastPs;
  }

  /** How many events wait for partition {@code to}, in the half of the given parity. */
  int count(int to, int parity) {
    return boxes[to].count(parity);
  }

  /** Shows {@code taker} the events for partition {@code to}, then forgets them. */
  void take(int to, int parity, Consumer<Event> taker) {
    boxes[to].forEach(parity, taker);
    boxes[to].empty(parity);
  }

  /** Forgets all that was sent, in both halves. */
  void clear() {
    for (Outbox box : boxes) {
      box.empty(0);
      box.empty(1);
      box.flip();
      box.flip();
    }
  }
}
