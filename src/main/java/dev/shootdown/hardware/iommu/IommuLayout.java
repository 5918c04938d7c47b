package dev.shootdown.hardware.iommu;

import java.util.List;

/**
 * An IOMMU's place in the machine.
 *
 * @param walkerNumber its walker's number at each page table, where the entries go
 * @param mms the address spaces bound to it: member i of the ports {@code tables} is the page table
 *     of {@code mms.get(i)}. The PASID of an address space is its number
 * @param queueDepths how many invalidations each device takes at a time (its Invalidate Queue
 *     Depth), by its number at this IOMMU; 1 to 32
 */
public record IommuLayout(int walkerNumber, List<Integer> mms, List<Integer> queueDepths) {
  /** The specification's ITags are 5 bits wide. */
  public static final int ITAGS = 32;

  /** Keeps copies, and refuses a depth that no device can have. */
  public IommuLayout {
    mms = List.copyOf(mms);
    queueDepths = List.copyOf(queueDepths);
    if (queueDepths.stream().anyMatch(depth -> depth < 1 || depth > ITAGS)) {
      throw new IllegalArgumentException(
          "a device takes 1 to " + ITAGS + " invalidations at a time, not " + queueDepths);
    }
  }

  /** The member of {@code tables} that holds {@code pasid}'s page table; −1 if it isn't bound. */
  int tableOf(int pasid) {
    return mms.indexOf(pasid);
  }
}
