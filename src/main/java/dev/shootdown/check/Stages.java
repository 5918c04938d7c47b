package dev.shootdown.check;

import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;

/**
 * Translations that two tables make together: a guest's own, and behind it the host's. What the
 * walk found is stated by who walked; whoever caches the result, a device included, depends on the
 * guest's frame and on the host's page as well.
 */
final class Stages {
  private static final int KEPT = 1 << 16;

  private final PlaceMap<MachineFact.StagesJoined> joined = new PlaceMap<>();
  private final PlaceMap<List<Holding>> byGuestFrame = new PlaceMap<>();
  private final PlaceMap<List<Holding>> byHostPage = new PlaceMap<>();

  /** Whether no such translation was ever made. */
  boolean isEmpty() {
    return joined.isEmpty();
  }

  void joined(MachineFact.StagesJoined fact) {
    if (joined.size() == KEPT) {
      joined.removeFirst();
    }
    joined.put(fact.mm(), fact.page(), fact);
  }

  /** What the filled translation is made of, or null if it is of one table, or too long ago. */
  MachineFact.StagesJoined of(MachineFact.Filled filled) {
    MachineFact.StagesJoined found =
        joined.isEmpty() ? null : joined.get(filled.mm(), filled.page());
    return found != null && found.pfn() == filled.pfn() ? found : null;
  }

  /** It is held from now on. */
  void add(Holding holding) {
    MachineFact.StagesJoined join = holding.join();
    enter(byGuestFrame, 0, join.guestPfn(), holding);
    enter(byHostPage, join.hostMm(), join.hostPage(), holding);
  }

  /** What is held by way of a guest's frame. */
  List<Holding> throughGuestFrame(long pfn) {
    return held(byGuestFrame, 0, pfn);
  }

  /** What is held by way of a page of the host's. */
  List<Holding> throughHostPage(int mm, long page) {
    return held(byHostPage, mm, page);
  }

  private static void enter(
      PlaceMap<List<Holding>> index, int space, long number, Holding holding) {
    List<Holding> all = new ArrayList<>(held(index, space, number));
    all.add(holding);
    index.put(space, number, all);
  }

  private static List<Holding> held(PlaceMap<List<Holding>> index, int space, long number) {
    List<Holding> all = index.isEmpty() ? null : index.get(space, number);
    if (all == null) {
      return List.of();
    }
    all.removeIf(holding -> holding.holder.holding(holding.fill) != holding);
    if (all.isEmpty()) {
      index.remove(space, number);
      return List.of();
    }
    return all;
  }
}
