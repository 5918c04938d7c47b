package dev.shootdown.check;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Values by a whole number within a space, such as a page of an address space, in the order in
 * which their keys came. Judges look up several such keys per fact: numbers in arrays, spread by a
 * mixing hash, spare them an object per key and the chains that neighbouring pages of neighbouring
 * spaces form under the usual hash.
 *
 * @param <V> what is kept; never null
 */
final class PlaceMap<V> {
  private static final int LEAST = 8;

  /** So many slots are wiped at once whenever nothing is left; more are not worth it. */
  private static final int FEW = 64;

  private int[] spaces = new int[LEAST];
  private long[] numbers = new long[LEAST];

  /** In the order of arrival; null where one was taken away, until the next clearing up. */
  private Object[] values = new Object[LEAST];

  /** Place + 1 by hash, two slots a place; 0 ends a chain. What goes away stays in its chain. */
  private int[] index = new int[2 * LEAST];

  private int used;
  private int size;

  /** Before it nothing is left. */
  private int first;

  /** The value of a number in space 0, or null. */
  V get(long number) {
    return get(0, number);
  }

  /** The value, or null. */
  V get(int space, long number) {
    int place = find(space, number);
    return place < 0 ? null : value(place);
  }

  /** Sets the value of a number in space 0; returns the one before, or null. */
  V put(long number, V value) {
    return put(0, number, value);
  }

  /** Sets the value; returns the one before, or null. A new key is the last in order. */
  V put(int space, long number, V value) {
    int place = find(space, number);
    if (place >= 0) {
      V before = value(place);
      values[place] = value;
      return before;
    }
    if (used == values.length) {
      clearUp(size > used / 2 ? 2 * used : used);
    }
    spaces[used] = space;
    numbers[used] = number;
    values[used] = value;
    enter(used++);
    size++;
    return null;
  }

  /** Takes the value of a number in space 0 away and returns it, or null. */
  V remove(long number) {
    return remove(0, number);
  }

  /** Takes the value away and returns it, or null. */
  V remove(int space, long number) {
    int place = find(space, number);
    return place < 0 ? null : removeAt(place);
  }

  /** Takes away what came first. */
  void removeFirst() {
    while (first < used) {
      if (values[first++] != null) {
        removeAt(first - 1);
        return;
      }
    }
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Visits all values in the order in which their keys came. Must not change the map. */
  void forEach(Consumer<V> visitor) {
    for (int place = 0; place < used; place++) {
      if (values[place] != null) {
        visitor.accept(value(place));
      }
    }
  }

  private V removeAt(int place) {
    V before = value(place);
    values[place] = null;
    if (--size == 0 && index.length <= FEW) {
      used = 0;
      first = 0;
      Arrays.fill(index, 0);
    }
    return before;
  }

  private int find(int space, long number) {
    int mask = index.length - 1;
    for (int slot = hash(space, number) & mask; index[slot] != 0; slot = slot + 1 & mask) {
      int place = index[slot] - 1;
      if (numbers[place] == number && spaces[place] == space && values[place] != null) {
        return place;
      }
    }
    return -1;
  }

  private void enter(int place) {
    int mask = index.length - 1;
    int slot = hash(spaces[place], numbers[place]) & mask;
    while (index[slot] != 0) {
      slot = slot + 1 & mask;
    }
    index[slot] = place + 1;
  }

  /** Moves what there is together, and makes room for {@code capacity}. */
  private void clearUp(int capacity) {
    int[] oldSpaces = spaces;
    long[] oldNumbers = numbers;
    Object[] oldValues = values;
    spaces = new int[capacity];
    numbers = new long[capacity];
    values = new Object[capacity];
    index = new int[2 * capacity];
    int kept = 0;
    for (int place = 0; place < used; place++) {
      if (oldValues[place] != null) {
        spaces[kept] = oldSpaces[place];
        numbers[kept] = oldNumbers[place];
        values[kept] = oldValues[place];
        enter(kept++);
      }
    }
    used = kept;
    first = 0;
  }

  @SuppressWarnings("unchecked") // put() only takes values of that type
  private V value(int place) {
    return (V) values[place];
  }

  /** The multiplier is 2^64 over the golden ratio (Knuth, TAOCP 3, 6.4): it spreads neighbours. */
  private static int hash(int space, long number) {
    long mixed = (number + space * 0x5851F42D4C957F2DL) * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 32);
  }
}
