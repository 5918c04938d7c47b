package dev.shootdown.check;

import dev.shootdown.address.PageRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Everything that components hold, found by holder and range, by page, and by frame. A 2 MiB entry
 * and a 4 KiB one for the same page may both be held, as after a split; each replaces its like.
 */
final class Holdings {
  private static final long SCANNED_PAGES = 1024;

  private record Page(int mm, long page) {}

  private final Map<Page, List<Holding>> byPage = new LinkedHashMap<>();
  private final Map<Page, List<Holding>> byHugePage = new LinkedHashMap<>();
  private final Map<Long, List<Holding>> byFrame = new LinkedHashMap<>();
  private final Map<Long, List<Holding>> byHugeFrame = new LinkedHashMap<>();

  /** Adds it; what the holder had for the same page in that size goes to {@code replaced}. */
  void add(Holding holding, Consumer<Holding> replaced) {
    Agent.Entries own =
        holding.holder.entries.computeIfAbsent(holding.fill.mm(), mm -> new Agent.Entries());
    TreeMap<Long, Holding> sized = holding.isHuge() ? own.huge : own.small;
    Holding old = sized.put(holding.firstPage(), holding);
    if (old != null) {
      forget(old);
      replaced.accept(old);
    }
    if (!holding.isHuge()) {
      enter(byPage, page(holding), holding);
      enter(byFrame, holding.fill.pfn(), holding);
      return;
    }
    enter(byHugePage, page(holding), holding);
    enter(byHugeFrame, firstBlock(holding), holding);
    if (lastBlock(holding) != firstBlock(holding)) {
      enter(byHugeFrame, lastBlock(holding), holding);
    }
  }

  /** Takes away what {@code holder} has in {@code range}, in the order of pages. */
  void drop(Agent holder, int mm, PageRange range, Consumer<Holding> dropped) {
    Agent.Entries own = holder.entries.get(mm);
    if (own == null) {
      return;
    }
    clear(own.small.subMap(range.firstPage(), range.endPage()), dropped);
    if (!own.huge.isEmpty() && range.pages() > 0) {
      long first = Math.max(0, range.firstPage() - Holding.HUGE_PAGES + 1);
      clear(own.huge.subMap(first, range.endPage()), dropped);
    }
    if (own.isEmpty()) {
      holder.entries.remove(mm);
    }
  }

  /** Takes away all that {@code holder} has. */
  void drop(Agent holder, Consumer<Holding> dropped) {
    for (int mm : List.copyOf(holder.entries.keySet())) {
      drop(holder, mm, PageRange.ALL, dropped);
    }
  }

  private void clear(Map<Long, Holding> inRange, Consumer<Holding> dropped) {
    for (Holding holding : inRange.values()) {
      forget(holding);
      dropped.accept(holding);
    }
    inRange.clear();
  }

  /** What is held for a page, in the order in which it was cached, 2 MiB entries last. */
  List<Holding> ofPage(int mm, long page) {
    List<Holding> small = byPage.getOrDefault(new Page(mm, page), List.of());
    if (byHugePage.isEmpty()) {
      return small;
    }
    return both(
        small, byHugePage.getOrDefault(new Page(mm, page & -Holding.HUGE_PAGES), List.of()));
  }

  /** What is held to a frame, in the order in which it was cached, 2 MiB entries last. */
  List<Holding> ofFrame(long pfn) {
    List<Holding> small = byFrame.getOrDefault(pfn, List.of());
    if (byHugeFrame.isEmpty()) {
      return small;
    }
    List<Holding> huge = new ArrayList<>(byHugeFrame.getOrDefault(block(pfn), List.of()));
    huge.removeIf(holding -> !holding.leadsTo(pfn));
    return both(small, huge);
  }

  /** What {@code holder} holds in {@code range}, in the order of pages. */
  List<Holding> in(Agent holder, int mm, PageRange range) {
    Agent.Entries own = holder.entries.get(mm);
    if (own == null) {
      return List.of();
    }
    List<Holding> found =
        new ArrayList<>(own.small.subMap(range.firstPage(), range.endPage()).values());
    long first = Math.max(0, range.firstPage() - Holding.HUGE_PAGES + 1);
    found.addAll(own.huge.subMap(first, Math.max(first, range.endPage())).values());
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
    byPage.values().forEach(all -> all.forEach(visitor));
    byHugePage.values().forEach(all -> all.forEach(visitor));
  }

  private void forget(Holding holding) {
    if (!holding.isHuge()) {
      remove(byPage, page(holding), holding);
      remove(byFrame, holding.fill.pfn(), holding);
      return;
    }
    remove(byHugePage, page(holding), holding);
    remove(byHugeFrame, firstBlock(holding), holding);
    if (lastBlock(holding) != firstBlock(holding)) {
      remove(byHugeFrame, lastBlock(holding), holding);
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

  private static <K> void enter(Map<K, List<Holding>> index, K key, Holding holding) {
    index.computeIfAbsent(key, absent -> new ArrayList<>(2)).add(holding);
  }

  private static <K> void remove(Map<K, List<Holding>> index, K key, Holding holding) {
    List<Holding> all = index.get(key);
    all.remove(holding);
    if (all.isEmpty()) {
      index.remove(key);
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

  private static Page page(Holding holding) {
    return new Page(holding.fill.mm(), holding.fill.page());
  }
}
