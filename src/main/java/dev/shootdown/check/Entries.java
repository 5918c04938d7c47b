package dev.shootdown.check;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * One holder's entries of one size for one address space, sorted by first page. Arrays: a TLB's
 * entries lie side by side, and a flush cuts out a stretch of them.
 */
final class Entries {
  private static final int LEAST = 4;

  private long[] pages = new long[LEAST];
  private Holding[] held = new Holding[LEAST];
  private int size;

  /** The entry that begins with {@code page}, or null. */
  Holding get(long page) {
    int at = find(page);
    return at < size && pages[at] == page ? held[at] : null;
  }

  /** Puts it in; returns the one that began with the same page, or null. */
  Holding put(Holding holding) {
    long page = holding.firstPage();
    int at = find(page);
    if (at < size && pages[at] == page) {
      Holding before = held[at];
      held[at] = holding;
      return before;
    }
    if (size == pages.length) {
      pages = Arrays.copyOf(pages, 2 * size);
      held = Arrays.copyOf(held, 2 * size);
    }
    System.arraycopy(pages, at, pages, at + 1, size - at);
    System.arraycopy(held, at, held, at + 1, size - at);
    pages[at] = page;
    held[at] = holding;
    size++;
    return null;
  }

  /** Takes out those that begin from {@code first} to {@code end} exclusive, in that order. */
  void drop(long first, long end, Consumer<Holding> dropped) {
    int from = find(first);
    int until = from;
    while (until < size && pages[until] < end) {
      dropped.accept(held[until++]);
    }
    if (until > from) {
      System.arraycopy(pages, until, pages, from, size - until);
      System.arraycopy(held, until, held, from, size - until);
      Arrays.fill(held, size - (until - from), size, null);
      size -= until - from;
    }
  }

  /** Adds those that begin from {@code first} to {@code end} exclusive to {@code found}. */
  void addTo(List<Holding> found, long first, long end) {
    for (int at = find(first); at < size && pages[at] < end; at++) {
      found.add(held[at]);
    }
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Where {@code page} is, or belongs. */
  private int find(long page) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = low + high >>> 1;
      if (pages[middle] < page) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
