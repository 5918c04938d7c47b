package dev.shootdown.kernel.iommu;

import java.util.List;

/**
 * A complete group of page requests, or one stalled transaction.
 *
 * @param iommu number of the IOMMU, where the answer goes
 * @param device the device's number there
 * @param group page request group, or stall tag
 * @param stalled whether it is a stalled transaction
 * @param wants the pages, at least one
 */
public record PageFault(
    int iommu, int device, int pasid, int group, boolean stalled, List<Want> wants) {
  /** A page that is wanted. */
  public record Want(long page, boolean write) {}
}
