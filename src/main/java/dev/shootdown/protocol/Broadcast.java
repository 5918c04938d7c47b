package dev.shootdown.protocol;

import dev.shootdown.address.PageRange;

/**
 * Hardware propagates TLB invalidations by itself: arm64's TLBI over DVM messages, AMD's INVLPGB,
 * Power's tlbie.
 *
 * <ol>
 *   <li>A CPU issues instructions; they are asynchronous. The interconnect takes one message after
 *       the other and passes each on to all other CPUs of the domain.
 *   <li>A CPU forgets at once, without its program noticing, and acknowledges.
 *   <li>The issuer waits for everything that it has issued: DSB, TLBSYNC, ptesync.
 * </ol>
 *
 * <p>(Arm ARM, D8.17; AMD APM 3, INVLPGB and TLBSYNC; Power ISA III, 6.9.3.3.)
 */
public sealed interface Broadcast {
  /** Said by a CPU. */
  sealed interface ToInterconnect extends Broadcast {
    /** Calls the handler of this message. */
    void deliverTo(InterconnectSide side);
  }

  /** Said by the interconnect. */
  sealed interface ToCpu extends Broadcast {
    /** Calls the handler of this message. */
    void deliverTo(CpuSide side);
  }

  /** In place of an address space: all of them. */
  int EVERY_SPACE = -1;

  /** In place of a generation: the flush has none. */
  long NO_GENERATION = -1;

  /**
   * What is to be forgotten.
   *
   * @param mm the address space, or {@link #EVERY_SPACE}
   * @param generation the address space's flush generation afterwards, or {@link #NO_GENERATION};
   *     kernel software keeps it in step for CPUs that the instruction reaches
   * @param walks what becomes of paging-structure entries
   * @param globalIdOnly whether it names the address space by its global identifier, so that it
   *     misses CPUs that use another one
   */
  record What(
      int mm, PageRange range, long generation, FlushHandler.Walks walks, boolean globalIdOnly) {}

  /**
   * Instructions that a CPU has issued one after the other.
   *
   * @param instructions how many, ≥ 1; each occupies the interconnect
   */
  record Invalidate(int from, What what, int instructions) implements ToInterconnect {
    @Override
    public void deliverTo(InterconnectSide side) {
      side.on(this);
    }
  }

  /**
   * CPU {@code from} waits until all others have forgotten what it issued; answered by
   * {@link Synced}.
   *
   * @param issued how many messages of {@link Invalidate} that is since the beginning
   */
  record Sync(int from, long issued, long ticket) implements ToInterconnect {
    @Override
    public void deliverTo(InterconnectSide side) {
      side.on(this);
    }
  }

  /** Forget this; answered by {@link Forgotten}. */
  record Forget(long number, What what) implements ToCpu {
    @Override
    public void deliverTo(CpuSide side) {
      side.on(this);
    }
  }

  /** CPU {@code from} has forgotten what message {@code number} said. */
  record Forgotten(int from, long number) implements ToInterconnect {
    @Override
    public void deliverTo(InterconnectSide side) {
      side.on(this);
    }
  }

  /** All that was issued before the sync {@code ticket} is forgotten everywhere. */
  record Synced(long ticket) implements ToCpu {
    @Override
    public void deliverTo(CpuSide side) {
      side.on(this);
    }
  }

  /** What the interconnect listens to. */
  interface InterconnectSide {
    /** A CPU has issued invalidations. */
    void on(Invalidate invalidate);

    /** A CPU waits for its invalidations. */
    void on(Sync sync);

    /** A CPU has forgotten something. */
    void on(Forgotten forgotten);
  }

  /** What a CPU listens to. */
  interface CpuSide {
    /** Another CPU's invalidation. */
    void on(Forget forget);

    /** The CPU's own invalidations are done everywhere. */
    void on(Synced synced);
  }
}
