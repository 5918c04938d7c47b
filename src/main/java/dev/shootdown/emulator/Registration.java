package dev.shootdown.emulator;

import dev.shootdown.protocol.ViommuNotifier.Type;
import java.util.Optional;

/**
 * What the user of a device registers for, and whether the emulated IOMMU lets it (QEMU 7.2 and
 * 10.0: vhost_iommu_region_add, vtd_iommu_notify_flag_changed, smmuv3_notify_flag_changed).
 */
public final class Registration {
  private Registration() {}

  /** The events that a vhost backend gets. */
  public static Type of(VhostBackendSpec backend, ViommuSpec viommu) {
    boolean arm = viommu.flavour() == ViommuSpec.Flavour.SMMUV3;
    boolean old = viommu.behaviour() == ViommuSpec.Behaviour.QEMU_7_2;
    return switch (backend.registration()) {
      case DEVICE_TLB -> Type.DEVIOTLB_UNMAP;
      case UNMAP -> Type.UNMAP;
      case AS_SHIPPED -> !arm && (old || backend.ats()) ? Type.DEVIOTLB_UNMAP : Type.UNMAP;
    };
  }

  /** Why such a listener is refused, if it is. */
  public static Optional<String> refusal(Listener listener, ViommuSpec viommu) {
    boolean arm = viommu.flavour() == ViommuSpec.Flavour.SMMUV3;
    boolean old = viommu.behaviour() == ViommuSpec.Behaviour.QEMU_7_2;
    if (arm && listener.isExact()) {
      return Optional.of("QEMU's SMMUv3 refuses MAP notifiers; use a vhost-backend here");
    }
    if (arm && listener.types().contains(Type.DEVIOTLB_UNMAP)) {
      return Optional.of("QEMU's SMMUv3 refuses device-TLB notifiers; write registration = unmap");
    }
    if (listener.isExact() && !viommu.cachingMode() && !old) {
      return Optional.of("a MAP notifier requires caching mode; write caching-mode = true there");
    }
    if (listener.types().contains(Type.DEVIOTLB_UNMAP) && !viommu.deviceTlb() && !old) {
      return Optional.of(
          "a device-TLB notifier requires device TLBs; write device-tlb = true there,"
              + " or ats = false here");
    }
    return Optional.empty();
  }
}
