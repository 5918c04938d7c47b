package dev.shootdown.kernel.arch;

import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.protocol.Program;
import java.util.function.Function;

/** x86's flush rules on one CPU, with the secondary flush where the era puts it. */
public final class X86Rules implements FlushRules {
  private final int cpu;
  private final KernelMap map;
  private final long ceilingPages;
  private final Era era;
  private final Function<Job, Program> secondary;

  /**
   * Rules for CPU {@code cpu}.
   *
   * @param ceilingPages tlb_single_page_flush_ceiling: more pages than this are a full flush
   * @param secondary the IOMMU driver's flush
   */
  public X86Rules(
      int cpu, KernelMap map, long ceilingPages, Era era, Function<Job, Program> secondary) {
    this.cpu = cpu;
    this.map = map;
    this.ceilingPages = ceilingPages;
    this.era = era;
    this.secondary = secondary;
  }

  @Override
  public Program cpuFlush(Job job) {
    return new X86Flush(job, cpu, map, ceilingPages, era, secondary);
  }

  @Override
  public Program secondaryFlush(Job job) {
    return secondary.apply(job);
  }
}
