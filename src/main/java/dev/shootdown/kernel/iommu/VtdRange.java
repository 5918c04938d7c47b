package dev.shootdown.kernel.iommu;

import dev.shootdown.address.PageRange;

/**
 * Which pages a VT-d page-selective invalidation really hits.
 *
 * <p>A descriptor names one naturally aligned block of 2^mask pages, so an unaligned range grows to
 * the smallest such block around it: pages 7 to 10 become 0 to 15. Source: Linux 6.12, {@code
 * calculate_psi_aligned_address} in drivers/iommu/intel/cache.c.
 */
final class VtdRange {
  /** A block of as many pages as there are. */
  static final int MASK_MAX = 45;

  private VtdRange() {}

  /**
   * The block around {@code range}; everything if that block would pass 2^{@code maxMask} pages.
   */
  static PageRange block(PageRange range, int maxMask) {
    if (range.isAll() || range.pages() == 0) {
      return PageRange.ALL;
    }
    long last = range.endPage() - 1;
    int mask = 64 - Long.numberOfLeadingZeros(range.firstPage() ^ last);
    if (mask > maxMask) {
      return PageRange.ALL;
    }
    return new PageRange(range.firstPage() >>> mask << mask, 1L << mask);
  }
}
