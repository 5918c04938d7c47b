package dev.shootdown.engine;

import java.util.Arrays;

/**
 * One bucket's events in exact key order.
 *
 * <p>The bulk of the work is done on plain numbers, time in the upper and place in the lower half,
 * so that sorting does not follow references; runs of one time are then ordered by the whole key.
 */
final class EventOrder extends Apart {
  private static final int PLACE_BITS = 31;
  private static final long PLACE_MASK = (1L << PLACE_BITS) - 1;
  private static final int TIME_BITS = 32;
  private static final int FEW = 16;
  private static final int MOST_SLOT_BITS = 9;

  private EventBlocks blocks;
  private long[] order = new long[64];

  /** What {@link #order} is spread into, and where in it each slot goes on. */
  private long[] other = new long[64];

  private final int[] ends = new int[1 << MOST_SLOT_BITS];
  private int from;
  private int to;

  int left() {
    return to - from;
  }

  boolean isEmpty() {
    return from == to;
  }

  /** The place of the least event; there must be one. */
  int place() {
    return placeAt(from);
  }

  /** The place of the event that comes {@code behind} the least; there must be so many. */
  int place(int behind) {
    return placeAt(from + behind);
  }

  private int placeAt(int index) {
    return (int) (order[index] & PLACE_MASK);
  }

  void skip() {
    from++;
  }

  void clear() {
    blocks = null;
    from = 0;
    to = 0;
  }

  /**
   * Takes the events of {@code chain}, all in [startPs, startPs + 2^widthBits); returns how many.
   */
  int fill(EventBlocks of, int chain, long startPs, int widthBits) {
    blocks = of;
    from = 0;
    int count = 0;
    int clip = Math.max(0, widthBits - TIME_BITS);
    for (int place = chain; place != EventBlocks.NONE; place = of.previous(place)) {
      if (count == order.length) {
        order = Arrays.copyOf(order, count * 2);
      }
      order[count++] = (of.timePs(place) - startPs) >>> clip << PLACE_BITS | place;
    }
    to = count;
    if (count <= FEW || spread(count, Math.min(widthBits, TIME_BITS) + PLACE_BITS)) {
      insertionSort(count);
    } else {
      Arrays.sort(order, 0, count);
    }
    orderRuns();
    return count;
  }

  /**
   * Brings numbers of {@code bits} bits nearly in order, by about as many slots as there are
   * numbers: sorting them by comparison would be a branch that cannot be foretold for each. False,
   * and nothing is done, if many of them share a slot.
   */
  private boolean spread(int count, int bits) {
    int slotBits = Math.min(MOST_SLOT_BITS, Integer.SIZE - Integer.numberOfLeadingZeros(count));
    int shift = bits - slotBits;
    int slots = 1 << slotBits;
    Arrays.fill(ends, 0, slots, 0);
    for (int i = 0; i < count; i++) {
      ends[(int) (order[i] >>> shift)]++;
    }
    int most = 0;
    int end = 0;
    for (int slot = 0; slot < slots; slot++) {
      int held = ends[slot];
      most = Math.max(most, held);
      ends[slot] = end;
      end += held;
    }
    if (most > FEW) {
      return false;
    }
    if (other.length < order.length) {
      other = new long[order.length];
    }
    for (int i = 0; i < count; i++) {
      long number = order[i];
      other[ends[(int) (number >>> shift)]++] = number;
    }
    long[] unordered = order;
    order = other;
    other = unordered;
    return true;
  }

  private void insertionSort(int count) {
    for (int i = 1; i < count; i++) {
      long moved = order[i];
      int at = i;
      while (at > 0 && order[at - 1] > moved) {
        order[at] = order[at - 1];
        at--;
      }
      order[at] = moved;
    }
  }

  private void orderRuns() {
    long time = order[0] >>> PLACE_BITS;
    int first = 0;
    for (int i = 1; i < to; i++) {
      long next = order[i] >>> PLACE_BITS;
      if (next != time) {
        orderRun(first, i);
        first = i;
        time = next;
      }
    }
    orderRun(first, to);
  }

  /** A heap sort by the whole key, for what the numbers could not tell apart. */
  private void orderRun(int first, int end) {
    int size = end - first;
    if (size == 1) {
      return;
    }
    for (int at = size / 2 - 1; at >= 0; at--) {
      sink(first, at, size);
    }
    for (int last = size - 1; last > 0; last--) {
      long greatest = order[first];
      order[first] = order[first + last];
      order[first + last] = greatest;
      sink(first, 0, last);
    }
  }

  private void sink(int first, int start, int size) {
    int at = start;
    long moved = order[first + at];
    int place = (int) (moved & PLACE_MASK);
    while (2 * at + 1 < size) {
      int child = first + 2 * at + 1;
      if (child + 1 < first + size && blocks.isBefore(placeAt(child), placeAt(child + 1))) {
        child++;
      }
      if (!blocks.isBefore(place, placeAt(child))) {
        break;
      }
      order[first + at] = order[child];
      at = child - first;
    }
    order[first + at] = moved;
  }
}
