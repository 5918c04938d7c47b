package dev.shootdown.hardware.ats;

import dev.shootdown.address.Access;
import dev.shootdown.config.Limits;

/**
 * DMA that a device's own workload starts.
 *
 * @param atPs when the first transfer is wanted, in ps
 * @param pasid whose address space; the PASID is its number
 * @param page page number there
 * @param access whether data is read from or written to memory
 * @param count how many transfers, all of the same page
 * @param everyPs from one transfer's wish to the next, in ps; they don't wait for each other
 * @param sizeBytes of each transfer
 * @param untilPs when the device is told to work no more in that address space, in ps: from then on
 *     no transfer begins, and one that waits for a translation or for a page ends;
 *     {@link #FOR_EVER} for never
 */
public record DmaJob(
    long atPs,
    int pasid,
    long page,
    Access access,
    @Limits(min = 1) int count,
    long everyPs,
    @Limits(min = 1, max = 4096, rule = "a transfer stays within its page") long sizeBytes,
    long untilPs) {
  /** Nobody stops it. */
  public static final long FOR_EVER = Long.MAX_VALUE;

  /** Work that nobody stops. */
  public DmaJob(
      long atPs, int pasid, long page, Access access, int count, long everyPs, long sizeBytes) {
    this(atPs, pasid, page, access, count, everyPs, sizeBytes, FOR_EVER);
  }
}
