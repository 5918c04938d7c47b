package dev.shootdown.engine;

import java.util.function.Function;

/**
 * One pending delivery. Pooled and mutable; owned by exactly one queue, outbox or pool.
 *
 * <p>The key is (time, receiver, sender, sender's sequence number). Receiver and sender are packed
 * into {@link #route}, so that a comparison is at most three longs.
 */
final class Event {
  long timePs;

  /** Receiver's order id in the upper, sender's in the lower 32 bits; both are not negative. */
  long route;

  /** The sender's count of sends, over all its ports and to itself. */
  long sequence;

  /** Position in a chain of zero-delay sends at one instant; 0 for anything that took time. */
  int depth;

  /** Makes the payload the receiver's command; null where it is one already. */
  Function<Object, ?> wrap;

  Object payload;

  /** The receiver's order id. */
  int receiver() {
    return (int) (route >>> 32);
  }

  /** Whether this event is delivered before {@code other}. */
  boolean isBefore(Event other) {
    if (timePs != other.timePs) {
      return timePs < other.timePs;
    }
    if (route != other.route) {
      return route < other.route;
    }
    return sequence < other.sequence;
  }
}
