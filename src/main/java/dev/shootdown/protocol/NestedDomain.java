package dev.shootdown.protocol;

import dev.shootdown.address.PageRange;

/**
 * An emulator and the kernel's domain in which a guest's own table is the first stage.
 *
 * <ol>
 *   <li>The guest's table is not copied: the IOMMU reads it where it is. So nobody need be told of
 *       what the guest maps.
 *   <li>What the guest invalidates the emulator hands on by ioctl, in the guest's addresses. It
 *       returns when IOTLB and devices have forgotten.
 * </ol>
 *
 * <p>(Linux 6.12, iommufd: IOMMU_HWPT_INVALIDATE with IOMMU_HWPT_INVALIDATE_DATA_VTD_S1; QEMU,
 * hw/i386/intel_iommu_accel.c of 2026.)
 */
public sealed interface NestedDomain {
  /** Said by the emulator. */
  sealed interface ToDomain extends NestedDomain {
    /** Calls the handler of this message. */
    void deliverTo(DomainSide side);
  }

  /** Said by the domain. */
  sealed interface ToEmulator extends NestedDomain {
    /** Calls the handler of this message. */
    void deliverTo(EmulatorSide side);
  }

  /**
   * Forget these I/O pages of the guest's; answered by {@link Invalidated}.
   *
   * @param ticket chosen by the emulator, returned as it is
   * @param operation on whose behalf
   */
  record Invalidate(long ticket, long operation, PageRange pages) implements ToDomain {
    @Override
    public void deliverTo(DomainSide side) {
      side.on(this);
    }
  }

  /**
   * IOMMU and devices have forgotten.
   *
   * @param startedPs when the IOMMU took the first descriptor, in ps
   * @param iotlbDonePs when its IOTLB had forgotten, in ps
   * @param deviceDonePs when all devices had, in ps
   */
  record Invalidated(long ticket, long startedPs, long iotlbDonePs, long deviceDonePs)
      implements ToEmulator {
    @Override
    public void deliverTo(EmulatorSide side) {
      side.on(this);
    }
  }

  /** What a domain listens to. */
  interface DomainSide {
    /** The guest invalidates. */
    void on(Invalidate invalidate);
  }

  /** What an emulator listens to. */
  interface EmulatorSide {
    /** An invalidation is over. */
    void on(Invalidated invalidated);
  }
}
