package dev.shootdown.kernel.mm;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.Policy;

/** Puts the secondary flush where a policy wants it, in any path. */
final class PathPlacement {
  private final PathRun run;
  private final PathLocks locks;
  private final Policy policy;
  private PageRange owed = PathJob.NOWHERE;

  PathPlacement(PathRun run, PathLocks locks) {
    this.run = run;
    this.locks = locks;
    this.policy = run.setup().placement().policy();
  }

  /** Whether a visit that takes rights away has to keep its lock for the flush. */
  boolean needsLock() {
    return policy.flushesUnderLock();
  }

  /**
   * A visit took rights to {@code taken} away.
   *
   * @param unlock whether the lock was kept only for what is done here, and is given back then
   */
  void rightsTaken(PageRange taken, boolean unlock) {
    if (taken.pages() > 0) {
      if (policy.flushesUnderLock()) {
        run.flushSecondary(taken);
      } else if (policy == Policy.AFTER_PTL) {
        owed = owed.hull(taken);
      }
    }
    if (unlock) {
      locks.unlockTable();
    } else if (!run.locked) {
      unlocked();
    }
  }

  /** The page-table lock has been dropped. */
  void unlocked() {
    if (owed.pages() > 0) {
      run.flushSecondary(owed);
      owed = PathJob.NOWHERE;
    }
  }

  /** The bracket over {@code range} is about to end. */
  void bracketEnds(PageRange range) {
    if (policy.flushesAtEnd()) {
      run.flushSecondary(range);
    } else if (policy == Policy.DEFERRED && !run.released) {
      run.run(run.setup().rules().defer(run.flush(range, false)));
    }
  }
}
