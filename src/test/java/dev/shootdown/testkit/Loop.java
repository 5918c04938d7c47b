package dev.shootdown.testkit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The loop of parts that are joined: one clock, and the order of a machine's events, which is by
 * time, then receiver, then sender, then the order of sending.
 */
final class Loop {
  /** What is under way between two parts. */
  private record Arrival(
      long atPs, PartKit<?> receiver, PartKit<?> sender, long number, Runnable deliver) {}

  private static final Comparator<Arrival> ORDER =
      Comparator.comparingLong(Arrival::atPs)
          .thenComparing(arrival -> arrival.receiver().name())
          .thenComparing(arrival -> arrival.sender().name())
          .thenComparingLong(Arrival::number);

  private final List<PartKit<?>> kits = new ArrayList<>();
  private final PriorityQueue<Arrival> arrivals = new PriorityQueue<>(ORDER);
  private long numbers;

  Loop(PartKit<?> first) {
    kits.add(first);
  }

  List<PartKit<?>> kits() {
    return kits;
  }

  /** Takes over the parts of {@code other} and what is under way there. */
  void join(Loop other) {
    if (other.kits.get(0).nowPs() != kits.get(0).nowPs()) {
      throw new IllegalStateException("parts are joined before time passes");
    }
    kits.addAll(other.kits);
    arrivals.addAll(other.arrivals);
  }

  void send(PartKit<?> sender, PartKit<?> receiver, long atPs, Runnable deliver) {
    arrivals.add(new Arrival(atPs, receiver, sender, numbers++, deliver));
  }

  /** Delivers all that is due until {@code untilPs}, and sets the clocks to it. */
  void advanceTo(long untilPs) {
    for (Arrival next = next(untilPs); next != null; next = next(untilPs)) {
      next.receiver().setClock(next.atPs());
      next.deliver().run();
    }
    kits.forEach(kit -> kit.setClock(untilPs));
  }

  /** The first of what is under way and of what the parts have told themselves. */
  private Arrival next(long untilPs) {
    Arrival first = arrivals.peek();
    for (PartKit<?> kit : kits) {
      Arrival own =
          new Arrival(Math.max(kit.nowPs(), kit.nextTimerPs()), kit, kit, 0, kit::runTimer);
      if (kit.hasTimers() && (first == null || ORDER.compare(own, first) < 0)) {
        first = own;
      }
    }
    if (first == null || first.atPs() > untilPs) {
      return null;
    }
    arrivals.remove(first);
    return first;
  }
}
