package dev.shootdown.kernel.iommu;

import dev.shootdown.config.Limits;

/**
 * A queue of deferred flushes.
 *
 * @param entries how many the ring has; one less fit, as a full ring would look empty
 * @param periodPs how long after the first entry everything is flushed at the latest, in ps
 */
public record FlushQueueSpec(@Limits(min = 2, max = 1 << 20) int entries, long periodPs) {
  /** Linux 6.12's per-CPU queue: IOVA_DEFAULT_FQ_SIZE, IOVA_DEFAULT_FQ_TIMEOUT of 10 ms. */
  public static final FlushQueueSpec LINUX = new FlushQueueSpec(256, 10_000_000_000L);
}
