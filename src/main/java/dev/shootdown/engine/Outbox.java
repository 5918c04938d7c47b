package dev.shootdown.engine;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Copies of events for one other partition, double-buffered by window parity.
 *
 * <p>They are plain numbers in a row, which the other thread only reads: its processor then fetches
 * ahead of it, and neither has to take a line back that the other wrote to. So what an event
 * carried stays referred to until another takes its place.
 */
final class Outbox {
  private static final int FEWEST = 16;

  private final Half[] halves = {new Half(), new Half()};
  private Half adding = halves[0];
  private int parity;
  private long leastPs = Long.MAX_VALUE;
  private long flippedPs = Long.MAX_VALUE;

  /** What was sent in the windows of one parity. */
  private static final class Half {
    /** Of each event: time, route, sequence. Its depth is 0, as it takes time to get there. */
    private long[] numbers = new long[FEWEST * NUMBERS];

    /** Of each event: payload and wrap. */
    private Object[] references = new Object[FEWEST * REFERENCES];

    private int count;

    private static final int NUMBERS = 3;
    private static final int REFERENCES = 2;

    void add(Event event) {
      int at = count++;
      int number = at * NUMBERS;
      int reference = at * REFERENCES;
      if (number == numbers.length) {
        numbers = Arrays.copyOf(numbers, number * 2);
        references = Arrays.copyOf(references, reference * 2);
      }
      numbers[number] = event.timePs;
      numbers[number + 1] = event.route;
      numbers[number + 2] = event.sequence;
      references[reference] = event.payload;
      references[reference + 1] = event.wrap;
    }

    void forEach(Consumer<Event> taker) {
      Event shown = new Event();
      for (int at = 0; at < count; at++) {
        int number = at * NUMBERS;
        int reference = at * REFERENCES;
        shown.timePs = numbers[number];
        shown.route = numbers[number + 1];
        shown.sequence = numbers[number + 2];
        shown.payload = references[reference];
        shown.wrap = Event.wrapOf(references[reference + 1]);
        taker.accept(shown);
      }
    }
  }

  void add(Event event) {
    adding.add(event);
    leastPs = Math.min(leastPs, event.timePs);
  }

  void flip() {
    parity ^= 1;
    adding = halves[parity];
    flippedPs = leastPs;
    leastPs = Long.MAX_VALUE;
  }

  /** The least time of what was added between the last two flips, in ps. */
  long flippedPs() {
    return flippedPs;
  }

  int count(int which) {
    return halves[which].count;
  }

  /** Shows each event of a half in one object, which changes with the next. */
  void forEach(int which, Consumer<Event> taker) {
    halves[which].forEach(taker);
  }

  void empty(int which) {
    halves[which].count = 0;
  }
}
