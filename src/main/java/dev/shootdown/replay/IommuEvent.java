package dev.shootdown.replay;

/**
 * What an IOMMU's driver says. Formats: Linux drivers/iommu/intel/trace.h and
 * include/trace/events/iommu.h, of which the first differs between kernels.
 */
public sealed interface IommuEvent {
  /** The driver queued a descriptor for the invalidation unit {@code iommu}. */
  record QiSubmit(String iommu, QiDescriptor descriptor) implements IommuEvent {}

  /**
   * A device asked for a page.
   *
   * @param requester bus, device and function
   * @param page page frame number: the event prints the address's bits 63:12 without shifting
   * @param pasid −1 if the request has none
   * @param last whether its group ends with it
   */
  record PageRequest(
      String iommu, String device, int requester, long page, long pasid, boolean last)
      implements IommuEvent {}

  /**
   * The driver invalidates what one cache tag stands for.
   *
   * @param kind iotlb, devtlb, nesting_iotlb or nesting_devtlb
   * @param startAddress first byte asked for; 0 of a flush of everything
   * @param endAddress last byte asked for
   * @param pages pages after widening; −1 = all
   */
  record CacheTagFlush(
      String device, String kind, int domain, long startAddress, long endAddress, long pages)
      implements IommuEvent {}

  /** A domain gained or lost a cache tag. */
  record CacheTag(String device, String kind, int domain, boolean assigned)
      implements IommuEvent {}

  /** I/O addresses were mapped; {@code endIova} is exclusive. */
  record Map(long iova, long endIova, long physicalAddress) implements IommuEvent {}

  /**
   * I/O addresses were unmapped; {@code endIova} is exclusive.
   *
   * @param unmappedBytes what went away, which may be more or less than was asked for
   */
  record Unmap(long iova, long endIova, long unmappedBytes) implements IommuEvent {
    /** Whether exactly what was asked for went away. */
    public boolean isExact() {
      return unmappedBytes == endIova - iova;
    }
  }

  /** A fault that nobody can repair. */
  record IoPageFault(String device, long iova, long flags) implements IommuEvent {}

  /** Whether it takes translations out of caches, which a replay is to predict. */
  default boolean isInvalidation() {
    return this instanceof QiSubmit || this instanceof CacheTagFlush;
  }
}
