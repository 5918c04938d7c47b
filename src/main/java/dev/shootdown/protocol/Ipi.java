package dev.shootdown.protocol;

import dev.shootdown.address.PageRange;

/**
 * A CPU makes others flush their TLBs: x86's function-call interrupt, and a firmware's.
 *
 * <ol>
 *   <li>The initiator sends a flush request to each CPU that may hold entries.
 *   <li>A CPU takes the interrupt when it has interrupts on, flushes, and releases the call's lock.
 *   <li>The initiator waits until all locks are released. (Linux {@code
 *       smp_call_function_many_cond}, {@code flush_tlb_multi}.)
 * </ol>
 *
 * <p>Beside that it can look at another CPU's memory first, to spare it the interrupt: put the
 * request into its queue and interrupt only a CPU whose queue was empty ({@code llist_add}); flag a
 * vCPU that isn't running ({@code kvm_flush_tlb_multi}); or see which identifier it uses.
 */
public sealed interface Ipi {
  /** Calls the handler of this message. */
  void deliverTo(CpuSide side);

  /** Whether it takes the interrupt controllers' way, and not that of a cache line. */
  default boolean isInterrupt() {
    return false;
  }

  /**
   * A flush request and the interrupt for it.
   *
   * @param from the initiating CPU's number
   * @param operation the operation this belongs to, for the ledger
   */
  record Flush(int from, long operation, FlushHandler.Flush what) implements Ipi {
    /** A flush of {@code range} of {@code mm} that brings it to {@code generation}. */
    public Flush(int from, long operation, int mm, long generation, PageRange range) {
      this(from, operation, new FlushHandler.Flush(mm, generation, range));
    }

    @Override
    public boolean isInterrupt() {
      return true;
    }

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

  /** A flush request without an interrupt; answered by {@link Probed}. */
  record Queue(int from, long operation, FlushHandler.Flush what) implements Ipi {
    @Override
    public void deliverTo(CpuSide side) {
      side.on(this);
    }
  }

  /** An interrupt for whatever is in the queue. */
  record Kick(int from) implements Ipi {
    @Override
    public boolean isInterrupt() {
      return true;
    }

    @Override
    public void deliverTo(CpuSide side) {
      side.on(this);
    }
  }

  /** What one CPU can learn of another, or leave with it, without interrupting it. */
  enum Question {
    /** If you are preempted, flush everything before you run again. */
    FLUSH_ON_ENTRY,
    /** Do you use the address space by its global identifier, or not at all? */
    USES_GLOBAL_ID,
    /** Have you acknowledged? From a CPU that knows, and still has to fetch that cache line. */
    ACKNOWLEDGED
  }

  /** Asks about {@code mm}; answered by {@link Probed}. */
  record Probe(int from, Question question, int mm) implements Ipi {
    @Override
    public void deliverTo(CpuSide side) {
      side.on(this);
    }
  }

  /**
   * The answer of CPU {@code from}.
   *
   * @param settled whether it needs no interrupt: yes to a question; the queue wasn't empty
   */
  record Probed(int from, boolean settled) implements Ipi {
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

    /** Another CPU has put a flush into this one's queue. */
    void on(Queue queue);

    /** Another CPU wants this one to look into its queue. */
    void on(Kick kick);

    /** Another CPU looks at this one's state. */
    void on(Probe probe);

    /** What another CPU's state is. */
    void on(Probed probed);
  }
}
