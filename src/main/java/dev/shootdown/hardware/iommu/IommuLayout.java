package dev.shootdown.hardware.iommu;

import java.util.List;

/**
 * An IOMMU's place in the machine.
 *
 * @param walkerNumber its walker's number at each page table, where the entries go
 * @param mms the address spaces bound to it: member i of the ports {@code tables} is the page table
 *     of {@code mms.get(i)}. The PASID of an address space is its number, unless software gives it
 *     another
 * @param queueDepths how many invalidations each device takes at a time (its Invalidate Queue
 *     Depth), by its number at this IOMMU; 1 to 32, or 0 for a device without an ATC
 * @param number its number at the kernel's fault queue, ≥ 0
 * @param numberAtMemory its number among the devices of the memory, ≥ 0
 */
public record IommuLayout(
    int walkerNumber, List<Integer> mms, List<Integer> queueDepths, int number,
    int numberAtMemory) {
  /** The specification's ITags are 5 bits wide. */
  public static final int ITAGS = 32;

  /** Keeps copies, and refuses a depth that no device can have. */
  public IommuLayout {
    mms = List.copyOf(mms);
    queueDepths = List.copyOf(queueDepths);
    if (queueDepths.stream().anyMatch(depth -> depth < 0 || depth > ITAGS)) {
      throw new IllegalArgumentException(
          "a device takes 1 to " + ITAGS + " invalidations at a time, not " + queueDepths);
    }
  }

  /** An IOMMU that reaches neither a fault queue nor memory. */
  public IommuLayout(int walkerNumber, List<Integer> mms, List<Integer> queueDepths) {
    this(walkerNumber, mms, queueDepths, 0, 0);
  }

  /** The member of {@code tables} that holds {@code mm}'s page table; −1 if it isn't bound. */
  int tableOf(int mm) {
    return mms.indexOf(mm);
  }

  /** Whether {@code device} caches translations. */
  boolean hasAtc(int device) {
    return device >= 0 && device < queueDepths.size() && queueDepths.get(device) > 0;
  }
}
