package dev.shootdown.engine;

import java.util.Arrays;

/**
 * A 4-ary heap of events in exact key order: for what does not fit the buckets. It copies what it
 * is given into objects of its own, which it uses again.
 */
final class EventHeap extends Apart {
  /** The heap; behind its end lie objects that are free. */
  private Event[] items = new Event[16];
  private int size;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  Event peek() {
    return size == 0 ? null : items[0];
  }

  void add(Event event) {
    if (size == items.length) {
      items = Arrays.copyOf(items, size * 2);
    }
    Event own = items[size] == null ? new Event() : items[size];
    own.copy(event);
    int at = size++;
    while (at > 0) {
      int parent = (at - 1) >>> 2;
      if (!own.isBefore(items[parent])) {
        break;
      }
      items[at] = items[parent];
      at = parent;
    }
    items[at] = own;
  }

  /** Moves the least event into {@code to}. */
  void poll(Event to) {
    Event least = items[0];
    Event moved = items[--size];
    items[size] = least;
    if (size > 0) {
      sink(moved);
    }
    to.copy(least);
    least.forget();
  }

  /** About half of the events are due before this time, in ps, which a sample gives. */
  long medianTimePs() {
    long[] sample = new long[Math.min(size, 101)];
    for (int i = 0; i < sample.length; i++) {
      sample[i] = items[(int) ((long) i * size / sample.length)].timePs;
    }
    Arrays.sort(sample);
    return sample[sample.length / 2];
  }

  /** Removes all events, in no order. */
  Event[] drain() {
    Event[] all = Arrays.copyOf(items, size);
    Arrays.fill(items, 0, size, null);
    size = 0;
    return all;
  }

  private void sink(Event moved) {
    int at = 0;
    while (true) {
      int first = (at << 2) + 1;
      if (first >= size) {
        break;
      }
      int least = first;
      int end = Math.min(first + 4, size);
      for (int child = first + 1; child < end; child++) {
        if (items[child].isBefore(items[least])) {
          least = child;
        }
      }
      if (!items[least].isBefore(moved)) {
        break;
      }
      items[at] = items[least];
      at = least;
    }
    items[at] = moved;
  }
}
