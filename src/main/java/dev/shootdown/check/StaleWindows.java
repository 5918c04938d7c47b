package dev.shootdown.check;

import dev.shootdown.address.PageRange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The announced windows of deferred flushes: in some devices may use what is gone, in others, until
 * they are used again, they may only hold it.
 */
final class StaleWindows {
  private final Map<Integer, List<PageRange>> open = new LinkedHashMap<>();

  private final Set<Integer> unused = new TreeSet<>();

  /** All of {@code mm} is forgotten before it is used again. */
  void leftToUse(int mm) {
    unused.add(mm);
  }

  void opened(int mm, PageRange range) {
    open.computeIfAbsent(mm, absent -> new ArrayList<>()).add(range);
  }

  /** Closes one window of exactly that range; if there is none, all that lie within. */
  void closed(int mm, PageRange range) {
    if (range.isAll()) {
      unused.remove(mm);
    }
    List<PageRange> windows = open.get(mm);
    if (windows == null) {
      return;
    }
    if (!windows.remove(range)) {
      windows.removeIf(
          window ->
              window.firstPage() >= range.firstPage() && window.endPage() <= range.endPage());
    }
    if (windows.isEmpty()) {
      open.remove(mm);
    }
  }

  /** Whether {@code holder} may hold a stale entry for that page, used or not: never a CPU. */
  boolean allowHolding(Agent holder, int mm, long page) {
    return !holder.isCpu() && unused.contains(mm) || allow(holder, mm, page);
  }

  /** Whether {@code holder} may use a stale entry for that page: never a CPU. */
  boolean allow(Agent holder, int mm, long page) {
    if (open.isEmpty() || holder.isCpu()) {
      return false;
    }
    for (PageRange window : open.getOrDefault(mm, List.of())) {
      if (window.contains(page)) {
        return true;
      }
    }
    return false;
  }
}
