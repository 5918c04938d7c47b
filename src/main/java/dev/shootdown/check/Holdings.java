package dev.shootdown.check;

import dev.shootdown.address.PageRange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Everything that components hold, found by holder and range, by page, and by frame. */
final class Holdings {
  private record Space(String holder, int mm) {}

  private record Page(int mm, long page) {}

  private final Map<Space, TreeMap<Long, Holding>> bySpace = new LinkedHashMap<>();
  private final Map<Page, List<Holding>> byPage = new LinkedHashMap<>();
  private final Map<Long, List<Holding>> byFrame = new LinkedHashMap<>();

  /** Adds it; what the holder held for the same page goes to {@code replaced}. */
  void add(Holding holding, Consumer<Holding> replaced) {
    Holding old =
        bySpace
            .computeIfAbsent(space(holding), space -> new TreeMap<>())
            .put(holding.fill.page(), holding);
    if (old != null) {
      forget(old);
      replaced.accept(old);
    }
    byPage.computeIfAbsent(page(holding), page -> new ArrayList<>(2)).add(holding);
    byFrame.computeIfAbsent(holding.fill.pfn(), pfn -> new ArrayList<>(2)).add(holding);
  }

  /** Takes away what {@code holder} has in {@code range}, in the order of pages. */
  void drop(String holder, int mm, PageRange range, Consumer<Holding> dropped) {
    Space space = new Space(holder, mm);
    TreeMap<Long, Holding> pages = bySpace.get(space);
    if (pages == null) {
      return;
    }
    Map<Long, Holding> inRange = pages.subMap(range.firstPage(), range.endPage());
    for (Holding holding : inRange.values()) {
      forget(holding);
      dropped.accept(holding);
    }
    inRange.clear();
    if (pages.isEmpty()) {
      bySpace.remove(space);
    }
  }

  /** What is held for a page, in the order in which it was cached. */
  List<Holding> ofPage(int mm, long page) {
    return byPage.getOrDefault(new Page(mm, page), List.of());
  }

  /** What is held to a frame, in the order in which it was cached. */
  List<Holding> ofFrame(long pfn) {
    return byFrame.getOrDefault(pfn, List.of());
  }

  /** What {@code holder} holds for a page, or null. */
  Holding of(String holder, int mm, long page) {
    TreeMap<Long, Holding> pages = bySpace.get(new Space(holder, mm));
    return pages == null ? null : pages.get(page);
  }

  /** Index entries, all kinds together. */
  int size() {
    return bySpace.size() + byPage.size() + byFrame.size();
  }

  void forEach(Consumer<Holding> visitor) {
    bySpace.values().forEach(pages -> pages.values().forEach(visitor));
  }

  private void forget(Holding holding) {
    remove(byPage, page(holding), holding);
    remove(byFrame, holding.fill.pfn(), holding);
  }

  private static <K> void remove(Map<K, List<Holding>> index, K key, Holding holding) {
    List<Holding> all = index.get(key);
    all.remove(holding);
    if (all.isEmpty()) {
      index.remove(key);
    }
  }

  private static Space space(Holding holding) {
    return new Space(holding.holder, holding.fill.mm());
  }

  private static Page page(Holding holding) {
    return new Page(holding.fill.mm(), holding.fill.page());
  }
}
