package dev.shootdown.kernel.iommufd;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Invalidation;
import java.util.ArrayList;
import java.util.List;

/**
 * Which descriptors the driver writes for a range.
 *
 * <p>Where KVM's table is a second stage, guest pages are named to the IOTLB only. What devices
 * cache is the result of both stages, found by the guest's I/O page: "There is no easy way to
 * identify the exact set of nested translations affected by a change in S2. So just flush the
 * entire device cache" (Linux 6.12, drivers/iommu/intel/cache.c, CACHE_TAG_NESTING_DEVTLB; likewise
 * nested_ats_flush of arm-smmu-v3.c).
 */
final class Descriptors {
  private final KvmDomainSpec spec;
  private final KvmDomainLayout layout;

  Descriptors(KvmDomainSpec spec, KvmDomainLayout layout) {
    this.spec = spec;
    this.layout = layout;
  }

  /** For guest pages that KVM has taken away. */
  List<Invalidation.Descriptor> forGuestPages(PageRange gfns) {
    PageRange block = Rounding.block(gfns, spec.maxMask());
    if (layout.stageOne().isEmpty()) {
      return all(layout.space(), block);
    }
    int mm = layout.stageOne().get().mm();
    List<Invalidation.Descriptor> descriptors = new ArrayList<>();
    descriptors.add(new Invalidation.Iotlb(layout.space(), block));
    if (spec.nested().combined()) {
      descriptors.add(new Invalidation.Iotlb(mm, PageRange.ALL));
    }
    switch (spec.nested().deviceTlb()) {
      case EVERYTHING -> addDevices(descriptors, Ats.NO_PASID, PageRange.ALL);
      case GUEST_PAGES -> addDevices(descriptors, mm, block);
      default -> { }
    }
    return descriptors;
  }

  /** For I/O pages that the guest has taken away. */
  List<Invalidation.Descriptor> forStageOne(PageRange pages) {
    return all(layout.stageOne().orElseThrow().mm(), pages);
  }

  private List<Invalidation.Descriptor> all(int pasid, PageRange block) {
    List<Invalidation.Descriptor> descriptors = new ArrayList<>();
    descriptors.add(new Invalidation.Iotlb(pasid, block));
    addDevices(descriptors, pasid, block);
    return descriptors;
  }

  private void addDevices(
      List<Invalidation.Descriptor> descriptors, int pasid, PageRange block) {
    for (int device = 0; device < layout.devices(); device++) {
      descriptors.add(new Invalidation.DeviceTlb(device, pasid, block));
    }
  }
}
