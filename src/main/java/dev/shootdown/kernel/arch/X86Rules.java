package dev.shootdown.kernel.arch;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.protocol.Program;
import java.util.function.Function;

/** x86's flush rules on one CPU, with the secondary flush where the era puts it. */
public final class X86Rules implements FlushRules {
  private final Place place;
  private final ArchSpec spec;
  private final boolean paravirtual;

  /**
   * Rules for CPU {@code cpu}.
   *
   * @param ceilingPages tlb_single_page_flush_ceiling: more pages than this are a full flush
   * @param secondary the IOMMU driver's flush
   */
  public X86Rules(
      int cpu, KernelMap map, long ceilingPages, Era era, Function<Job, Program> secondary) {
    this(
        new Place(cpu, cpu + 1, map, era, secondary),
        ArchSpec.of(Arch.X86).withFlushCeiling(Math.toIntExact(ceilingPages)), false);
  }

  X86Rules(Place place, ArchSpec spec, boolean paravirtual) {
    this.place = place;
    this.spec = spec;
    this.paravirtual = paravirtual;
  }

  @Override
  public Program cpuFlush(Job job) {
    return flush(job, widened(job, spec), place.isSecondaryInside());
  }

  /** The range, or everything if it takes more instructions than the ceiling. */
  static PageRange widened(Job job, ArchSpec spec) {
    return Place.strides(job) > spec.flushCeiling() ? PageRange.ALL : job.range();
  }

  private Program flush(Job job, PageRange flushed, boolean secondary) {
    return new X86Flush(
        job, place,
        new X86Flush.Manner(flushed, paravirtual, secondary, spec));
  }

  @Override
  public Program secondaryFlush(Job job) {
    return place.secondary().apply(job);
  }

  @Override
  public Program batchAdd(Job job) {
    return addToBatch(job, place);
  }

  /** In era C all of the address space is flushed from secondary TLBs, for each entry. */
  static Program addToBatch(Job job, Place place) {
    if (!place.isSecondaryInside()) {
      return Sequence.nothing();
    }
    return place.secondary().apply(job.over(PageRange.ALL));
  }

  /** A batch remembers CPUs, and no pages: all of it is flushed. */
  @Override
  public Program batchFlush(Job job) {
    return flush(job, PageRange.ALL, false);
  }

  @Override
  public Program upgraded(Job job) {
    return Sequence.nothing();
  }

  @Override
  public boolean leavesMask() {
    return !spec.keepMask();
  }

  @Override
  public Program syncWalkers() {
    return place.syncWalkers();
  }

  /**
   * Only as a guest, where the hypervisor flushes vCPUs that have interrupts off or don't run. (So
   * up to Linux 6.14; since then always: "x86/mm: make MMU_GATHER_RCU_TABLE_FREE unconditional".)
   */
  @Override
  public boolean freesTablesLate() {
    return paravirtual;
  }
}
