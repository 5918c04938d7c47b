package dev.shootdown.kernel.notifier;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.MachineFact;
import java.util.List;

/** The two flushes that a path can call for, as the architecture and the IOMMU driver do them. */
public interface FlushRules {
  /**
   * An empty range at the very top of the address space: what mmu_gather's nested flush passed to
   * secondary TLBs as (~0, ~0) before Linux 6.6. Drivers decoded it differently, none as intended
   * (Jann Horn, 2022-09-23).
   */
  PageRange TOP = new PageRange(PageRange.ALL_PAGES, 0);

  /** Whether devices still translate through the address space. */
  enum Binding {
    /** Those that are bound do. */
    BOUND,
    /** This flush takes it away from them for good (mmu_notifier_release). */
    RELEASING,
    /** None does any more, and no driver hears of a flush. */
    RELEASED
  }

  /**
   * What is to be flushed.
   *
   * @param operation the operation that wants it
   * @param freedTables whether page-table pages may be freed, which concerns lazy CPUs as well
   * @param strideOrder 0 if the range is counted in 4 KiB pages, 9 if in 2 MiB pages
   * @param binding what the devices of the address space are to it
   */
  record Job(
      long operation, int mm, PageRange range, boolean freedTables, int strideOrder,
      Binding binding) {
    /** A flush with devices bound. */
    public Job(
        long operation, int mm, PageRange range, boolean freedTables, int strideOrder) {
      this(operation, mm, range, freedTables, strideOrder, Binding.BOUND);
    }

    /** A range of 4 KiB pages, with devices bound. */
    public Job(long operation, int mm, PageRange range, boolean freedTables) {
      this(operation, mm, range, freedTables, 0);
    }

    /** The same over another range. */
    public Job over(PageRange other) {
      return new Job(operation, mm, other, freedTables, strideOrder, binding);
    }

    /** The same of another address space, or of a PASID that an address space was given. */
    public Job of(int other) {
      return new Job(operation, other, range, freedTables, strideOrder, binding);
    }

    /** The same with devices that are bound otherwise. */
    public Job with(Binding other) {
      return new Job(operation, mm, range, freedTables, strideOrder, other);
    }
  }

  /** CPU-FLUSH: returns when no CPU holds the range; in era C it flushes secondary TLBs as well. */
  Program cpuFlush(Job job);

  /** SEC-INV: returns when no IOMMU and no device holds the range. */
  Program secondaryFlush(Job job);

  /**
   * One entry was queued for a batched flush (Linux {@code arch_tlbbatch_add_pending}). In era C
   * x86 flushes secondary TLBs here, all of them, for each entry; arm64 issues its TLBI.
   */
  Program batchAdd(Job job);

  /** The batch is flushed from the CPUs (Linux {@code arch_tlbbatch_flush}). */
  Program batchFlush(Job job);

  /**
   * An entry gained a right (Linux {@code ptep_set_access_flags}): nothing on x86, where a spurious
   * fault repairs it; a page flush on arm64.
   */
  Program upgraded(Job job);

  /**
   * Returns when each CPU has had its interrupts on since (Linux {@code
   * tlb_remove_table_sync_one}): whoever walked page tables with interrupts off then doesn't any
   * more.
   */
  Program syncWalkers();

  /**
   * Whether page-table pages of an mmu_gather are freed only when those have left who walk with
   * interrupts off (MMU_GATHER_RCU_TABLE_FREE). Where the flush interrupts whoever may walk, it has
   * waited for them already.
   */
  boolean freesTablesLate();

  /**
   * Whether a CPU that takes up another address space leaves the mask of the one that it had; if
   * not, it stays there as a lazy one does, until a flush finds it.
   */
  default boolean leavesMask() {
    return true;
  }

  /** No timer is due at any time. */
  long NEVER_PS = Long.MAX_VALUE;

  /**
   * The range is to be flushed from secondary TLBs later, and the caller goes on.
   *
   * <p>A driver without a queue flushes at once, which is what the default does. Whoever defers
   * states {@link MachineFact.StaleWindowOpened} for the range, once, and {@link
   * MachineFact.StaleWindowClosed} when its flush is done.
   */
  default Program defer(Job job) {
    return new GivenSteps(
        List.of(
            new Program.Note(new MachineFact.StaleWindowOpened(job.mm(), job.range())),
            new Program.Run(secondaryFlush(job)),
            new Program.Note(new MachineFact.StaleWindowClosed(job.mm(), job.range()))));
  }

  /**
   * When what this CPU deferred has to be flushed at the latest, in ps; {@link #NEVER_PS} if
   * nothing is deferred.
   */
  default long timerPs() {
    return NEVER_PS;
  }

  /** The timer's work when it is due: flushes what was deferred. */
  default Program timer() {
    return new GivenSteps(List.of());
  }
}
