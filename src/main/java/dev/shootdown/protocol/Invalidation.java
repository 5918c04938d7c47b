package dev.shootdown.protocol;

import dev.shootdown.address.PageRange;
import java.util.List;

/**
 * Software makes an IOMMU forget, and answers the faults of devices: the command queue, as drivers
 * use it. The words are VT-d's; AMD's and SMMUv3's commands are noted with them.
 *
 * <ol>
 *   <li>A CPU writes descriptors and one wait descriptor to the ring and rings the doorbell.
 *   <li>The IOMMU takes descriptors in order: IOTLB ones it does itself, device-TLB ones it sends
 *       to the device as ATS invalidations. A device-TLB descriptor starts only after the IOTLB
 *       ones before it are done, else the device could refill from a stale IOTLB.
 *   <li>The wait descriptor completes when all before it have completed; the IOMMU then writes the
 *       status word that the CPU polls. (VT-d 6.5.2; Linux {@code qi_submit_sync}.)
 *   <li>Polling is not simulated turn by turn. How long the CPU polls, and that it writes an
 *       aborted submission to the ring again, travels with the submission.
 * </ol>
 */
public sealed interface Invalidation {
  /** Said by a CPU. */
  sealed interface ToIommu extends Invalidation {
    /** Calls the handler of this message. */
    void deliverTo(IommuSide side);
  }

  /** Said by an IOMMU. */
  sealed interface ToCpu extends Invalidation {
    /** Calls the handler of this message. */
    void deliverTo(CpuSide side);
  }

  /** One entry of the ring. */
  sealed interface Descriptor {}

  /**
   * Drop {@code range} of {@code pasid} from the IOTLB. (VT-d 2 and 6: IOTLB and PASID-based IOTLB;
   * AMD 3: INVALIDATE_IOMMU_PAGES; SMMUv3: TLBI_NH_VA, TLBI_NH_ASID.)
   *
   * @param pasid whose; {@link Ats#NO_PASID} for the entries of all
   * @param leafOnly only leaf entries changed, so that pointers to page-table pages may stay cached
   *     (VT-d: IH; AMD: PDE = 0; SMMUv3: Leaf)
   */
  record Iotlb(int pasid, PageRange range, boolean leafOnly) implements Descriptor {
    /** Leaf entries and pointers to page-table pages. */
    public Iotlb(int pasid, PageRange range) {
      this(pasid, range, false);
    }
  }

  /**
   * Make {@code device} (its number at this IOMMU) drop {@code range} from its ATC. (VT-d 3 and 8;
   * AMD 4: INVALIDATE_IOTLB_PAGES; SMMUv3: ATC_INV.)
   *
   * @param pasid whose; {@link Ats#NO_PASID} drops all PASIDs' entries
   * @param global the G bit: for all PASIDs, whichever one is named
   */
  record DeviceTlb(int device, int pasid, PageRange range, boolean global)
      implements Descriptor {
    /** For one PASID. */
    public DeviceTlb(int device, int pasid, PageRange range) {
      this(device, pasid, range, false);
    }
  }

  /**
   * Software changed the entry of {@code device}; forget the cached one. (VT-d 1: context cache;
   * AMD 2: INVALIDATE_DEVTAB_ENTRY; SMMUv3: CFGI_STE.)
   *
   * @param enabled whether the entry lets the device ask for anything
   */
  record DeviceEntry(int device, boolean enabled) implements Descriptor {}

  /**
   * Software changed the entry of {@code pasid}; forget the cached one. (VT-d 7: PASID cache; AMD:
   * the GCR3 table; SMMUv3: CFGI_CD.)
   *
   * @param mm the address space whose page table it names; that of the PASID's own number unless
   *     PASIDs are given out
   * @param attached whether it names the process's page table, or one without entries
   */
  record PasidEntry(int pasid, int mm, boolean attached) implements Descriptor {
    /** The entry of a PASID that is the number of its address space. */
    public PasidEntry(int pasid, boolean attached) {
      this(pasid, pasid, attached);
    }
  }

  /** Answer a page request group. (VT-d 9; AMD 7: COMPLETE_PPR_REQUEST; SMMUv3: PRI_RESP.) */
  record PageResponse(int device, int pasid, int group, int code) implements Descriptor {}

  /**
   * Not in the ring: leave the invalidation of all of {@code pasid} to the moment when a device
   * begins to work in it, if none does now; alone in its submission, and answered with
   * {@link Status#IN_USE} if it can't be left. (First-generation VT-d: compare-and-swap in the
   * PASID-state table, Linux 4.4, {@code intel_flush_svm_range}.)
   */
  record LeaveToUse(int pasid) implements Descriptor {}

  /** Let a stalled transaction go on, or end it. (SMMUv3: RESUME, with RETRY or ABORT.) */
  record Resume(int stallTag, boolean retry) implements Descriptor {}

  /**
   * Wait until all before it has completed. (VT-d 5; AMD 1: COMPLETION_WAIT; SMMUv3: CMD_SYNC.) A
   * submission that doesn't end in one gets a plain one.
   *
   * @param fence whether descriptors behind it may start only then
   * @param drainPageRequests whether page requests received before must stand in the log as well
   * @param giveUpPs how long the CPU polls before it goes on without an answer, in ps from the
   *     doorbell's arrival; 0 for ever
   */
  record Wait(boolean fence, boolean drainPageRequests, long giveUpPs) implements Descriptor {
    /** Neither fence nor drain. */
    public Wait(long giveUpPs) {
      this(false, false, giveUpPs);
    }
  }

  /** How a submission ended. */
  enum Status {
    /** All of it is done. */
    DONE,
    /** A device did not answer in time and is not there any more; nothing was retried. */
    DEVICE_GONE,
    /** The CPU stopped polling: nobody knows what is done. */
    GAVE_UP,
    /** It held a command that this IOMMU doesn't know, and was ended there. */
    REFUSED,
    /** It was not left to later: a device works in the PASID, or one was left before. */
    IN_USE
  }

  /**
   * Descriptors, the last of them a {@link Wait} or followed by a plain one.
   *
   * @param cpu the submitting CPU's number, where the answer goes
   * @param operation the operation that this belongs to
   * @param ticket chosen by the CPU, returned as it is
   */
  record Submit(int cpu, long operation, long ticket, List<Descriptor> descriptors)
      implements ToIommu {
    @Override
    public void deliverTo(IommuSide side) {
      side.on(this);
    }
  }

  /**
   * The wait descriptor of {@code ticket} has completed.
   *
   * @param startedPs when its first descriptor was taken from the ring
   * @param iotlbDonePs when its last IOTLB descriptor was done (startedPs if there was none)
   * @param deviceDonePs when its last device-TLB descriptor was done (iotlbDonePs if none)
   * @param status how it ended
   */
  record Completed(
      long ticket, long startedPs, long iotlbDonePs, long deviceDonePs, Status status)
      implements ToCpu {
    /** All of it is done. */
    public Completed(long ticket, long startedPs, long iotlbDonePs, long deviceDonePs) {
      this(ticket, startedPs, iotlbDonePs, deviceDonePs, Status.DONE);
    }

    @Override
    public void deliverTo(CpuSide side) {
      side.on(this);
    }
  }

  /** What an IOMMU listens to. */
  interface IommuSide {
    /** A CPU rang the doorbell. */
    void on(Submit submit);
  }

  /** What a CPU listens to. */
  interface CpuSide {
    /** The status word was written. */
    void on(Completed completed);
  }
}
