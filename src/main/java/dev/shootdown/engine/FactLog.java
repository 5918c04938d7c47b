package dev.shootdown.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

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

  /** Moves the facts from before {@code timePs} to {@code to}. */
  void moveBefore(long timePs, FactLog to) {
    List<Entry> later = new ArrayList<>();
    for (Entry entry : entries) {
      (entry.timePs < timePs || timePs == Long.MAX_VALUE ? to.entries : later).add(entry);
    }
    entries = later;
  }

  /** Adds all to {@code to} in their one order; the log is empty afterwards. */
  void moveInOrder(Queue<Entry> to) {
    if (entries.size() > 1) {
      entries.sort(null);
    }
    to.addAll(entries);
    entries.clear();
  }

  void clear() {
    entries.clear();
  }
}
