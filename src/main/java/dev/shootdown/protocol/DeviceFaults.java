package dev.shootdown.protocol;

/**
 * An IOMMU writes what devices can't reach to a log in memory, and software reads it: VT-d's page
 * request queue, AMD's PPR log, SMMUv3's event queue with stalled transactions.
 *
 * <ol>
 *   <li>The IOMMU writes a record and interrupts; the record occupies its slot until it is taken.
 *   <li>Software takes records in order and moves the head pointer.
 *   <li>Without a free slot the IOMMU raises the overflow bit and writes no more, until software
 *       has thrown away the groups that it holds parts of and clears the bit.
 *   <li>The answer goes through the command queue, see {@link Invalidation}.
 * </ol>
 */
public sealed interface DeviceFaults {
  /** Said by an IOMMU. */
  sealed interface ToKernel extends DeviceFaults {
    /** Calls the handler of this message. */
    void deliverTo(KernelSide side);
  }

  /** Said by software. */
  sealed interface ToIommu extends DeviceFaults {
    /** Calls the handler of this message. */
    void deliverTo(IommuSide side);
  }

  /**
   * A record was written.
   *
   * @param iommu the IOMMU's number, where the answer goes
   * @param device the device's number there
   * @param group page request group, or the tag of a stalled transaction
   * @param last whether the group ends here; always so for a stalled transaction
   * @param stalled whether a transaction waits in the IOMMU for {@link Invalidation.Resume}; else a
   *     device waits for {@link Invalidation.PageResponse}
   */
  record Raised(
      int iommu, int device, int pasid, long page, boolean write, int group, boolean last,
      boolean stalled) implements ToKernel {
    @Override
    public void deliverTo(KernelSide side) {
      side.on(this);
    }
  }

  /** The log of {@code iommu} had no slot: requests are lost from here on. */
  record Overflowed(int iommu) implements ToKernel {
    @Override
    public void deliverTo(KernelSide side) {
      side.on(this);
    }
  }

  /** Software has read {@code records} more; their slots are free. */
  record Taken(int records) implements ToIommu {
    @Override
    public void deliverTo(IommuSide side) {
      side.on(this);
    }
  }

  /** Software has thrown away incomplete groups and cleared the overflow bit. */
  record OverflowCleared() implements ToIommu {
    @Override
    public void deliverTo(IommuSide side) {
      side.on(this);
    }
  }

  /** What the kernel listens to. */
  interface KernelSide {
    /** A record to be read. */
    void on(Raised raised);

    /** Records were lost. */
    void on(Overflowed overflowed);
  }

  /** What an IOMMU listens to. */
  interface IommuSide {
    /** Slots are free. */
    void on(Taken taken);

    /** The log may be written again. */
    void on(OverflowCleared cleared);
  }
}
