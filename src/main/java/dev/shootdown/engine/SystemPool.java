package dev.shootdown.engine;

import java.util.Optional;

/**
 * Actor systems that outlive a run, because starting one takes a hundred times longer than starting
 * a machine of ten parts. A system is lent to one run at a time, so two runs never meet.
 */
public final class SystemPool implements AutoCloseable {
  /** How a message gets from the loop to an actor. */
  public enum HandOver {
    /** Straight to an idle actor, on the partition's thread. */
    DIRECT,
    /** Through Pekko's mailbox and the partition's executor. */
    MAILBOX
  }

  private final Slots slots;
  private final boolean owning;
  private final Optional<Distribution> distribution;
  private final Optional<RunWatch> watch;

  private SystemPool(
      Slots slots, boolean owning, Optional<Distribution> distribution,
      Optional<RunWatch> watch) {
    this.slots = slots;
    this.owning = owning;
    this.distribution = distribution;
    this.watch = watch;
  }

  /** A pool whose systems hand over as told. */
  public SystemPool(HandOver handOver) {
    this(new Slots(handOver), true, Optional.empty(), Optional.empty());
  }

  /** A pool with the direct hand-over. */
  public SystemPool() {
    this(HandOver.DIRECT);
  }

  /**
   * The same systems, for runs that share their partitions with other nodes. Closing what is
   * returned leaves them to this pool.
   */
  public SystemPool across(Distribution among) {
    return new SystemPool(slots, false, Optional.of(among), watch);
  }

  /**
   * The same systems, of whose runs each is shown to {@code watching}. Closing what is returned
   * leaves them to this pool.
   */
  public SystemPool watchedBy(RunWatch watching) {
    return new SystemPool(slots, false, distribution, Optional.of(watching));
  }

  Slots slots() {
    return slots;
  }

  Optional<Distribution> distribution() {
    return distribution;
  }

  Optional<RunWatch> watch() {
    return watch;
  }

  /** The version of Pekko that runs underneath, for a result's manifest. */
  public static String pekkoVersion() {
    return org.apache.pekko.Version.current();
  }

  @Override
  public void close() {
    if (owning) {
      slots.close();
    }
  }
}
