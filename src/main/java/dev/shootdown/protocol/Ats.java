package dev.shootdown.protocol;

import dev.shootdown.address.PageRange;

/**
 * A PCIe device and its IOMMU: translations for a cache on the device (ATS), page requests (PRI),
 * and DMA that leaves the translation to the IOMMU.
 *
 * <ol>
 *   <li>The device asks for a translation (non-posted read, AT = 01b) and gets a completion; read
 *       and write both denied means that the page is not mapped.
 *   <li>The IOMMU sends an invalidation (posted message) under an ITag, of which there are 32.
 *   <li>The device drops matching entries, waits until its DMA that used them has drained, and then
 *       answers with the ITag: once for each traffic class that it uses, as an answer is ordered
 *       behind the writes of its own class only. A posted invalidation may overtake an earlier
 *       completion, so a completion for a range invalidated meanwhile must not be cached.
 *   <li>A device with PRI asks software for pages that it was denied. Requests of one group are
 *       answered together, after the last one; success means no more than: try again.
 *   <li>A device without a cache sends what it wants to move (AT = 00b), and the IOMMU translates.
 * </ol>
 *
 * <p>(PCIe Base Specification, chapter 10: 10.2 requests, 10.3 invalidation, 10.4 page requests;
 * ordering 2.4.1.)
 */
public sealed interface Ats {
  /** In place of a PASID: the message carries none, and concerns all of a device. */
  int NO_PASID = -1;

  /** Page request groups are numbered with 9 bits. */
  int GROUPS = 512;

  /** An invalidation is answered this often at most: there are as many traffic classes. */
  int COMPLETIONS = 8;

  /** Response code: the page is there now, or was; try again. */
  int SUCCESS = 0;

  /** Response code: don't try this access again. */
  int INVALID_REQUEST = 1;

  /** Response code: the device stops its page requests altogether. */
  int RESPONSE_FAILURE = 0xF;

  /**
   * Not of the specification: Linux's generic failure, which its Intel and AMD drivers write to the
   * wire as it is (include/linux/iommu.h, IOMMU_PAGE_RESP_FAILURE, Linux 6.12).
   */
  int LINUX_FAILURE = 2;

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

  /** How a request ended. */
  enum Status {
    /** Successful completion; access may be denied all the same. */
    SC,
    /** Unsupported request: there is no translation service for this device. */
    UR,
    /** Completer abort: the IOMMU could not find out. */
    CA
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
   * @param pfn frame number, or −1 if access is denied; of {@code page}, whatever the order
   * @param writable whether writing is allowed
   * @param readAtPs when the page-table entry behind it was read, in ps
   * @param status anything but SC comes with pfn −1
   * @param order the naturally aligned 2^order pages around {@code page} are translated alike: the
   *     S bit and the size that is coded in the address
   */
  record TranslationCompletion(
      long tag, int pasid, long page, long pfn, boolean writable, long readAtPs, Status status,
      int order) implements ToDevice {
    /** A successful completion for a 4 KiB page, or a denial of it. */
    public TranslationCompletion(
        long tag, int pasid, long page, long pfn, boolean writable, long readAtPs) {
      this(tag, pasid, page, pfn, writable, readAtPs, Status.SC, 0);
    }

    /** Whether the device may access the page at all. */
    public boolean isGranted() {
      return pfn >= 0;
    }

    @Override
    public void deliverTo(DeviceSide side) {
      side.on(this);
    }
  }

  /**
   * Drop {@code range}; answered by {@code itag}, 0 to 31.
   *
   * @param pasid whose; {@link #NO_PASID} drops what is tagged with a PASID as well
   * @param global the G bit: for all PASIDs, whichever one is named
   */
  record InvalidateRequest(int itag, int pasid, PageRange range, boolean global)
      implements ToDevice {
    /** For one PASID. */
    public InvalidateRequest(int itag, int pasid, PageRange range) {
      this(itag, pasid, range, false);
    }

    /** Whether entries of {@code other} are meant as well. */
    public boolean concerns(int other) {
      return global || pasid == NO_PASID || pasid == other;
    }

    @Override
    public void deliverTo(DeviceSide side) {
      side.on(this);
    }
  }

