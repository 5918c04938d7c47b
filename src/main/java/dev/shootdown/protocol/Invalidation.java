package dev.shootdown.protocol;

import dev.shootdown.address.PageRange;
import java.util.List;

/**
 * Software makes an IOMMU forget: VT-d's queued invalidation, as drivers use it.
 *
 * <ol>
 *   <li>A CPU writes descriptors and one wait descriptor to the ring and rings the doorbell.
 *   <li>The IOMMU takes descriptors in order: IOTLB ones it does itself, device-TLB ones it sends
 *       to the device as ATS invalidations. A device-TLB descriptor starts only after the IOTLB
 *       ones before it are done, else the device could refill from a stale IOTLB.
 *   <li>The wait descriptor completes when all before it have completed; the IOMMU then writes the
 *       status word that the CPU polls. (VT-d 6.5.2; Linux {@code qi_submit_sync}.)
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

  /** Drop {@code range} of {@code pasid} from the IOTLB. */
  record Iotlb(int pasid, PageRange range) implements Descriptor {}

  /** Make {@code device} (its number at this IOMMU) drop {@code range} from its ATC. */
  record DeviceTlb(int device, int pasid, PageRange range) implements Descriptor {}

  /**
   * Descriptors followed by a wait descriptor.
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
   */
  record Completed(long ticket, long startedPs, long iotlbDonePs, long deviceDonePs)
      implements ToCpu {
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
