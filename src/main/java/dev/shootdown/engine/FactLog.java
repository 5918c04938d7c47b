package dev.shootdown.engine;

import java.util.ArrayList;
import java.util.List;

/** Facts waiting to be shown to an observer in the one order that depends on content alone. */
final class FactLog {
  private final List<Entry> entries = new ArrayList<>();

  private record Entry(long timePs, int depth, Cell<?> cell, long order, Fact fact)
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
      int byCell = Long.compare(cell.orderId(), other.cell.orderId());
      return byCell != 0 ? byCell : Long.compare(order, other.order);
    }
  }

  void add(long timePs, int depth, Cell<?> cell, long order, Fact fact) {
    entries.add(new Entry(timePs, depth, cell, order, fact));
  }

  boolean isEmpty() {
    return entries.isEmpty();
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
      observer.seen(entry.timePs, entry.cell.name(), entry.fact);
    }
    entries.clear();
  }

  void clear() {
    entries.clear();
  }
}