  /**
   * The invalidation under {@code itag} is complete at {@code device}, in one of its traffic
   * classes.
   *
   * @param count how many of these the device sends for the invalidation (Completion Count), 1 to
   *     {@link #COMPLETIONS}; the field has 3 bits, and 0 stands for 8
   */
  record InvalidateCompletion(int device, int itag, int count) implements ToIommu {
    /** The only answer. */
    public InvalidateCompletion(int device, int itag) {
      this(device, itag, 1);
    }

    @Override
    public void deliverTo(IommuSide side) {
      side.on(this);
    }
  }

  /**
   * Software, bring this page in (posted).
   *
   * @param group its page request group, 0 to {@link #GROUPS} − 1
   * @param last whether the group ends here, which is what makes it answerable
   */
  record PageRequest(int device, int pasid, long page, boolean write, int group, boolean last)
      implements ToIommu {
    @Override
    public void deliverTo(IommuSide side) {
      side.on(this);
    }
  }

  /** The device has stopped using {@code pasid}; never answered (a request with L=1, R=W=0). */
  record StopMarker(int device, int pasid) implements ToIommu {
    @Override
    public void deliverTo(IommuSide side) {
      side.on(this);
    }
  }

  /**
   * The device begins to work in {@code pasid}, which is answered, or has ended (PASID-state update
   * of first-generation VT-d; recalled).
   */
  record PasidUse(int device, int pasid, boolean begins) implements ToIommu {
    @Override
    public void deliverTo(IommuSide side) {
      side.on(this);
    }
  }

  /**
   * The device may work in {@code pasid}.
   *
   * @param forget whether it has to drop all of that PASID first: an invalidation was left until
   *     then
   */
  record PasidReady(int pasid, boolean forget) implements ToDevice {
    @Override
    public void deliverTo(DeviceSide side) {
      side.on(this);
    }
  }

  /** The answer to a page request group (posted). */
  record PrgResponse(int pasid, int group, int code) implements ToDevice {
    @Override
    public void deliverTo(DeviceSide side) {
      side.on(this);
    }
  }

  /**
   * Move data of a page that the device has no translation for (AT = 00b).
   *
   * @param tag chosen by the device, returned as it is
   * @param sizeBytes 1 to 4096
   */
  record UntranslatedDma(
      int device, long tag, int pasid, long page, boolean write, int sizeBytes)
      implements ToIommu {
    @Override
    public void deliverTo(IommuSide side) {
      side.on(this);
    }
  }

  /**
   * The data under {@code tag} has moved, or could not.
   *
   * @param sizeBytes how much data comes with it; 0 for a write
   */
  record UntranslatedDone(long tag, Status status, int sizeBytes) implements ToDevice {
    @Override
    public void deliverTo(DeviceSide side) {
      side.on(this);
    }
  }

  /** The port says in its place: the device is gone, and the link with it. */
  record LinkDown(int device) implements ToIommu {
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

    /** A device wants a page. */
    void on(PageRequest request);

    /** A device won't use a PASID any more. */
    void on(StopMarker marker);

    /** A device begins or ends its work in a PASID. */
    void on(PasidUse use);

    /** A device wants data moved. */
    void on(UntranslatedDma dma);

    /** A device is gone. */
    void on(LinkDown down);
  }

  /** What a device listens to. */
  interface DeviceSide {
    /** The translation asked for. */
    void on(TranslationCompletion completion);

    /** The IOMMU wants a range dropped. */
    void on(InvalidateRequest request);

    /** Software has seen to a group of page requests. */
    void on(PrgResponse response);

    /** The data asked for has moved. */
    void on(UntranslatedDone done);

    /** It may work in a PASID; never said to a device that doesn't send {@link PasidUse}. */
    default void on(PasidReady ready) {
      throw new IllegalStateException("an IOMMU answered what was not asked: " + ready);
    }
  }
}
