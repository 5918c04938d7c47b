package dev.shootdown.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * What one partition has for another at the end of a window: events, and how far it is.
 *
 * <p>It is written by its sender, given away, and only read from then on; the next window's is
 * another one, in memory that nobody has seen for a while. Where two cores don't share a cache, a
 * line that the other one has read comes back at the price of several events, and a store can't be
 * passed by the stores behind it; new memory is fetched by the JVM ahead of where it allocates
 * (decision 8). For the same reason the events are few plain numbers in a row, of which the reader
 * asks for all lines at once.
 */
final class Letter {
  private static final int FEWEST = 8;

  /**
   * Of each event: its time since the first one's and whether it brings new references, its
   * sequence, and its route in one number or two. Its depth is 0, as it takes time to get there.
   */
  private static final int NUMBERS = 3;

  private static final int NUMBERS_WIDE = 4;

  /** Parts of a run up to which receiver and sender fit into one number. */
  private static final int NARROW_PARTS = 1 << Short.SIZE;

  private static final int LOW_HALF = NARROW_PARTS - 1;

  /** Bits of the time since the first event's, sign included. */
  private static final int SINCE_BITS = Integer.SIZE - 1;

  /** Payload and wrap, of each event that hasn't the same as the one before. */
  private static final int REFERENCES = 2;

  /** Ints, and references at their usual size, in a line of a processor's cache. */
  private static final int A_LINE = 16;

  private static final int[] NO_NUMBERS = {};
  private static final Object[] NO_REFERENCES = {};

  private final int stride;
  private final int room;
  private final int referenceRoom;
  private int[] numbers = NO_NUMBERS;
  private Object[] references = NO_REFERENCES;
  private int used;
  private int referencesUsed;
  private long basePs;

  /** Events with times or sequences that don't fit into a number, in no order. */
  private List<Event> others = List.of();

  private long leastPs = Long.MAX_VALUE;

  private long window;
  private long earliestPs;
  private boolean halting;

  private Letter(int stride, int room, int referenceRoom) {
    this.stride = stride;
    this.room = Math.max(FEWEST * stride, room);
    this.referenceRoom = Math.max(FEWEST * REFERENCES, referenceRoom);
  }

  /** An empty one in a run of {@code parts} parts. */
  static Letter first(int parts) {
    return new Letter(parts <= NARROW_PARTS ? NUMBERS : NUMBERS_WIDE, 0, 0);
  }

  /** An empty one with room for somewhat more than lately, as a letter that grows is copied. */
  Letter next() {
    return new Letter(stride, roomAfter(room, used), roomAfter(referenceRoom, referencesUsed));
  }

  private static int roomAfter(int had, int needed) {
    return Math.max(needed + (needed >>> 3), had - (had >>> 4));
  }

  /** Adds a copy of {@code event}. */
  void add(Event event) {
    leastPs = Math.min(leastPs, event.timePs);
    if (used == 0) {
      basePs = event.timePs;
    }
    long sincePs = event.timePs - basePs;
    int spare = Long.SIZE - SINCE_BITS;
    if (sincePs << spare >> spare != sincePs || event.sequence >>> Integer.SIZE != 0) {
      addOther(event);
      return;
    }
    int fresh = refer(event.payload, event.wrap) ? 1 : 0;
    int at = used;
    used += stride;
    if (used > numbers.length) {
      numbers = Arrays.copyOf(numbers, Math.max(room, 2 * numbers.length));
    }
    numbers[at] = (int) sincePs << 1 | fresh;
    numbers[at + 1] = (int) event.sequence;
    if (stride == NUMBERS) {
      numbers[at + 2] = event.receiver() << Short.SIZE | (int) event.route;
    } else {
      numbers[at + 2] = event.receiver();
      numbers[at + NUMBERS] = (int) event.route;
    }
  }

  /** Adds these references, unless they are the last ones; whether it did. */
  private boolean refer(Object payload, Object wrap) {
    int at = referencesUsed;
    if (at > 0 && references[at - 1] == wrap && references[at - REFERENCES] == payload) {
      return false;
    }
    referencesUsed += REFERENCES;
    if (referencesUsed > references.length) {
      references = Arrays.copyOf(references, Math.max(referenceRoom, 2 * references.length));
    }
    references[at] = payload;
    references[at + 1] = wrap;
    return true;
  }

  private void addOther(Event event) {
    if (others.isEmpty()) {
      others = new ArrayList<>();
    }
    Event own = new Event();
    own.copy(event);
    others.add(own);
  }

  /**
   * What the sender says of itself when it gives the letter away.
   *
   * @param ofWindow the window that is over
   * @param atPs the earliest time that it knows of, in its queue or in what it sent, in ps
   * @param halt whether all should stop here
   */
  void sign(long ofWindow, long atPs, boolean halt) {
    window = ofWindow;
    earliestPs = atPs;
    halting = halt;
  }

  long window() {
    return window;
  }

  long earliestPs() {
    return earliestPs;
  }

  boolean isHalting() {
    return halting;
  }

  int count() {
    return used / stride + others.size();
  }

  /** The least time of its events in ps, {@code Long.MAX_VALUE} if it has none. */
  long leastPs() {
    return leastPs;
  }

  /**
   * Reads a little of each line, so that the processor fetches all of them at once. What comes out
   * means nothing, but must be kept; {@code any} is any class.
   */
  long look(Class<?> any) {
    long looked = 0;
    for (int i = 0; i < used; i += A_LINE) {
      looked += numbers[i];
    }
    for (int i = 0; i < referencesUsed; i += A_LINE) {
      looked += references[i] == any ? 1 : 0;
    }
    for (int i = 0; i < referencesUsed; i += REFERENCES) {
      looked += references[i] != null && references[i].getClass() == any ? 1 : 0;
    }
    return looked;
  }

  /** Shows each event, in one object that changes with the next. */
  void forEach(Consumer<Event> taker) {
    Event shown = new Event();
    int reference = 0;
    for (int at = 0; at < used; at += stride) {
      int since = numbers[at];
      shown.timePs = basePs + (since >> 1);
      shown.sequence = Integer.toUnsignedLong(numbers[at + 1]);
      int ends = numbers[at + 2];
      shown.route =
          stride == NUMBERS
              ? route(ends >>> Short.SIZE, ends & LOW_HALF)
              : route(ends, numbers[at + NUMBERS]);
      if ((since & 1) != 0) {
        shown.payload = references[reference];
        shown.wrap = Event.wrapOf(references[reference + 1]);
        reference += REFERENCES;
      }
      taker.accept(shown);
    }
    others.forEach(taker);
  }

  private static long route(int receiver, int sender) {
    return (long) receiver << Integer.SIZE | sender;
  }
}
