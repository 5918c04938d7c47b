package dev.shootdown.kernel.mm;

import dev.shootdown.kernel.mm.PageTable.Leaf;
import java.util.List;

/**
 * One entry of a page table as time passes: what it is now for software that holds the lock, and
 * what a walker sees until the run under way gets to it.
 */
final class Slot {
  private Leaf now = Leaf.NONE;
  private Leaf before = Leaf.NONE;
  private long changesAtPs = Long.MIN_VALUE;
  private List<Slot> heirs = List.of();

  /** What software sees under the lock: the outcome of all runs granted so far. */
  Leaf now() {
    return now;
  }

  /** What stood there before the last change. */
  Leaf before() {
    return before;
  }

  /** What a walker sees at {@code atPs}. */
  Leaf at(long atPs) {
    return atPs < changesAtPs ? before : now;
  }

  /** From {@code atPs} on it is {@code leaf}. */
  void change(Leaf leaf, long atPs) {
    before = now;
    now = leaf;
    changesAtPs = atPs;
    heirs = List.of();
  }

  /** These entries take over the dirty bit, should a walker set it before the change. */
  void leaveDirtyTo(List<Slot> others) {
    heirs = others;
  }

  /**
   * A walker records a write at {@code atPs}, as the processor does in one go with its check.
   *
   * @return whether the dirty bit was not set before
   */
  boolean write(long atPs) {
    Leaf seen = at(atPs);
    if (!seen.isPresent() || !seen.writable() || seen.dirty()) {
      return false;
    }
    if (atPs < changesAtPs) {
      before = before.with(Leaf.DIRTY);
      heirs.forEach(heir -> heir.now = heir.now.with(Leaf.DIRTY));
    } else {
      now = now.with(Leaf.DIRTY);
    }
    return true;
  }
}
