package dev.shootdown.hardware.vcpu;

import java.util.List;

/**
 * A guest's program: a list of actions, done a number of times.
 *
 * @param rounds how often, ≥ 1; {@link #FOR_EVER} to the end of the run
 * @param untilPs from when no further round begins, in ps
 */
public record GuestWork(List<GuestAction> actions, long rounds, long untilPs) {
  /** Never ends by itself. */
  public static final long FOR_EVER = Long.MAX_VALUE;

  /** A number of rounds, however long they take. */
  public GuestWork(List<GuestAction> actions, long rounds) {
    this(actions, rounds, Long.MAX_VALUE);
  }

  /** Keeps a copy, and refuses a program that would go round doing nothing. */
  public GuestWork {
    actions = List.copyOf(actions);
    if (rounds < 1) {
      throw new IllegalArgumentException("work is done at least once, not " + rounds + " times");
    }
  }
}
