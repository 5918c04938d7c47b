package dev.shootdown.check;

import dev.shootdown.address.PageRange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The announced windows of deferred flushes in which devices may use what is gone. */
final class StaleWindows {
  private final Map<Integer, List<PageRange>> open = new LinkedHashMap<>();

  void opened(int mm, PageRange range) {
    open.computeIfAbsent(mm, absent -> new ArrayList<>()).add(range);
  }

  /** Closes one window of exactly that range; if there is none, all that lie within. */
  void closed(int mm, PageRange range) {
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
