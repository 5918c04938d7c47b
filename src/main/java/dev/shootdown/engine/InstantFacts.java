package dev.shootdown.engine;

import java.util.Arrays;

/**
 * The facts of one instant of a partition that runs alone, shown to its observer in the same order
 * as {@link FactLog} keeps, but without an object per fact: its places are used again and again.
 */
final class InstantFacts {
  private static final int LEAST = 64;

  private long[] keys = new long[LEAST];
  private long[] orders = new long[LEAST];
  private String[] components = new String[LEAST];
  private Fact[] facts = new Fact[LEAST];
  private int size;

  /** Whether all came in order so far: then they need no sorting. */
  private boolean sorted = true;

  /** Adds a fact of a component, with its causal depth and its place among the component's. */
  void add(int depth, int orderId, String component, long order, Fact fact) {
    if (size == keys.length) {
      grow();
    }
    long key = (long) depth << 32 | orderId;
    sorted &=
        size == 0 || keys[size - 1] < key || keys[size - 1] == key && orders[size - 1] < order;
    keys[size] = key;
    orders[size] = order;
    components[size] = component;
    facts[size++] = fact;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void drainTo(long timePs, Observer observer) {
    if (sorted) {
      for (int i = 0; i < size; i++) {
        observer.seen(timePs, components[i], facts[i]);
      }
    } else {
      for (int i : order()) {
        observer.seen(timePs, components[i], facts[i]);
      }
    }
    clear();
  }

  void clear() {
    Arrays.fill(facts, 0, size, null);
    size = 0;
    sorted = true;
  }

  private int[] order() {
    Integer[] places = new Integer[size];
    for (int i = 0; i < size; i++) {
      places[i] = i;
    }
    Arrays.sort(
        places,
        (a, b) ->
            keys[a] != keys[b]
                ? Long.compare(keys[a], keys[b]) : Long.compare(orders[a], orders[b]));
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = places[i];
    }
    return order;
  }

  private void grow() {
    keys = Arrays.copyOf(keys, 2 * size);
    orders = Arrays.copyOf(orders, 2 * size);
    components = Arrays.copyOf(components, 2 * size);
    facts = Arrays.copyOf(facts, 2 * size);
  }
}
