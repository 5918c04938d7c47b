package dev.shootdown.kernel.iommu;

import dev.shootdown.engine.Dice;
import java.util.ArrayList;
import java.util.List;

/**
 * A cache line that CPUs take from one another to move the counter in it.
 *
 * <ol>
 *   <li>One CPU has the line at a time. While others want it, it leaves as soon as its one access
 *       is done; a CPU that nobody competes with keeps it.
 *   <li>Which of those that wait gets it is drawn: an interconnect keeps no order among them.
 *   <li>A compare-and-swap succeeds if the line is as its CPU saw it last. Else the CPU knows the
 *       new value, and waits for the line again. A fetch-and-add always succeeds.
 *   <li>Whoever moves the tail while nobody owns the queue owns it, and those that move it after
 *       that are gathered. The owner needs the line once more, to end the gathering before it rings
 *       the doorbell (Linux since 5.4, CMDQ_PROD_OWNED_FLAG).
 * </ol>
 *
 * <p>Of n CPUs that always want it, a compare-and-swap needs as many accesses as draws until one
 * CPU is drawn for the second time, about the root of 1.6 n.
 *
 * @param <T> who wants to move the counter
 */
final class ContendedLine<T> {
  private static final class Waiting<T> {
    private final int cpu;
    private final T who;
    private long seen = -1;
    private boolean owns;

    Waiting(int cpu, T who) {
      this.cpu = cpu;
      this.who = who;
    }
  }

  private final QueueTailSpec spec;
  private final List<Integer> sockets;
  private final Dice dice;
  private final List<Waiting<T>> waiting = new ArrayList<>();
  private Waiting<T> next; // null while nobody wants the line
  private int holder = -1;
  private long value;
  private boolean owned;

  /**
   * A line that no CPU has.
   *
   * @param sockets of each CPU, by number
   */
  ContendedLine(QueueTailSpec spec, List<Integer> sockets, Dice dice) {
    this.spec = spec;
    this.sockets = List.copyOf(sockets);
    this.dice = dice;
  }

  /** {@code cpu} wants the line; returns whether nobody else did. */
  boolean want(int cpu, T who) {
    waiting.add(new Waiting<>(cpu, who));
    return next == null;
  }

  /** Whether anybody waits for it. */
  boolean isWanted() {
    return !waiting.isEmpty();
  }

  /** Chooses who gets the line; returns how long it takes to come, in ps. */
  long pass() {
    List<Waiting<T>> others =
        waiting.stream().filter(each -> each.cpu != holder).toList();
    List<Waiting<T>> candidates = others.isEmpty() ? waiting : others;
    next = candidates.get(dice.below(candidates.size()));
    if (next.cpu == holder) {
      return 0;
    }
    boolean far = holder >= 0 && !sockets.get(holder).equals(sockets.get(next.cpu));
    return spec.linePs() + (far ? spec.hopPs() : 0);
  }

  /** It has come and was accessed; returns whose counter moved, or null if it didn't. */
  T accessed() {
    Waiting<T> by = next;
    next = null;
    holder = by.cpu;
    boolean failed =
        spec.insertion() == QueueTailSpec.Insertion.CAS && !by.owns && by.seen != value;
    if (failed) {
      by.seen = value;
      return null;
    }
    value++;
    if (!owned) {
      owned = true;
      by.owns = true;
      return null;
    }
    owned &= !by.owns;
    waiting.remove(by);
    return by.who;
  }
}
