package dev.shootdown.kernel.mm;

import dev.shootdown.engine.Continuation;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;

/**
 * Who walks the tables of one address space with interrupts off, and the page-table pages that are
 * freed when those have left who were inside (semi-RCU, Linux mm/mmu_gather.c).
 *
 * <p>A grace period of the kernel lasts longer than that: it waits for all CPUs, whatever they do.
 */
final class TableReaders {
  private final TreeSet<Integer> inside = new TreeSet<>();
  private final List<Owed> owed = new ArrayList<>();

  /** Page-table pages of one operation that wait for readers. */
  record Owed(long operation, List<Long> tables, TreeSet<Integer> readers) {}

  /** CPU {@code cpu} is inside from now on. */
  void enter(int cpu) {
    inside.add(cpu);
  }

  /** It has left; {@code free} gets what nobody else is waited for with. */
  void leave(int cpu, Continuation.With<Owed> free) {
    inside.remove(cpu);
    Iterator<Owed> all = owed.iterator();
    while (all.hasNext()) {
      Owed next = all.next();
      next.readers().remove(cpu);
      if (next.readers().isEmpty()) {
        all.remove();
        free.accept(next);
      }
    }
  }

  /** Keeps the pages until all who are inside now have left; false if nobody is. */
  boolean defer(long operation, List<Long> tables) {
    return !inside.isEmpty() && owed.add(new Owed(operation, tables, new TreeSet<>(inside)));
  }
}
