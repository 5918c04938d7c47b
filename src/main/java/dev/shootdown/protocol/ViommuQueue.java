package dev.shootdown.protocol;

import dev.shootdown.address.PageRange;
import java.util.List;

/**
 * A guest's IOMMU driver and the emulated IOMMU under it.
 *
 * <ol>
 *   <li>The guest writes descriptors and the tail register; that write leaves the virtual machine,
 *       and the vCPU stands still until the emulator has worked off the whole queue (QEMU {@code
 *       vtd_handle_iqt_write}).
 *   <li>The emulator reads the guest's I/O page table out of guest memory whenever it needs to. It
 *       takes no lock, and may find what a later invalidation will be about.
 *   <li>If the emulator's process ends, the guest ends with it.
 * </ol>
 */
public sealed interface ViommuQueue {
  /** Said by the guest, or by its memory. */
  sealed interface ToViommu extends ViommuQueue {
    /** Calls the handler of this message. */
    void deliverTo(ViommuSide side);
  }

  /** Said by the emulator. */
  sealed interface ToGuest extends ViommuQueue {
    /** Calls the handler of this message. */
    void deliverTo(GuestSide side);
  }

  /** What a descriptor invalidates (VT-d 6.5.2; in brackets the like of SMMUv3). */
  enum Kind {
    /** Pages of the second-level table: PSI [TLBI_NH_VA]. */
    PAGES,
    /** A whole domain: DSI [TLBI_NH_ASID]. */
    DOMAIN,
    /** Everything [TLBI_NSNH_ALL]. */
    GLOBAL,
    /** Pages of a first-level table: P_IOTLB, page-selective. */
    PASID_PAGES,
    /** A whole first-level table: P_IOTLB, PASID-selective. */
    PASID,
    /** A device's own cache [ATC_INV]. */
    DEVICE_TLB
  }

  /**
   * One descriptor.
   *
   * @param device the device's number at the emulator for {@link Kind#DEVICE_TLB}, else −1
   * @param pages a naturally aligned block, or {@link PageRange#ALL}
   */
  record Descriptor(Kind kind, int device, PageRange pages) {}

  /** Descriptors, followed by a wait descriptor; answered by {@link Done} or {@link Died}. */
  record Submit(long ticket, long operation, List<Descriptor> descriptors) implements ToViommu {
    @Override
    public void deliverTo(ViommuSide side) {
      side.on(this);
    }
  }

  /**
   * One slot of a page table: a leaf, or the whole of what an absent entry stands for.
   *
   * @param range 1 page, or as many as an entry of that level covers
   * @param pfn frame of its first page; −1 if absent
   */
  record Slot(PageRange range, long pfn, boolean writable) {
    /** Whether it is a leaf. */
    public boolean isPresent() {
      return pfn >= 0;
    }
  }

  /**
   * What stood in guest memory, in the order of addresses.
   *
   * @param entries how many entries a walker looks at for this
   * @param readAtPs when it was read, in ps
   */
  record Contents(long ticket, List<Slot> slots, int entries, long readAtPs)
      implements ToViommu {
    @Override
    public void deliverTo(ViommuSide side) {
      side.on(this);
    }
  }

  /** The emulator reads the slots that overlap {@code range}; answered by {@link Contents}. */
  record Read(long ticket, PageRange range) implements ToGuest {
    @Override
    public void deliverTo(GuestSide side) {
      side.on(this);
    }
  }

  /**
   * All descriptors of a submission have been worked off.
   *
   * @param startedPs when the first was taken up, in ps
   * @param iotlbDonePs when the last one that is not for a device was done, in ps
   * @param donePs when the last one was done, in ps
   */
  record Done(long ticket, long startedPs, long iotlbDonePs, long donePs) implements ToGuest {
    @Override
    public void deliverTo(GuestSide side) {
      side.on(this);
    }
  }

  /** The emulator's process has ended. */
  record Died() implements ToGuest {
    @Override
    public void deliverTo(GuestSide side) {
      side.on(this);
    }
  }

  /** What an emulated IOMMU listens to. */
  interface ViommuSide {
    /** The guest rang the doorbell. */
    void on(Submit submit);

    /** Guest memory was read. */
    void on(Contents contents);
  }

  /** What a guest listens to. */
  interface GuestSide {
    /** Its memory is read. */
    void on(Read read);

    /** Its submission is done. */
    void on(Done done);

    /** It ends. */
    void on(Died died);
  }
}
