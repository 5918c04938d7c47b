package dev.shootdown.report;

import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Observer;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How long each holder kept entries that had become stale, as counts by length: from the change of
 * the page-table entry, or the fill if that came later, to the drop. It counts as {@code check}
 * does for its figures, which are percentiles by kind of holder; here is the whole distribution.
 */
final class StaleWindows implements Observer {
  private static final int KEPT_CHANGES = 1 << 16;
  private static final int HUGE_ORDER = 9;

  private record Page(int mm, long page) {}

  private record Change(long atPs, long pfn, boolean protects) {}

  private static final class Held {
    private final String holder;
    private final MachineFact.Filled fill;
    private final long filledAtPs;
    private long staleSincePs = -1;

    private Held(String holder, MachineFact.Filled fill, long filledAtPs) {
      this.holder = holder;
      this.fill = fill;
      this.filledAtPs = filledAtPs;
    }

    private void changed(Change change) {
      boolean grantsMore = !change.protects() || fill.writable();
      long frames = 1L << fill.order();
      boolean same = change.pfn() >= fill.pfn() && change.pfn() < fill.pfn() + frames;
      if (staleSincePs < 0 && same && grantsMore && fill.readAtPs() <= change.atPs()) {
        staleSincePs = Math.max(change.atPs(), filledAtPs);
      }
    }
  }

  /** Counts by length, and how many are still open. */
  static final class Windows {
    private final SortedMap<Long, Long> countByNs = new TreeMap<>();

    /** How many windows were as long as each length in ns, which is rounded to two digits. */
    SortedMap<Long, Long> countByNs() {
      return Collections.unmodifiableSortedMap(countByNs);
    }
  }

  private final SortedMap<String, Windows> byHolder = new TreeMap<>();
  private final Map<String, Map<Integer, TreeMap<Long, Held>>> held = new LinkedHashMap<>();
  private final Map<Page, List<Held>> byPage = new LinkedHashMap<>();
  private final Map<Page, Change> changes =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Page, Change> eldest) {
          return size() > KEPT_CHANGES;
        }
      };

  @Override
  public void seen(long atPs, String component, Fact fact) {
    if (fact instanceof MachineFact.Filled filled) {
      onFilled(atPs, component, filled);
    } else if (fact instanceof MachineFact.Dropped dropped) {
      onDropped(atPs, component, dropped);
    } else if (fact instanceof MachineFact.PtesChanged changed) {
      onChanged(changed);
    }
  }

  private void onFilled(long atPs, String component, MachineFact.Filled filled) {
    Held entry = new Held(component, filled, atPs);
    Change last = changes.get(new Page(filled.mm(), filled.page()));
    if (last != null) {
      entry.changed(last);
    }
    Held old = pages(component, filled.mm()).put(filled.page(), entry);
    if (old != null) {
      gone(old, atPs);
    }
    byPage.computeIfAbsent(key(entry), key -> new ArrayList<>(2)).add(entry);
  }

  private void onDropped(long atPs, String component, MachineFact.Dropped dropped) {
    TreeMap<Long, Held> pages = pages(component, dropped.mm());
    Map.Entry<Long, Held> before = pages.lowerEntry(dropped.range().firstPage());
    long firstPage = dropped.range().firstPage();
    if (before != null
        && before.getKey() + (1L << before.getValue().fill.order()) > firstPage) {
      firstPage = before.getKey();
    }
    Map<Long, Held> inRange = pages.subMap(firstPage, dropped.range().endPage());
    inRange.values().forEach(entry -> gone(entry, atPs));
    inRange.clear();
  }

  private void onChanged(MachineFact.PtesChanged changed) {
    if (changed.change() == MachineFact.Change.SET
        || changed.change() == MachineFact.Change.UPGRADED) {
      return;
    }
    boolean protects = changed.change() == MachineFact.Change.PROTECTED;
    for (int i = 0; i < changed.pages().size() && i < changed.pfns().size(); i++) {
      long page = changed.pages().get(i);
      Change change =
          new Change(
              changed.firstAtPs() + i * changed.stepPs(), changed.pfns().get(i), protects);
      Page key = new Page(changed.mm(), page);
      changes.remove(key);
      changes.put(key, change);
      Page huge = new Page(changed.mm(), -1 - (page >> HUGE_ORDER));
      byPage.getOrDefault(key, List.of()).forEach(entry -> entry.changed(change));
      byPage.getOrDefault(huge, List.of()).forEach(entry -> entry.changed(change));
    }
  }

  private TreeMap<Long, Held> pages(String holder, int mm) {
    return held
        .computeIfAbsent(holder, name -> new LinkedHashMap<>())
        .computeIfAbsent(mm, number -> new TreeMap<>());
  }

  /** Huge translations are found under the number of their 2 MiB, kept apart by its sign. */
  private static Page key(Held entry) {
    long page = entry.fill.page();
    return new Page(entry.fill.mm(), entry.fill.order() == 0 ? page : -1 - (page >> HUGE_ORDER));
  }

  private void gone(Held entry, long atPs) {
    List<Held> others = byPage.get(key(entry));
    others.remove(entry);
    if (others.isEmpty()) {
      byPage.remove(key(entry));
    }
    // A change that is still to come exposed nobody.
    if (entry.staleSincePs >= 0 && atPs >= entry.staleSincePs) {
      byHolder
          .computeIfAbsent(entry.holder, name -> new Windows())
          .countByNs
          .merge(twoDigits((atPs - entry.staleSincePs) / 1000), 1L, Long::sum);
    }
  }

  private static long twoDigits(long ns) {
    long scale = 1;
    while (ns / scale >= 100) {
      scale *= 10;
    }
    return ns / scale * scale;
  }

  /** By holder; only those that had a stale entry which they dropped. */
  SortedMap<String, Windows> byHolder() {
    return Collections.unmodifiableSortedMap(byHolder);
  }
}
