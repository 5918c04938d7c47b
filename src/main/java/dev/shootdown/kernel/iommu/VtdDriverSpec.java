package dev.shootdown.kernel.iommu;

import dev.shootdown.config.Limits;

/**
 * Intel's driver.
 *
 * @param submitPs time to write a batch of descriptors and ring the doorbell, in ps
 * @param maxMask largest block as a power of two of pages (CAP.MAMV)
 * @param limitPasid whether {@code maxMask} holds for PASID-selective invalidations as well, which
 *     Linux doesn't make it
 * @param batchMax how many descriptors go out with one wait; 1 for a driver before Linux 6.12
 * @param wholeDevice whether a flush of a whole address space names no PASID to the device, so that
 *     it drops the translations of all PASIDs (Linux 6.12, cache_tag_flush_devtlb_all)
 * @param extraDeviceFlush whether each device is told twice, as some devices need
 *     (dtlb_extra_inval)
 */
public record VtdDriverSpec(
    long submitPs,
    @Limits(min = 0, max = 45) int maxMask,
    boolean limitPasid,
    @Limits(min = 1, max = 254) int batchMax,
    boolean wholeDevice,
    boolean extraDeviceFlush) {
  /** Linux 6.12's driver (QI_MAX_BATCHED_DESC_COUNT, cache.c). */
  public static VtdDriverSpec linux612(long submitPs, int maxMask) {
    return new VtdDriverSpec(submitPs, maxMask, false, 16, true, false);
  }
}
