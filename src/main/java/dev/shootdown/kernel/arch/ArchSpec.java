package dev.shootdown.kernel.arch;

import dev.shootdown.config.Limits;

/**
 * What can be chosen about an architecture's flushes. Keys that an architecture has no use for are
 * not looked at.
 *
 * @param flushCeiling more instructions than this become a full flush: 33 on x86 and Power, 64 on
 *     RISC-V (Linux 6.12)
 * @param compareNewest x86: whether a CPU looks at the newest generation of the address space
 *     before it flushes page by page, which takes a message there and back
 * @param interruptLazy x86: whether lazy CPUs are interrupted when page tables are freed; without
 *     that they keep walking freed tables
 * @param twins arm64: whether user mode has identifiers of its own (KPTI), so that each flush is
 *     two
 * @param globalIdCpus INVLPGB: an address space on more CPUs than this gets a global identifier
 * @param globalIds INVLPGB: how many there are
 * @param globalIdCheckPs INVLPGB: a kernel tick, in ps; a flush considers a global identifier only
 *     every 32nd, by the address space's number; 0 to consider it at each flush
 * @param globalIdTransition INVLPGB: whether CPUs that still use an identifier of their own are
 *     told to change over; without that the broadcast misses them
 * @param broadcastPagesMax INVLPGB: pages of one instruction
 * @param tlbRange arm64: whether an instruction can name a range (FEAT_TLBIRANGE)
 * @param broadcastsMax arm64: as many instructions or more become a full flush, without ranges
 * @param fencePs RISC-V: time of the call into the firmware and back, in ps
 * @param flushMultiPs x86: how much longer a flush takes, in ps, if the address space's mask names
 *     another CPU, whether that is interrupted or not: requests are prepared, the mask is walked
 *     and each CPU's state looked at (Linux 6.12, {@code flush_tlb_multi}), which a flush of this
 *     CPU alone is spared
 * @param keepMask x86: whether a CPU that has taken up another address space, or none, stays in
 *     the mask until a flush that may free tables finds it there (Linux 6.14, commit 209954cbc7d0
 *     "x86/mm/tlb: Update mm_cpumask lazily"); before that it leaves the mask as it switches.
 *     Can't: the one flush a second that interrupts such CPUs even if no table is freed (6.14)
 */
public record ArchSpec(
    @Limits(min = 0, max = 1 << 20) int flushCeiling,
    boolean compareNewest,
    boolean interruptLazy,
    boolean twins,
    @Limits(min = 0, max = 65536) int globalIdCpus,
    @Limits(min = 0, max = 65536) int globalIds,
    long globalIdCheckPs,
    boolean globalIdTransition,
    @Limits(min = 1, max = 65536) int broadcastPagesMax,
    boolean tlbRange,
    @Limits(min = 1, max = 1 << 21) int broadcastsMax,
    long fencePs,
    long flushMultiPs,
    boolean keepMask) {
  private static final int CEILING = 33;
  private static final int CEILING_RISCV = 64;

  /** A CPU leaves the mask as it switches away. */
  public ArchSpec(
      int flushCeiling, boolean compareNewest, boolean interruptLazy, boolean twins,
      int globalIdCpus, int globalIds, long globalIdCheckPs, boolean globalIdTransition,
      int broadcastPagesMax, boolean tlbRange, int broadcastsMax, long fencePs,
      long flushMultiPs) {
    this(
        flushCeiling, compareNewest, interruptLazy, twins, globalIdCpus, globalIds,
        globalIdCheckPs, globalIdTransition, broadcastPagesMax, tlbRange, broadcastsMax, fencePs,
        flushMultiPs, false);
  }

  /** The defaults of {@code arch}, as Linux has them where it has a say. */
  public static ArchSpec of(Arch arch) {
    return new ArchSpec(
        arch == Arch.RISCV ? CEILING_RISCV : CEILING, false, true, false, 3, 4_000, 0, true, 8,
        true, 512, 500_000, 0);
  }

  /** The same with another ceiling. */
  public ArchSpec withFlushCeiling(int ceiling) {
    return new ArchSpec(
        ceiling, compareNewest, interruptLazy, twins, globalIdCpus, globalIds, globalIdCheckPs,
        globalIdTransition, broadcastPagesMax, tlbRange, broadcastsMax, fencePs, flushMultiPs,
        keepMask);
  }
}
