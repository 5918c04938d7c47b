package dev.shootdown.replay;

import dev.shootdown.address.PageRange;
import java.util.Map;
import java.util.TreeMap;

/** Where a yes-or-no advice of madvise holds in one address space. */
final class Advice {
  /** From the first page on, until the next entry. */
  private final TreeMap<Long, Boolean> fromPage = new TreeMap<>();

  /** The advice, or its opposite, was given for a range. */
  void give(PageRange range, boolean wanted) {
    Map.Entry<Long, Boolean> before = fromPage.floorEntry(range.endPage());
    boolean after = before != null && before.getValue();
    fromPage.subMap(range.firstPage(), true, range.endPage(), true).clear();
    fromPage.put(range.firstPage(), wanted);
    fromPage.put(range.endPage(), after);
  }

  /** Whether it holds for all of the range, which was advised in one piece. */
  boolean covers(PageRange range) {
    Map.Entry<Long, Boolean> advice = fromPage.floorEntry(range.firstPage());
    Long changes = fromPage.higherKey(range.firstPage());
    return advice != null && advice.getValue()
        && (changes == null || changes >= range.endPage());
  }

  void copy(Advice other) {
    fromPage.putAll(other.fromPage);
  }

  void clear() {
    fromPage.clear();
  }
}
