package dev.shootdown.kernel.iommufd;

/**
 * What is invalidated when KVM has taken pages away that are the second stage under a guest's
 * table.
 *
 * @param combined whether all that was combined with the guest's table goes from the IOTLB besides
 *     (SMMUv3: TLBI_NH_ALL); needless where the IOMMU does that by guest page
 * @param deviceTlb what devices forget
 */
public record NestedFlushSpec(boolean combined, DeviceTlb deviceTlb) {
  /** What devices forget. */
  public enum DeviceTlb {
    /**
     * Everything: what they cache is indexed by the guest's I/O pages, and nobody knows which of
     * them lead to a guest page.
     */
    EVERYTHING,
    /** The guest pages, as if they were I/O pages. */
    GUEST_PAGES,
    /** Nothing. */
    NOTHING
  }
}
