package dev.shootdown.replay;

import java.util.TreeMap;

/**
 * Which of the recorded faults break copy on write, and copy.
 *
 * <p>A write to a present page faults because the page is shared: with the page cache, or after
 * fork. Whoever writes first copies, which replaces the entry and needs a flush; the other one then
 * finds itself alone and keeps the page, which needs none. Forks are not among the recorded causes,
 * so this is told from whose turn it is, page by page. A space that is alone because its child
 * exited is taken for one that copies.
 */
final class CopyOnWrite {
  private final TreeMap<Long, Integer> copiedBy = new TreeMap<>();

  /** Whether this fault, of {@code space}, copies. */
  boolean copies(FaultCause fault, int space) {
    if (fault.missing() || !fault.write()) {
      return false;
    }
    long page = fault.address() >>> 12;
    Integer before = copiedBy.get(page);
    if (before != null && before != space) {
      copiedBy.remove(page);
      return false;
    }
    copiedBy.put(page, space);
    return true;
  }
}
