package dev.shootdown.engine;

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

  Cell<?> receiver;

  /** Null for a message to itself, which is a command of the receiver already. */
  Inlet<?> inlet;

  Object payload;
  Event next;

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

  static int compare(Event a, Event b) {
    int byTime = Long.compare(a.timePs, b.timePs);
    if (byTime != 0) {
      return byTime;
    }
    int byRoute = Long.compare(a.route, b.route);
    return byRoute != 0 ? byRoute : Long.compare(a.sequence, b.sequence);
  }
}
