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
 * @param mm the address space that the PASID stood for last when this was taken
 * @param bound whether it still did; if not, there is nothing to serve it in
 */
public record PageFault(
    int iommu, int device, int pasid, int group, boolean stalled, List<Want> wants, int mm,
    boolean bound) {
  /** Of an address space whose number is its PASID. */
  public PageFault(
      int iommu, int device, int pasid, int group, boolean stalled, List<Want> wants) {
    this(iommu, device, pasid, group, stalled, wants, pasid, true);
  }

  /** A page that is wanted. */
  public record Want(long page, boolean write) {}
}
