package dev.shootdown.engine;

import java.util.ArrayList;
import java.util.List;

/** Facts waiting to be shown to an observer in the one order that depends on content alone. */
final class FactLog {
  private List<Entry> entries = new ArrayList<>();

  /** A fact, and what its place in the order depends on. */
  record Entry(long timePs, int depth, int orderId, String component, long order, Fact fact)
      implements Comparable<Entry> {
    @Override
    public int compareTo(Entry other) {
      int byTime = Long.compare(timePs, other.timePs);
      if (byTime != 0) {
        return byTime;
      }
      if (depth != other.depth) {
        return Integer.compare(depth, other.depth);
      }
      int byCell = Long.compare(orderId, other.orderId);
      return byCell != 0 ? byCell : Long.compare(order, other.order);
    }
  }

  void add(long timePs, int depth, Cell<?> cell, long order, Fact fact) {
    entries.add(new Entry(timePs, depth, cell.orderId(), cell.name(), order, fact));
  }

  void add(Entry entry) {
    entries.add(entry);
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  int size() {
    return entries.size();
  }

  /** What there is, in no order; the log is empty afterwards. */
  List<Entry> takeAll() {
    List<Entry> all = entries;
    entries = new ArrayList<>();
    return all;
  }

  void addAll(FactLog other) {
    entries.addAll(other.entries);
    other.entries.clear();
  }

  void drainTo(Observer observer) {
    if (entries.size() > 1) {
      entries.sort(null);
    }
    for (Entry entry : entries) {
      observer.seen(entry.timePs, entry.component, entry.fact);
    }
    entries.clear();
  }

  void clear() {
    entries.clear();
  }
}
