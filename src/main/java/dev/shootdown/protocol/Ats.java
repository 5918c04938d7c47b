package dev.shootdown.protocol;

import dev.shootdown.address.PageRange;

/**
 * A PCIe device with an address translation cache (ATC) and its IOMMU.
 *
 * <ol>
 *   <li>The device asks for a translation (non-posted read, AT = 01b) and gets a completion; read
 *       and write both denied means that the page is not mapped.
 *   <li>The IOMMU sends an invalidation (posted message) under an ITag, of which there are 32.
 *   <li>The device drops matching entries, waits until its DMA that used them has drained, and then
 *       answers with the ITag. A posted invalidation may overtake an earlier completion, so a
 *       completion for a range invalidated meanwhile must not be cached.
 * </ol>
 *
 * <p>(PCIe Base Specification, chapter 10: 10.2 requests, 10.3 invalidation; ordering 2.4.1.)
 */
public sealed interface Ats {
  /** Said by a device. */
  sealed interface ToIommu extends Ats {
    /** Calls the handler of this message. */
    void deliverTo(IommuSide side);
  }

  /** Said by an IOMMU. */
  sealed interface ToDevice extends Ats {
    /** Calls the handler of this message. */
    void deliverTo(DeviceSide side);
  }

  /**
   * Translate one page.
   *
   * @param device the device's number at its IOMMU, where the answer goes
   * @param tag chosen by the device, returned as it is
   */
  record TranslationRequest(int device, long tag, int pasid, long page, boolean forWrite)
      implements ToIommu {
    @Override
    public void deliverTo(IommuSide side) {
      side.on(this);
    }
  }

  /**
   * The translation.
   *
   * @param pfn frame number, or −1 if access is denied
   * @param writable whether writing is allowed
   * @param readAtPs when the page-table entry behind it was read, in ps
   */
  record TranslationCompletion(
      long tag, int pasid, long page, long pfn, boolean writable, long readAtPs)
      implements ToDevice {
    /** Whether the device may access the page at all. */
    public boolean isGranted() {
      return pfn >= 0;
    }

    @Override
    public void deliverTo(DeviceSide side) {
      side.on(this);
    }
  }

  /** Drop {@code range} of {@code pasid}; answered by {@code itag}, 0 to 31. */
  record InvalidateRequest(int itag, int pasid, PageRange range) implements ToDevice {
    @Override
    public void deliverTo(DeviceSide side) {
      side.on(this);
    }
  }

  /** The invalidation under {@code itag} is complete at {@code device}. */
  record InvalidateCompletion(int device, int itag) implements ToIommu {
    @Override
    public void deliverTo(IommuSide side) {
      side.on(this);
    }
  }

  /** What an IOMMU listens to. */
  interface IommuSide {
    /** A device wants a translation. */
    void on(TranslationRequest request);

    /** A device has dropped what it was told to. */
    void on(InvalidateCompletion completion);
  }

  /** What a device listens to. */
  interface DeviceSide {
    /** The translation asked for. */
    void on(TranslationCompletion completion);

    /** The IOMMU wants a range dropped. */
    void on(InvalidateRequest request);
  }
}
