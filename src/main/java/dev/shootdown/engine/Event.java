package dev.shootdown.engine;

import java.util.function.Function;

/**
 * One pending delivery, as it is handed from place to place. Queues and outboxes copy it: none of
 * them keeps the object that it was given.
 *
 * <p>The key is (time, receiver, sender, sender's sequence number). Receiver and sender are packed
 * into {@link #route}, so that a comparison is at most three longs.
 */
final class Event extends Apart {
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
    return isBefore(timePs, route, sequence, other.timePs, other.route, other.sequence);
  }

  static boolean isBefore(
      long timePs, long route, long sequence,
      long otherTimePs, long otherRoute, long otherSequence) {
    if (timePs != otherTimePs) {
      return timePs < otherTimePs;
    }
    if (route != otherRoute) {
      return route < otherRoute;
    }
    return sequence < otherSequence;
  }

  void copy(Event other) {
    timePs = other.timePs;
    route = other.route;
    sequence = other.sequence;
    depth = other.depth;
    wrap = other.wrap;
    payload = other.payload;
  }

  /** Lets go of what it refers to. */
  void forget() {
    wrap = null;
    payload = null;
  }

  @SuppressWarnings("unchecked") // only an inlet's function is ever kept as one
  static Function<Object, ?> wrapOf(Object kept) {
    return (Function<Object, ?>) kept;
  }
}
