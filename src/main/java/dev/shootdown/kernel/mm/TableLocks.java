package dev.shootdown.kernel.mm;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The page-table locks of one address space, one per 2 MiB group (split PTL). Whoever needs several
 * takes them in ascending order, one after the other; a CPU that holds one need not take it again.
 *
 * @param <W> what waits
 */
final class TableLocks<W> {
  private final TreeMap<Long, LockQueue<Wish<W>>> locks = new TreeMap<>();
  private final TreeMap<Integer, Held> held = new TreeMap<>();

  /** Somebody who wants locks and has got the first so many. */
  private record Wish<W>(W who, List<Long> groups, int have) {}

  private static final class Held {
    final TreeSet<Long> groups = new TreeSet<>();
    int times;
  }

  /** The locks of {@code groups}, ascending, that CPU {@code cpu} doesn't hold yet. */
  List<Long> missing(int cpu, List<Long> groups) {
    Held own = held.get(cpu);
    return own == null
        ? groups : groups.stream().filter(group -> !own.groups.contains(group)).toList();
  }

  /** Calls {@code granted} once {@code who} has the locks of {@code groups}, in their order. */
  void take(W who, List<Long> groups, Consumer<W> granted) {
    advance(new Wish<>(who, groups, 0), granted);
  }

  private void advance(Wish<W> wish, Consumer<W> granted) {
    Wish<W> at = wish;
    while (at.have() < at.groups().size()) {
      LockQueue<Wish<W>> lock =
          locks.computeIfAbsent(at.groups().get(at.have()), group -> new LockQueue<>());
      if (!lock.take(at, true)) {
        return;
      }
      at = new Wish<>(at.who(), at.groups(), at.have() + 1);
    }
    granted.accept(at.who());
  }

  /** Locks that were taken stay held by {@code cpu} until {@link #giveAll}. */
  void keep(int cpu, List<Long> groups) {
    Held own = held.computeIfAbsent(cpu, key -> new Held());
    own.groups.addAll(groups);
    own.times++;
  }

  /** Gives locks back; those who waited for them go on. */
  void give(List<Long> groups, Consumer<W> granted) {
    for (long group : groups) {
      LockQueue<Wish<W>> lock = locks.get(group);
      List<Wish<W>> next = new ArrayList<>(1);
      lock.give(true, next::add);
      if (lock.isIdle()) {
        locks.remove(group);
      }
      next.forEach(
          wish -> advance(new Wish<>(wish.who(), wish.groups(), wish.have() + 1), granted));
    }
  }

  /** How often {@code cpu} has kept locks since it last gave all back. */
  int keptTimes(int cpu) {
    Held own = held.get(cpu);
    return own == null ? 0 : own.times;
  }

  /** Gives back all that {@code cpu} keeps. */
  void giveAll(int cpu, Consumer<W> granted) {
    give(new ArrayList<>(held.remove(cpu).groups), granted);
  }
}
