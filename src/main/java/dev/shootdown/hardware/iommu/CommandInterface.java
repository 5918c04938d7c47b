package dev.shootdown.hardware.iommu;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.Invalidation;

/**
 * What the makers' command queues do differently. The words for the commands are VT-d's, see
 * {@link Invalidation}.
 */
public enum CommandInterface {
  /** Intel's queued invalidation (VT-d 6.5.2). */
  VTD(Expiry.ABORT_ALL) {
    @Override
    boolean knows(Invalidation.Descriptor command) {
      return !(command instanceof Invalidation.Resume) && isBlock(command);
    }

    @Override
    boolean fences(Invalidation.Wait wait) {
      return wait.fence();
    }
  },
  /** AMD's command buffer; COMPLETION_WAIT has a flag that holds back what follows. */
  AMD(Expiry.LOG) {
    @Override
    boolean knows(Invalidation.Descriptor command) {
      return !(command instanceof Invalidation.Resume) && isBlock(command);
    }

    @Override
    boolean fences(Invalidation.Wait wait) {
      return wait.fence();
    }
  },
  /** Arm's command queue: the queue stands at a CMD_SYNC until all before it is done. */
  SMMU(Expiry.REPEAT_WAIT) {
    @Override
    boolean knows(Invalidation.Descriptor command) {
      return command instanceof Invalidation.Iotlb own ? isScaled(own.range()) : isBlock(command);
    }

    @Override
    boolean fences(Invalidation.Wait wait) {
      return true;
    }
  };

  /** What happens when a device has not answered an invalidation in time. */
  enum Expiry {
    /** All waits in the ring are aborted, and software writes them again (VT-d: ITE). */
    ABORT_ALL,
    /** An event is logged, and the command counts as done. Assumed of AMD. */
    LOG,
    /** The queue stands with an error until software repeats the wait (CERROR_ATC_INV). */
    REPEAT_WAIT
  }

  private static final int CHUNK_MAX = 32;

  private final Expiry expiry;

  CommandInterface(Expiry expiry) {
    this.expiry = expiry;
  }

  Expiry expiry() {
    return expiry;
  }

  /** Whether the command exists and can say what it says. */
  abstract boolean knows(Invalidation.Descriptor command);

  /** Whether commands behind {@code wait} start only when it is complete. */
  abstract boolean fences(Invalidation.Wait wait);

  /** A range is coded as an address and a power of two. */
  private static boolean isBlock(Invalidation.Descriptor command) {
    if (command instanceof Invalidation.Iotlb own) {
      return isBlock(own.range());
    }
    return !(command instanceof Invalidation.LeaveToUse)
        && (!(command instanceof Invalidation.DeviceTlb device) || isBlock(device.range()));
  }

  private static boolean isBlock(PageRange range) {
    return Long.bitCount(range.pages()) == 1 && (range.firstPage() & range.pages() - 1) == 0;
  }

  /** A range is coded as an address, a scale, and 1 to 32 times that (FEAT_RANGE_INV). */
  private static boolean isScaled(PageRange range) {
    return range.pages() > 0
        && range.pages() >> Long.numberOfTrailingZeros(range.pages()) <= CHUNK_MAX;
  }
}
