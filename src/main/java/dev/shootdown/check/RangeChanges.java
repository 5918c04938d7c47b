package dev.shootdown.check;

import dev.shootdown.address.PageRange;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which ranges of page tables were changed of late, numbered in the order of the changes. */
final class RangeChanges {
  /**
   * All address spaces: how facts name an invalidation without a PASID, which drops what is tagged
   * with any as well (Linux 6.12, arm_smmu_atc_inv_to_cmd()).
   */
  static final int ANY = -1;

  private static final int KEPT = 1024;

  private record Change(long number, PageRange range) {}

  private final Map<Integer, Deque<Change>> byMm = new LinkedHashMap<>();
  private final Map<Integer, Long> forgotten = new LinkedHashMap<>();
  private long changes;

  void changed(int mm, List<Long> pages) {
    if (pages.isEmpty()) {
      return;
    }
    long first = pages.get(0);
    long last = first;
    for (long page : pages) {
      first = Math.min(first, page);
      last = Math.max(last, page);
    }
    Deque<Change> own = byMm.computeIfAbsent(mm, absent -> new ArrayDeque<>());
    own.addLast(new Change(++changes, new PageRange(first, last - first + 1)));
    if (own.size() > KEPT) {
      forgotten.put(mm, own.removeFirst().number());
    }
  }

  /** The number of the latest change. */
  long now() {
    return changes;
  }

  /**
   * Whether a page in {@code range} may have changed after change {@code number}.
   *
   * @param mm {@link #ANY} for any address space
   */
  boolean changedSince(long number, int mm, PageRange range) {
    if (mm == ANY) {
      return byMm.keySet().stream().anyMatch(each -> changedSince(number, each, range));
    }
    Deque<Change> own = byMm.get(mm);
    if (own == null) {
      return false;
    }
    for (Iterator<Change> newest = own.descendingIterator(); newest.hasNext(); ) {
      Change change = newest.next();
      if (change.number() <= number) {
        return false;
      }
      if (change.range().overlaps(range)) {
        return true;
      }
    }
    return forgotten.getOrDefault(mm, -1L) > number;
  }
}
