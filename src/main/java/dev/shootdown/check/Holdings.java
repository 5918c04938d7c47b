package dev.shootdown.check;

import dev.shootdown.address.PageRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Everything that components hold, found by holder and range, by page, and by frame. A 2 MiB entry
 * and a 4 KiB one for the same page may both be held, as after a split; each replaces its like.
 */
final class Holdings {
  private static final long SCANNED_PAGES = 1024;

  private final PlaceMap<List<Holding>> byPage = new PlaceMap<>();
  private final PlaceMap<List<Holding>> byHugePage = new PlaceMap<>();
  private final PlaceMap<List<Holding>> byFrame = new PlaceMap<>();
  private final PlaceMap<List<Holding>> byHugeFrame = new PlaceMap<>();

  /** Adds it; what the holder had for the same page in that size goes to {@code replaced}. */
  void add(Holding holding, Consumer<Holding> replaced) {
    int mm = holding.fill.mm();
    Agent.Held own = holding.holder.held.get(mm);
    if (own == null) {
      own = new Agent.Held();
      holding.holder.held.put(mm, own);
    }
    Holding old = (holding.isHuge() ? own.huge : own.small).put(holding);
    if (old != null) {
      forget(old);
      replaced.accept(old);
    }
    if (!holding.isHuge()) {
      enter(byPage, mm, holding.firstPage(), holding);
      enter(byFrame, 0, holding.fill.pfn(), holding);
      return;
    }
    enter(byHugePage, mm, holding.firstPage(), holding);
    enter(byHugeFrame, 0, firstBlock(holding), holding);
    if (lastBlock(holding) != firstBlock(holding)) {
      enter(byHugeFrame, 0, lastBlock(holding), holding);
    }
  }

  /** Takes away what {@code holder} has in {@code range}, in the order of pages. */
  void drop(Agent holder, int mm, PageRange range, Consumer<Holding> dropped) {
    Agent.Held own = holder.held.get(mm);
    if (own != null) {
      drop(own, range, dropped);
    }
  }

  /** Takes away all that {@code holder} has. */
  void drop(Agent holder, Consumer<Holding> dropped) {
    holder.held.forEach(own -> drop(own, PageRange.ALL, dropped));
  }

  private void drop(Agent.Held own, PageRange range, Consumer<Holding> dropped) {
    Consumer<Holding> gone =
        holding -> {
          forget(holding);
          dropped.accept(holding);
        };
    own.small.drop(range.firstPage(), range.endPage(), gone);
    if (!own.huge.isEmpty() && range.pages() > 0) {
      long first = Math.max(0, range.firstPage() - Holding.HUGE_PAGES + 1);
      own.huge.drop(first, range.endPage(), gone);
    }
  }

  /** What is held for a page, in the order in which it was cached, 2 MiB entries last. */
  List<Holding> ofPage(int mm, long page) {
    List<Holding> small = of(byPage, mm, page);
    if (byHugePage.isEmpty()) {
      return small;
    }
    return both(small, of(byHugePage, mm, page & -Holding.HUGE_PAGES));
  }

  /** What is held to a frame, in the order in which it was cached, 2 MiB entries last. */
  List<Holding> ofFrame(long pfn) {
    List<Holding> small = of(byFrame, 0, pfn);
    if (byHugeFrame.isEmpty()) {
      return small;
    }
    List<Holding> huge = new ArrayList<>(of(byHugeFrame, 0, block(pfn)));
    huge.removeIf(holding -> !holding.leadsTo(pfn));
    return both(small, huge);
  }

  /** What {@code holder} holds in {@code range}, in the order of pages. */
  List<Holding> in(Agent holder, int mm, PageRange range) {
    Agent.Held own = holder.held.get(mm);
    if (own == null) {
      return List.of();
    }
    List<Holding> found = new ArrayList<>();
    own.small.addTo(found, range.firstPage(), range.endPage());
    own.huge.addTo(
        found, Math.max(0, range.firstPage() - Holding.HUGE_PAGES + 1), range.endPage());
    return found;
  }

  /** What anybody holds in {@code range}, each once. */
  Collection<Holding> inAny(int mm, PageRange range) {
    Set<Holding> found = new LinkedHashSet<>();
    if (range.pages() <= SCANNED_PAGES) {
      for (long page = range.firstPage(); page < range.endPage(); page++) {
        found.addAll(ofPage(mm, page));
      }
      return found;
    }
    forEach(
        holding -> {
          PageRange pages = new PageRange(holding.firstPage(), holding.pages());
          if (holding.fill.mm() == mm && pages.overlaps(range)) {
            found.add(holding);
          }
        });
    return found;
  }

  /** Index entries, all kinds together. */
  int size() {
    return byPage.size() + byFrame.size() + byHugePage.size() + byHugeFrame.size();
  }

  /** Visits all that is held, in the order in which their pages were first held. */
  void forEach(Consumer<Holding> visitor) {
    byPage.forEach(all -> all.forEach(visitor));
    byHugePage.forEach(all -> all.forEach(visitor));
  }

  private void forget(Holding holding) {
    if (!holding.isHuge()) {
      remove(byPage, holding.fill.mm(), holding.firstPage(), holding);
      remove(byFrame, 0, holding.fill.pfn(), holding);
      return;
    }
    remove(byHugePage, holding.fill.mm(), holding.firstPage(), holding);
    remove(byHugeFrame, 0, firstBlock(holding), holding);
    if (lastBlock(holding) != firstBlock(holding)) {
      remove(byHugeFrame, 0, lastBlock(holding), holding);
    }
  }

  private static List<Holding> both(List<Holding> small, List<Holding> huge) {
    if (small.isEmpty() || huge.isEmpty()) {
      return small.isEmpty() ? huge : small;
    }
    List<Holding> all = new ArrayList<>(small);
    all.addAll(huge);
    return all;
  }

  private static List<Holding> of(PlaceMap<List<Holding>> index, int mm, long number) {
    List<Holding> all = index.get(mm, number);
    return all == null ? List.of() : all;
  }

  private static void enter(
      PlaceMap<List<Holding>> index, int mm, long number, Holding holding) {
    List<Holding> all = index.get(mm, number);
    if (all == null) {
      all = new ArrayList<>(2);
      index.put(mm, number, all);
    }
    all.add(holding);
  }

  private static void remove(
      PlaceMap<List<Holding>> index, int mm, long number, Holding holding) {
    List<Holding> all = index.get(mm, number);
    if (all.size() == 1) {
      index.remove(mm, number);
    } else {
      all.remove(holding);
    }
  }

  private static long block(long pfn) {
    return pfn / Holding.HUGE_PAGES;
  }

  private static long firstBlock(Holding holding) {
    return block(holding.fill.pfn());
  }

  private static long lastBlock(Holding holding) {
    return block(holding.fill.pfn() + holding.pages() - 1);
  }
}
