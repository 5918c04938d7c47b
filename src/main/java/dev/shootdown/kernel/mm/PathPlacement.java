package dev.shootdown.kernel.mm;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.Policy;
import dev.shootdown.kernel.notifier.Policy.Change;
import dev.shootdown.kernel.notifier.Policy.Flush;
import dev.shootdown.kernel.notifier.Policy.Point;
import dev.shootdown.protocol.KernelWords.Visit;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** Puts the secondary flush where a policy wants it, in any path. */
final class PathPlacement {
  private final PathRun run;
  private final PathLocks locks;
  private final List<Flush> flushes;
  private final PageRange[] owed;
  private final Deque<Bracket> brackets = new ArrayDeque<>();

  /** An open bracket, and what each flush that comes at its end has to reach. */
  private record Bracket(PageRange range, PageRange[] seen) {}

  PathPlacement(PathRun run, PathLocks locks) {
    this.run = run;
    this.locks = locks;
    this.flushes = run.setup().placement().policy().flushes();
    this.owed = nothing();
  }

  private PageRange[] nothing() {
    PageRange[] nothing = new PageRange[flushes.size()];
    Arrays.fill(nothing, PathJob.NOWHERE);
    return nothing;
  }

  /** Whether a visit that takes rights away has to keep its lock for the flush. */
  boolean needsLock(Visit visit) {
    return flushes.stream().anyMatch(
        flush -> flush.at() == Point.UNDER_PTL && flush.follows(change(visit)));
  }

  private static Change change(Visit visit) {
    return switch (visit) {
      case CLEAR, MIGRATION, SWAP, PMD_CLEAR -> Change.CLEAR;
      case REPOINT, REPOINT_READ_ONLY -> Change.REPOINT;
      case MOVE, PMD_MOVE -> Change.MOVE;
      default -> Change.DOWNGRADE;
    };
  }

  /**
   * A visit took rights to {@code taken} away.
   *
   * @param unlock whether the lock was kept only for what is done here, and is given back then
   */
  void rightsTaken(Visit visit, PageRange taken, boolean unlock) {
    if (taken.pages() > 0) {
      for (int i = 0; i < flushes.size(); i++) {
        if (flushes.get(i).follows(change(visit))) {
          called(i, taken);
        }
      }
    }
    if (unlock) {
      locks.unlockTable();
    } else if (!run.locked) {
      unlocked();
    }
  }

  private void called(int index, PageRange taken) {
    Flush flush = flushes.get(index);
    if (flush.at() == Point.UNDER_PTL) {
      carryOut(flush, taken);
    } else if (flush.at() == Point.AFTER_PTL) {
      owed[index] = owed[index].hull(taken);
    } else if (!brackets.isEmpty()) {
      PageRange[] seen = brackets.peek().seen();
      seen[index] = seen[index].hull(taken);
    }
  }

  /** The page-table lock has been dropped. */
  void unlocked() {
    for (int i = 0; i < flushes.size(); i++) {
      if (owed[i].pages() > 0) {
        PageRange changed = owed[i];
        owed[i] = PathJob.NOWHERE;
        carryOut(flushes.get(i), changed);
      }
    }
  }

  /** The bracket over {@code range} has begun. */
  void bracketStarts(PageRange range) {
    brackets.push(new Bracket(range, nothing()));
    for (Flush flush : flushes) {
      if (flush.at() == Point.AT_START) {
        carryOut(flush, range);
      }
    }
  }

  /** The innermost bracket is about to end. */
  void bracketEnds() {
    Bracket bracket = brackets.peek();
    for (int i = 0; i < flushes.size(); i++) {
      Flush flush = flushes.get(i);
      PageRange changed = bracket.seen()[i];
      if (flush.at() == Point.AT_END && (changed.pages() > 0 || !flush.isOfChanges())) {
        carryOut(flush, changed);
      }
    }
    brackets.pop();
  }

  private void carryOut(Flush flush, PageRange changed) {
    PageRange range = switch (flush.range()) {
      case CHANGED -> changed;
      case BRACKET -> brackets.isEmpty() ? changed : brackets.peek().range();
      case ALL -> PageRange.ALL;
    };
    if (!flush.queued()) {
      run.flushSecondary(range);
    } else if (!run.released) {
      run.run(run.setup().rules().defer(run.flush(range, false)));
    }
  }
}
