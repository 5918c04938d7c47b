package dev.shootdown.engine;

import java.util.List;
import java.util.Optional;

/**
 * What came out of a run.
 *
 * @param endPs virtual time of the last event, in ps
 * @param events delivered messages and timers
 * @param fingerprint digest over every component's facts
 * @param failure why the run failed inside, if it did
 * @param complete false if it was stopped or ran into its time limit with events left
 * @param windows how the partitions advanced
 */
public record RunOutcome(
    long endPs,
    long events,
    Fingerprint fingerprint,
    Optional<Failure> failure,
    boolean complete,
    Windows windows) {

  /**
   * How the partitions advanced.
   *
   * @param count windows of virtual time, 1 for a single partition
   * @param lookaheadPs length of a window in ps
   * @param eventsByPartition events that each partition's thread ran, its own parts' or all
   */
  public record Windows(long count, long lookaheadPs, List<Long> eventsByPartition) {}
}
