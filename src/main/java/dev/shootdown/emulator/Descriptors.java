package dev.shootdown.emulator;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.ViommuQueue.Descriptor;
import dev.shootdown.protocol.ViommuQueue.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Which descriptors a Linux guest writes.
 *
 * <p>A page-selective descriptor names one naturally aligned block of 2^mask pages, so an unaligned
 * range grows to the smallest block around it: pages 7 to 10 become 0 to 15. Beyond the hardware's
 * greatest mask it becomes a domain-selective one; a first-level table knows no such limit, nor do
 * devices. (Linux 6.12, drivers/iommu/intel/cache.c: calculate_psi_aligned_address,
 * cache_tag_flush_iotlb.)
 */
final class Descriptors {
  private static final int NO_DEVICE = -1;

  private final GuestDriverSpec spec;
  private final GuestLayout layout;

  Descriptors(GuestDriverSpec spec, GuestLayout layout) {
    this.spec = spec;
    this.layout = layout;
  }

  /** The smallest block around {@code range}. */
  static PageRange block(PageRange range) {
    if (range.isAll()) {
      return range;
    }
    int mask = 64 - Long.numberOfLeadingZeros(range.firstPage() ^ (range.endPage() - 1));
    return new PageRange(range.firstPage() >>> mask << mask, 1L << mask);
  }

  /** For the entries of {@code range}; {@code devices} if devices have to forget them as well. */
  List<Descriptor> forRange(PageRange range, boolean devices) {
    PageRange block = block(range);
    List<Descriptor> descriptors = new ArrayList<>();
    boolean tooLarge = block.isAll() || block.pages() > 1L << layout.maxMask();
    if (spec.firstLevel()) {
      descriptors.add(new Descriptor(Kind.PASID_PAGES, NO_DEVICE, block));
    } else if (tooLarge) {
      descriptors.add(new Descriptor(Kind.DOMAIN, NO_DEVICE, PageRange.ALL));
    } else {
      descriptors.add(new Descriptor(Kind.PAGES, NO_DEVICE, block));
    }
    if (devices) {
      descriptors.addAll(forDevices(block));
    }
    return descriptors;
  }

  /** For the whole domain. */
  List<Descriptor> forAll() {
    List<Descriptor> descriptors = new ArrayList<>();
    descriptors.add(new Descriptor(Kind.DOMAIN, NO_DEVICE, PageRange.ALL));
    descriptors.addAll(forDevices(PageRange.ALL));
    return descriptors;
  }

  /** For the devices' own caches; none if the driver has none turned on. */
  List<Descriptor> forDevices(PageRange block) {
    List<Descriptor> descriptors = new ArrayList<>();
    if (spec.deviceTlb()) {
      for (int device : layout.atsDevices()) {
        descriptors.add(new Descriptor(Kind.DEVICE_TLB, device, block));
      }
    }
    return descriptors;
  }

  /** The pages that all of {@code descriptors} together hit. */
  static PageRange hit(List<Descriptor> descriptors) {
    PageRange hit = new PageRange(0, 0);
    for (Descriptor descriptor : descriptors) {
      hit = hit.hull(descriptor.pages());
    }
    return hit;
  }
}
