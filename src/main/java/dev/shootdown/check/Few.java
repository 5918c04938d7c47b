package dev.shootdown.check;

import java.util.Arrays;
import java.util.function.BiConsumer;

/**
 * A few values by name, in the order in which their names came: what one operation has to do with,
 * which is too little for a table to be worth its memory.
 *
 * @param <V> what is kept; never null
 */
final class Few<V> {
  private static final int LEAST = 4;

  private String[] names = new String[LEAST];
  private Object[] values = new Object[LEAST];
  private int size;

  /** The value, or null. */
  V get(String name) {
    int at = find(name);
    return at < 0 ? null : value(at);
  }

  /** Adds the value of a name that is not there. */
  void add(String name, V value) {
    if (size == names.length) {
      names = Arrays.copyOf(names, 2 * size);
      values = Arrays.copyOf(values, 2 * size);
    }
    names[size] = name;
    values[size++] = value;
  }

  /** Takes the name away, if it is there. */
  void remove(String name) {
    int at = find(name);
    if (at >= 0) {
      size--;
      System.arraycopy(names, at + 1, names, at, size - at);
      System.arraycopy(values, at + 1, values, at, size - at);
      names[size] = null;
      values[size] = null;
    }
  }

  /** Visits all in order. Must not change them. */
  void forEach(BiConsumer<String, V> visitor) {
    for (int i = 0; i < size; i++) {
      visitor.accept(names[i], value(i));
    }
  }

  boolean isEmpty() {
    return size == 0;
  }

  private int find(String name) {
    for (int i = 0; i < size; i++) {
      if (names[i].equals(name)) {
        return i;
      }
    }
    return -1;
  }

  @SuppressWarnings("unchecked") // add() only takes values of that type
  private V value(int at) {
    return (V) values[at];
  }
}
