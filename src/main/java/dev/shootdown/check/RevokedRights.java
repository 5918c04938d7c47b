package dev.shootdown.check;

import dev.shootdown.address.PageRange;
import java.util.Map;
import java.util.TreeMap;

/** Which rights of an address space's pages were taken away last, by which call. */
final class RevokedRights {
  private static final int KEPT = 1 << 16;

  private record Stretch(long endPage, StaleUse.Free deed, RevokedRightLooks.Until looked) {
    Stretch until(long page) {
      return new Stretch(page, deed, looked);
    }

    /** When the call last looked at the page, or returned, if that was before. */
    long lookedPs(long page) {
      return Math.min(deed.atPs(), looked.atPs(page));
    }
  }

  private final TreeMap<Long, Stretch> stretches = new TreeMap<>();

  /** A call took them away for {@code range}; it takes the place of earlier ones there. */
  void revoke(PageRange range, StaleUse.Free deed, RevokedRightLooks.Until looked) {
    if (range.pages() == 0) {
      return;
    }
    cut(range.firstPage());
    cut(range.endPage());
    stretches.subMap(range.firstPage(), range.endPage()).clear();
    stretches.put(range.firstPage(), new Stretch(range.endPage(), deed, looked));
    if (stretches.size() > KEPT) {
      forgetOldest();
    }
  }

  /** The call that took them away for that page and had not looked before {@code ps}, or null. */
  StaleUse.Free of(long page, long ps) {
    Map.Entry<Long, Stretch> before = stretches.floorEntry(page);
    return before != null && before.getValue().endPage() > page
            && ps <= before.getValue().lookedPs(page)
        ? before.getValue().deed()
        : null;
  }

  private void cut(long page) {
    Map.Entry<Long, Stretch> before = stretches.lowerEntry(page);
    if (before != null && before.getValue().endPage() > page) {
      stretches.put(page, before.getValue());
      stretches.put(before.getKey(), before.getValue().until(page));
    }
  }

  /** Half of them at once, so that it costs little per call. */
  private void forgetOldest() {
    long[] times =
        stretches.values().stream().mapToLong(stretch -> stretch.deed().atPs()).sorted().toArray();
    long medianPs = times[times.length / 2];
    stretches.values().removeIf(stretch -> stretch.deed().atPs() <= medianPs);
  }
}
