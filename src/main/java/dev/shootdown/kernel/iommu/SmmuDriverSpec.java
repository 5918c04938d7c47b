package dev.shootdown.kernel.iommu;

import dev.shootdown.config.Limits;

/**
 * Arm's SMMUv3 driver.
 *
 * @param submitPs time to insert a batch of commands, in ps
 * @param rangeInvalidation whether the SMMU has commands for ranges (FEAT_RANGE_INV)
 * @param opsMax without them, as many pages or more are flushed by ASID (CMDQ_MAX_TLBI_OPS)
 * @param batchMax how many commands are inserted together (CMDQ_BATCH_ENTRIES)
 * @param giveUpPs how long it polls for a CMD_SYNC, in ps; 0 for ever
 * @param emptyRange what it makes of the empty range of a nested flush
 * @param insertion how CPUs get their places in the queue
 */
public record SmmuDriverSpec(
    long submitPs,
    boolean rangeInvalidation,
    @Limits(min = 1, max = 1 << 20) int opsMax,
    @Limits(min = 1, max = 1 << 10) int batchMax,
    long giveUpPs,
    EmptyRange emptyRange,
    QueueTailSpec insertion) {
  /** A driver whose CPUs never compete for a place in the queue. */
  public SmmuDriverSpec(
      long submitPs, boolean rangeInvalidation, int opsMax, int batchMax, long giveUpPs,
      EmptyRange emptyRange) {
    this(
        submitPs, rangeInvalidation, opsMax, batchMax, giveUpPs, emptyRange,
        QueueTailSpec.AT_ONCE);
  }

  /** How (~0, ~0), which era B passes for a nested flush, is decoded. */
  public enum EmptyRange {
    /** Size 0 stands for everything (Linux 6.1 with its back-ports, and later). */
    EVERYTHING,
    /** One page at the very top (up to 5.17). */
    TOP_PAGE,
    /**
     * No TLB command at all, but all of the devices' caches (5.18 until it was repaired in 2023).
     */
    DEVICES_ONLY
  }

  /** Linux 6.12: 512 pages, batches of 64, 1 s. */
  public static SmmuDriverSpec linux612(long submitPs, boolean rangeInvalidation) {
    return new SmmuDriverSpec(
        submitPs, rangeInvalidation, 512, 64, 1_000_000_000_000L, EmptyRange.EVERYTHING);
  }
}
