package dev.shootdown.check;

import dev.shootdown.trace.MachineFact;
import java.util.OptionalLong;

/** A translation that a component holds, and since when it has been stale. */
final class Holding {
  final String holder;
  final MachineFact.Filled fill;
  final long filledAtPs;
  private StaleUse.Pte staleBy;
  private long staleSincePs;

  Holding(String holder, MachineFact.Filled fill, long filledAtPs) {
    this.holder = holder;
    this.fill = fill;
    this.filledAtPs = filledAtPs;
  }

  /** The latest change that it missed, or null if it is not stale. */
  StaleUse.Pte staleBy() {
    return staleBy;
  }

  /** Makes it stale if {@code change} took away something that it still grants. */
  void changed(StaleUse.Pte change, long pfn) {
    boolean grantsMore =
        change.change() != MachineFact.Change.PROTECTED || fill.writable();
    if (pfn == fill.pfn() && fill.readAtPs() <= change.atPs() && grantsMore) {
      staleSincePs = staleBy == null ? Math.max(change.atPs(), filledAtPs) : staleSincePs;
      staleBy = change;
    }
  }

  /** From when it has been held though stale, in ps: counted from the first change it missed. */
  long staleSincePs() {
    return staleSincePs;
  }

  StaleUse.Entry entry() {
    return new StaleUse.Entry(
        holder, fill.mm(), fill.page(), fill.pfn(), OptionalLong.of(filledAtPs),
        OptionalLong.of(fill.readAtPs()));
  }
}
