package dev.shootdown.audit;

import java.util.Optional;

/**
 * What came of a cell.
 *
 * @param why for {@link State#NOT_APPLICABLE} and {@link State#INCONCLUSIVE} the reason, else what
 *     was found; may be empty
 * @param shown the schedule that shows it, if one does
 */
public record CellResult(
    CellName name, State state, String why, Tried tried, Optional<Shown> shown, Cost cost) {
  /** What a cell can come to. */
  public enum State {
    /** No judge found anything in the schedules that were tried. */
    SAFE,
    /** A schedule violated memory or a protocol. */
    UNSAFE,
    /** A schedule has a request that is never served. */
    LIVELOCK,
    /** A run did not end or went wrong inside. */
    INCONCLUSIVE,
    /** There is no such thing. */
    NOT_APPLICABLE;

    /** As it is written. */
    public String text() {
      return switch (this) {
        case SAFE -> "safe";
        case UNSAFE -> "unsafe";
        case LIVELOCK -> "livelock";
        case INCONCLUSIVE -> "inconclusive";
        case NOT_APPLICABLE -> "n/a";
      };
    }

    /** The worse of the two, which is decided. */
    State or(State other) {
      return rank() >= other.rank() ? this : other;
    }

    private int rank() {
      return switch (this) {
        case UNSAFE -> 3;
        case LIVELOCK -> 2;
        case INCONCLUSIVE -> 1;
        default -> 0;
      };
    }
  }

  /**
   * How many schedules were run.
   *
   * @param late with one late message
   * @param drawn with drawn latencies, ties and starts
   * @param everyMessage whether every message of the list was late once
   * @param cleanWithout in how many schedules more nothing was found either with drivers that hear
   *     of no flush; 0 if something was, or if there is no flush
   */
  public record Tried(
      int schedules, int late, int drawn, boolean everyMessage, int cleanWithout) {
    /** None. */
    static final Tried NONE = new Tried(0, 0, 0, false, 0);
  }

  /**
   * A schedule that shows something.
   *
   * @param schedule its number, from 1 on
   * @param how what is special about it
   * @param verdict what it came to
   * @param witness the evidence as text; empty if the judge has none
   */
  public record Shown(int schedule, String how, String verdict, String witness) {}

  /** A cell that cannot be. */
  static CellResult notApplicable(CellName name, String why) {
    return new CellResult(
        name, State.NOT_APPLICABLE, why, Tried.NONE, Optional.empty(), Cost.NONE);
  }
}
