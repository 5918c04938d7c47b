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
   * Of each event: its time since the first one's with its sequence, and its route. Its depth is 0,
   * as it takes time to get there.
   */
  private static final int NUMBERS = 2;

  /** Of each event: payload and wrap. */
  private static final int REFERENCES = 2;

  /** Longs, and references at their usual size, in a line of a processor's cache. */
  private static final int LONGS_A_LINE = 8;

  private static final int REFERENCES_A_LINE = 16;

  private static final long[] NO_NUMBERS = {};
  private static final Object[] NO_REFERENCES = {};

  private final int room;
  private long[] numbers = NO_NUMBERS;
  private Object[] references = NO_REFERENCES;
  private int count;
  private long basePs;

  /** Events with times or sequences that don't fit into half a number, in no order. */
  private List<Event> others = List.of();

  private long leastPs = Long.MAX_VALUE;

  private long window;
  private long earliestPs;
  private boolean halting;

  /** An empty one that has room for {@code room} events before it grows. */
  Letter(int room) {
    this.room = Math.max(FEWEST, room);
  }

  /** Adds a copy of {@code event}. */
  void add(Event event) {
    leastPs = Math.min(leastPs, event.timePs);
    if (count == 0) {
      basePs = event.timePs;
    }
    long sincePs = event.timePs - basePs;
    if ((int) sincePs != sincePs || event.sequence >>> Integer.SIZE != 0) {
      addOther(event);
      return;
    }
    int at = count++;
    int number = at * NUMBERS;
    int reference = at * REFERENCES;
    if (number == numbers.length) {
      grow();
    }
    numbers[number] = sincePs << Integer.SIZE | event.sequence;
    numbers[number + 1] = event.route;
    references[reference] = event.payload;
    references[reference + 1] = event.wrap;
  }

  private void addOther(Event event) {
    if (others.isEmpty()) {
      others = new ArrayList<>();
    }
    Event own = new Event();
    own.copy(event);
    others.add(own);
  }

  private void grow() {
    int places = numbers.length == 0 ? room : 2 * numbers.length / NUMBERS;
    numbers = Arrays.copyOf(numbers, places * NUMBERS);
    references = Arrays.copyOf(references, places * REFERENCES);
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
    return count + others.size();
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
    for (int i = 0; i < count * NUMBERS; i += LONGS_A_LINE) {
      looked += numbers[i];
    }
    for (int i = 0; i < count * REFERENCES; i += REFERENCES_A_LINE) {
      looked += references[i] == any ? 1 : 0;
    }
    for (int i = 0; i < count * REFERENCES; i += REFERENCES) {
      looked += references[i] != null && references[i].getClass() == any ? 1 : 0;
    }
    return looked;
  }

  /** Shows each event, in one object that changes with the next. */
  void forEach(Consumer<Event> taker) {
    Event shown = new Event();
    for (int at = 0; at < count; at++) {
      int number = at * NUMBERS;
      int reference = at * REFERENCES;
      shown.timePs = basePs + (numbers[number] >> Integer.SIZE);
      shown.sequence = numbers[number] & 0xffff_ffffL;
      shown.route = numbers[number + 1];
      shown.payload = references[reference];
      shown.wrap = Event.wrapOf(references[reference + 1]);
      taker.accept(shown);
    }
    others.forEach(taker);
  }
}
