package dev.shootdown.engine;

import java.util.Optional;

/**
 * How to run a blueprint; none of it but seed, tie order, end and epoch may change a result.
 *
 * @param seed the run seed that every component's dice derive from
 * @param tieSeed if present, permutes the order of components at equal times by a keyed hash
 * @param untilPs virtual time at which the run ends even if events are left, in ps, ≥ 1
 * @param epochPs length of a fingerprint epoch in ps, ≥ 1
 * @param workers worker threads, each with one partition, ≥ 1
 * @param stop raised to end the run early
 */
public record RunOptions(
    long seed, Optional<Long> tieSeed, long untilPs, long epochPs, int workers, StopFlag stop) {
  /** Seed 1, one worker, no limit on virtual time, epochs of 100 µs. */
  public static RunOptions plain() {
    return new RunOptions(
        1, Optional.empty(), Long.MAX_VALUE, 100_000_000L, 1, new StopFlag());
  }

  /** The same with another number of workers. */
  public RunOptions withWorkers(int count) {
    return new RunOptions(seed, tieSeed, untilPs, epochPs, count, stop);
  }

  /** The same with another seed. */
  public RunOptions withSeed(long newSeed) {
    return new RunOptions(newSeed, tieSeed, untilPs, epochPs, workers, stop);
  }
}
