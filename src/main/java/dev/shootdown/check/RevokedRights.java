package dev.shootdown.check;

import dev.shootdown.address.PageRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which rights of an address space's pages were taken away last, by which call. */
final class RevokedRights {
  private static final int KEPT = 1 << 16;

  /** A call, and until when it looked. */
  private record Call(StaleUse.Free deed, RevokedRightLooks.Until looked) {
    /** When the call last looked at the page, or returned, if that was before. */
    long lookedPs(long page) {
      return Math.min(deed.atPs(), looked.atPs(page));
    }

    /** Whether it looked at all pages after {@code other} had returned. */
    boolean outdoes(Call other) {
      return Math.min(deed.atPs(), looked.leastPs()) >= other.deed().atPs();
    }
  }

  /** Pages up to {@code endPage}, and the calls that took rights away there, the last one first. */
  private record Stretch(long endPage, List<Call> calls) {
    Stretch until(long page) {
      return new Stretch(page, calls);
    }

    StaleUse.Free last() {
      return calls.get(0).deed();
    }

    /** The same after another call; those that looked no later than it are forgotten. */
    Stretch and(Call call) {
      List<Call> all = new ArrayList<>();
      all.add(call);
      calls.stream().filter(earlier -> !call.outdoes(earlier)).forEach(all::add);
      return new Stretch(endPage, List.copyOf(all));
    }
  }

  private final TreeMap<Long, Stretch> stretches = new TreeMap<>();

  /**
   * A call took them away for {@code range}. It takes the place of an earlier one there, unless it
   * had looked before that returned: what the earlier one saw it answers for.
   */
  void revoke(PageRange range, StaleUse.Free deed, RevokedRightLooks.Until looked) {
    if (range.pages() == 0) {
      return;
    }
    Call call = new Call(deed, looked);
    cut(range.firstPage());
    cut(range.endPage());
    Map<Long, Stretch> there = stretches.subMap(range.firstPage(), range.endPage());
    there.replaceAll((page, stretch) -> stretch.and(call));
    if (there.values().stream().allMatch(stretch -> stretch.calls().size() == 1)) {
      there.clear();
      there.put(range.firstPage(), new Stretch(range.endPage(), List.of(call)));
    } else {
      fill(range, call, new ArrayList<>(there.entrySet()));
    }
    if (stretches.size() > KEPT) {
      forgetOldest();
    }
  }

  /** The pages of {@code range} that no earlier call was about. */
  private void fill(PageRange range, Call call, List<Map.Entry<Long, Stretch>> there) {
    long page = range.firstPage();
    for (Map.Entry<Long, Stretch> known : there) {
      if (known.getKey() > page) {
        stretches.put(page, new Stretch(known.getKey(), List.of(call)));
      }
      page = known.getValue().endPage();
    }
    if (page < range.endPage()) {
      stretches.put(page, new Stretch(range.endPage(), List.of(call)));
    }
  }

  /** The last call that took them away there and had not looked before {@code ps}, or null. */
  StaleUse.Free of(long page, long ps) {
    Map.Entry<Long, Stretch> before = stretches.floorEntry(page);
    if (before == null || before.getValue().endPage() <= page) {
      return null;
    }
    for (Call call : before.getValue().calls()) {
      if (ps <= call.lookedPs(page)) {
        return call.deed();
      }
    }
    return null;
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
        stretches.values().stream().mapToLong(stretch -> stretch.last().atPs()).sorted().toArray();
    long medianPs = times[times.length / 2];
    stretches.values().removeIf(stretch -> stretch.last().atPs() <= medianPs);
  }
}
