package dev.shootdown.protocol;

import dev.shootdown.address.PageRange;

/**
 * A CPU makes others flush their TLBs: x86's function-call interrupt.
 *
 * <ol>
 *   <li>The initiator sends a flush request to each CPU that may hold entries.
 *   <li>A CPU takes the interrupt when it has interrupts on, flushes, and releases the call's lock.
 *   <li>The initiator waits until all locks are released. (Linux {@code
 *       smp_call_function_many_cond}, {@code flush_tlb_multi}.)
 * </ol>
 */
public sealed interface Ipi {
  /** Calls the handler of this message. */
  void deliverTo(CpuSide side);

  /**
   * Flush {@code range} of {@code mm}.
   *
   * @param from the initiating CPU's number
   * @param operation the operation this belongs to, for the ledger
   * @param generation the address space's flush generation after this flush
   * @param range what to flush; {@link PageRange#ALL} for everything
   */
  record Flush(int from, long operation, int mm, long generation, PageRange range)
      implements Ipi {
    @Override
    public void deliverTo(CpuSide side) {
      side.on(this);
    }
  }

  /** CPU {@code from} has flushed for {@code operation}. */
  record Done(int from, long operation) implements Ipi {
    @Override
    public void deliverTo(CpuSide side) {
      side.on(this);
    }
  }

  /** What a CPU listens to: it is initiator and target by turns. */
  interface CpuSide {
    /** Another CPU wants a flush. */
    void on(Flush flush);

    /** Another CPU has flushed. */
    void on(Done done);
  }
}
