package dev.shootdown.kernel.notifier;

import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where the flush of secondary TLBs sits: where a path's own steps say, or in the same places of
 * all paths alike, so that placements can be compared.
 *
 * <p>What an era can't have follows from what its kernels offered, after the commits 1897bdc4d331,
 * 0f10851ea475, 4645b9fe84bf, ea25c4317946 and 6bbd42e2df8f.
 *
 * @param name as scenarios write it
 * @param title one line for a person
 * @param order its place among the others
 * @param ownSteps whether a path's own secondary flushes are carried out
 * @param flushes what is flushed in every path beside them
 * @param subscribers when subscribers hear of a bracket
 * @param eras the eras that have it
 */
public record Policy(
    String name, String title, int order, boolean ownSteps, List<Flush> flushes,
    Subscribers subscribers, Set<Era> eras) {
  /** As they are listed. */
  public static final Comparator<Policy> BY_ORDER =
      Comparator.comparingInt(Policy::order).thenComparing(Policy::name);

  /** The path's own steps decide: what a kernel does as it was shipped. */
  public static final Policy ERA =
      new Policy(
          "era", "where the path's own steps say", 1, true, List.of(), Subscribers.AROUND,
          EnumSet.allOf(Era.class));

  /** A place for a flush. */
  public enum Point {
    /** After a change that takes rights away, before the page-table lock is dropped. */
    UNDER_PTL,
    /** As soon as the page-table lock is dropped. */
    AFTER_PTL,
    /** When a bracket begins, behind its subscribers. */
    AT_START,
    /** When a bracket ends, before its subscribers. */
    AT_END,
    /** Inside the architecture's CPU flush. */
    CPU_FLUSH
  }

  /** How far a flush reaches. */
  public enum Width {
    /** What was changed since the last flush of that place. */
    CHANGED,
    /** The innermost bracket's range; outside of any, what was changed. */
    BRACKET,
    /** The whole address space. */
    ALL
  }

  /** What a path does to entries that takes rights away. */
  public enum Change {
    /** Taken out: the page may go, or another may come in its place. */
    CLEAR,
    /** Made to name another page without having been taken out before. */
    REPOINT,
    /** Moved to another address. */
    MOVE,
    /** The same page with less rights. */
    DOWNGRADE
  }

  /** When subscribers hear of a bracket. */
  public enum Subscribers {
    /** At its start and at its end. */
    AROUND,
    /** Of both at its end, when all is done already (invalidate_page). */
    AT_END,
    /** Not at all. */
    NEVER
  }

  /**
   * One flush.
   *
   * @param after the changes that call for it; empty for all
   * @param queued whether it is handed to the driver's queue, and the path goes on
   */
  public record Flush(Point at, Set<Change> after, Width range, boolean queued) {
    /** A flush at once, after all changes, of the width that is usual there. */
    public static Flush of(Point at) {
      return new Flush(at, EnumSet.noneOf(Change.class), usual(at), false);
    }

    /** How far a flush reaches that doesn't say. */
    public static Width usual(Point at) {
      return at == Point.AT_START || at == Point.AT_END ? Width.BRACKET : Width.CHANGED;
    }

    /** Copies the set. */
    public Flush {
      after = after.isEmpty() ? EnumSet.noneOf(Change.class) : EnumSet.copyOf(after);
    }

    /** Whether {@code change} calls for it. */
    public boolean follows(Change change) {
      return after.isEmpty() || after.contains(change);
    }

    /** Whether it needs changes, and comes only if there were any. */
    public boolean isOfChanges() {
      return !after.isEmpty() || range == Width.CHANGED;
    }

    private boolean isEraA() {
      return at == Point.AT_END && !queued && !isOfChanges();
    }
  }

  /** Copies the collections. */
  public Policy {
    flushes = List.copyOf(flushes);
    eras = eras.isEmpty() ? EnumSet.noneOf(Era.class) : EnumSet.copyOf(eras);
  }

  /** Whether nothing but the path's own steps and the architecture decide, as shipped. */
  public boolean keepsOwnSteps() {
    return ownSteps && flushes.stream().allMatch(flush -> flush.at() == Point.CPU_FLUSH)
        && subscribers == Subscribers.AROUND;
  }

  /** Whether it is a flush at {@code point} alone, at once and after all changes. */
  public boolean isJust(Point point) {
    return !ownSteps && flushes.equals(List.of(Flush.of(point)))
        && subscribers == Subscribers.AROUND;
  }

  /** Whether anything is handed to a driver's queue. */
  public boolean defers() {
    return flushes.stream().anyMatch(Flush::queued);
  }

  /** Why no kernel of {@code era} can have this policy; empty if one can. */
  public Optional<String> reasonAgainst(Era era) {
    Optional<String> impossible = impossibleIn(era);
    return impossible.isPresent() || eras.contains(era)
        ? impossible : Optional.of("it is for eras " + eras + " only");
  }

  /** What the kernels of {@code era} lack for it, whatever {@link #eras} says. */
  Optional<String> impossibleIn(Era era) {
    boolean byArch = flushes.stream().anyMatch(flush -> flush.at() == Point.CPU_FLUSH);
    if (era == Era.C && !byArch && !ownSteps) {
      return Optional.of(
          "era C flushes secondary TLBs inside the CPU flush and has no callback elsewhere"
              + " (6bbd42e2df8f)");
    }
    if (era != Era.C && byArch) {
      return Optional.of(
          "before era C the architecture's CPU flush doesn't reach secondary TLBs (6bbd42e2df8f)");
    }
    if (era == Era.A && !ownSteps && flushes.stream().noneMatch(Flush::isEraA)) {
      return Optional.of(
          "in era A every bracket ends with a flush; only_end came with era B (4645b9fe84bf)");
    }
    return era != Era.A && subscribers == Subscribers.AT_END
        ? Optional.of("since era B every callback has a start before the change (ea25c4317946)")
        : Optional.empty();
  }
}
