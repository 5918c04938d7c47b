package dev.shootdown.replay;

import dev.shootdown.address.PageRange;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which of the recorded faults break copy on write, and copy.
 *
 * <p>A write to a present page faults because the page is shared: with the page cache, or after
 * fork. Whoever writes first copies, which replaces the entry and needs a flush; whoever is the
 * last to have the page keeps it, which needs none. If the fork was recorded, it is known who has a
 * page. If not, two are taken to have it, and a space that is alone because its child exited is
 * taken for one that copies.
 */
final class CopyOnWrite {
  private final TreeMap<Long, Integer> copiedBy = new TreeMap<>();
  /** The spaces that share a page since a fork that was recorded. */
  private final TreeMap<Long, TreeSet<Integer>> sharers = new TreeMap<>();

  /** What a write to a present page leads to. */
  enum Outcome {
    /** The page is left to who has it alone, or it was no such fault. */
    KEEP,
    /** It is copied, and the recording does not say with whom it was shared. */
    COPY,
    /** It is copied from a page that a recorded fork shared. */
    COPY_SHARED
  }

  /** {@code parent} shares what it has in {@code run} with {@code child}. */
  void forked(PageRange run, int parent, int child) {
    for (long page = run.firstPage(); page < run.endPage(); page++) {
      TreeSet<Integer> all = sharers.computeIfAbsent(page, key -> new TreeSet<>());
      if (!all.contains(parent)) {
        all.clear(); // a page that the parent has got anew since
        all.add(parent);
      }
      all.add(child);
    }
  }

  /** Nothing is mapped in {@code space} any more. */
  void gone(int space) {
    sharers.values().forEach(all -> all.remove(space));
    sharers.values().removeIf(TreeSet::isEmpty);
  }

  /** {@code space} has nothing of the range any more. */
  void dropped(PageRange range, int space) {
    if (range.pages() > 0) {
      sharers.subMap(range.firstPage(), range.endPage()).values()
          .forEach(all -> all.remove(space));
    }
  }

  /** Whether {@code space} has to leave the range read-only, for others have some of it too. */
  boolean isShared(PageRange range, int space) {
    return range.pages() > 0 && sharers.subMap(range.firstPage(), range.endPage()).values()
        .stream().anyMatch(all -> all.size() > 1 && all.contains(space));
  }

  /** What this fault, of {@code space}, leads to. */
  Outcome of(FaultCause fault, int space) {
    if (fault.missing() || !fault.write()) {
      return Outcome.KEEP;
    }
    long page = fault.address() >>> 12;
    TreeSet<Integer> all = sharers.get(page);
    if (all != null && all.remove(space)) {
      return all.isEmpty() ? Outcome.KEEP : Outcome.COPY_SHARED;
    }
    Integer before = copiedBy.get(page);
    if (before != null && before != space) {
      copiedBy.remove(page);
      return Outcome.KEEP;
    }
    copiedBy.put(page, space);
    return Outcome.COPY;
  }
}
