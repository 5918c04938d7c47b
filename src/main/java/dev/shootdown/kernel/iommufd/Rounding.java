package dev.shootdown.kernel.iommufd;

import dev.shootdown.address.PageRange;

/** VT-d's ranges: one aligned power of two of pages (Linux 6.12, calculate_psi_aligned_address). */
final class Rounding {
  private Rounding() {}

  /** The smallest aligned block that covers {@code range}; all pages if it is over 2^maxMask. */
  static PageRange block(PageRange range, int maxMask) {
    long last = range.endPage() - 1;
    int mask = Long.SIZE - Long.numberOfLeadingZeros(range.firstPage() ^ last);
    if (mask > maxMask || range.isAll()) {
      return PageRange.ALL;
    }
    return new PageRange(range.firstPage() >> mask << mask, 1L << mask);
  }
}
