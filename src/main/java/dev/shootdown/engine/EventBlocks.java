package dev.shootdown.engine;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Chains of events in blocks of {@value #BLOCK} places, in plain arrays: numbers in one, references
 * in the other.
 *
 * <p>The events of one bucket lie together, so that opening a bucket brings all of them into the
 * processor's cache; as objects they would be spread over the heap.
 *
 * <p>A chain is named by its last place: blocks start at multiples of {@value #BLOCK}, so the place
 * says how full the last block is, and {@link #before} leads from a block to the one filled before.
 */
final class EventBlocks extends Apart {
  static final int NONE = -1;
  private static final int BLOCK = 8;
  private static final int IN_BLOCK = BLOCK - 1;
  private static final int FEWEST_BLOCKS = 64;

  /** Numbers of one event: time, route, sequence, depth. */
  private static final int NUMBER_BITS = 2;

  private static final int ROUTE = 1;
  private static final int SEQUENCE = 2;
  private static final int DEPTH = 3;

  /** References of one event: payload and wrap. */
  private static final int REFERENCE_BITS = 1;

  private long[] numbers = new long[FEWEST_BLOCKS * BLOCK << NUMBER_BITS];
  private Object[] references = new Object[FEWEST_BLOCKS * BLOCK << REFERENCE_BITS];
  private int[] before = new int[FEWEST_BLOCKS];
  private int freeBlock = NONE;
  private int usedBlocks;

  /** Adds a copy of {@code event} to a chain, or to {@link #NONE}; returns its new name. */
  int add(int chain, Event event) {
    int place = (chain & IN_BLOCK) == IN_BLOCK ? newBlock(chain) : chain + 1;
    int number = place << NUMBER_BITS;
    numbers[number] = event.timePs;
    numbers[number + ROUTE] = event.route;
    numbers[number + SEQUENCE] = event.sequence;
    numbers[number + DEPTH] = event.depth;
    int reference = place << REFERENCE_BITS;
    references[reference] = event.payload;
    references[reference + 1] = event.wrap;
    return place;
  }

  /** {@link #NONE} counts as a full block, so that the first event of a chain comes here too. */
  private int newBlock(int chain) {
    int block = freeBlock;
    if (block != NONE) {
      freeBlock = before[block];
    } else {
      block = usedBlocks++;
      if (block == before.length) {
        before = Arrays.copyOf(before, block * 2);
        numbers = Arrays.copyOf(numbers, numbers.length * 2);
        references = Arrays.copyOf(references, references.length * 2);
      }
    }
    before[block] = chain;
    return block * BLOCK;
  }

  long timePs(int place) {
    return numbers[place << NUMBER_BITS];
  }

  long route(int place) {
    return numbers[(place << NUMBER_BITS) + ROUTE];
  }

  /** Whether the event at {@code place} is delivered before the one at {@code other}. */
  boolean isBefore(int place, int other) {
    int a = place << NUMBER_BITS;
    int b = other << NUMBER_BITS;
    return Event.isBefore(
        numbers[a], numbers[a + ROUTE], numbers[a + SEQUENCE],
        numbers[b], numbers[b + ROUTE], numbers[b + SEQUENCE]);
  }

  /** Whether {@code event} is delivered before the one at {@code place}. */
  boolean isBefore(Event event, int place) {
    int b = place << NUMBER_BITS;
    return Event.isBefore(
        event.timePs, event.route, event.sequence,
        numbers[b], numbers[b + ROUTE], numbers[b + SEQUENCE]);
  }

  /** Moves the event at {@code place} into {@code to}. */
  void take(int place, Event to) {
    int number = place << NUMBER_BITS;
    to.timePs = numbers[number];
    to.route = numbers[number + ROUTE];
    to.sequence = numbers[number + SEQUENCE];
    to.depth = (int) numbers[number + DEPTH];
    int reference = place << REFERENCE_BITS;
    to.payload = references[reference];
    to.wrap = Event.wrapOf(references[reference + 1]);
    references[reference] = null;
    references[reference + 1] = null;
  }

  /** The place before {@code place} in its chain, or {@link #NONE}. */
  int previous(int place) {
    return (place & IN_BLOCK) == 0 ? before[place / BLOCK] : place - 1;
  }

  /** Gives a chain's blocks back. Its events can be taken until the next {@link #add}. */
  void free(int chain) {
    int place = chain;
    while (place != NONE) {
      int block = place / BLOCK;
      place = before[block];
      before[block] = freeBlock;
      freeBlock = block;
    }
  }

  /** Shows every event of a chain in one object, which changes with the next. */
  void forEach(int chain, Consumer<Event> action) {
    Event shown = new Event();
    for (int place = chain; place != NONE; place = previous(place)) {
      take(place, shown);
      action.accept(shown);
    }
  }
}
