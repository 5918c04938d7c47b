package dev.shootdown.protocol;

/**
 * A device, or its IOMMU in its place, reads or writes memory with a physical address (AT = 10b
 * where it comes from a device).
 *
 * <ol>
 *   <li>The device sends the transfer.
 *   <li>Memory answers when it has been done. A node passes on what is another node's.
 * </ol>
 */
public sealed interface Dma {
  /** Frame numbers of one memory node: node n has those from n times that on. */
  long NODE_FRAMES = 1L << 32;

  /** The memory node of a frame. */
  static int nodeOf(long pfn) {
    return (int) (pfn / NODE_FRAMES);
  }

  /** Said by a device. */
  sealed interface ToMemory extends Dma {
    /** Calls the handler of this message. */
    void deliverTo(MemorySide side);
  }

  /** Said by memory to a device, or to the node that has passed its transfer on. */
  sealed interface ToDevice extends Dma {
    /** Calls the handler of this message. */
    void deliverTo(DeviceSide side);
  }

  /**
   * One transfer within a page.
   *
   * @param device the device's number at the memory, where the answer goes
   * @param tag chosen by the device, returned as it is
   * @param pfn the frame
   * @param sizeBytes 1 to 4096
   */
  record Transfer(int device, long tag, long pfn, boolean write, int sizeBytes)
      implements ToMemory {
    @Override
    public void deliverTo(MemorySide side) {
      side.on(this);
    }
  }

  /**
   * The transfer under {@code tag} is done.
   *
   * @param sizeBytes how much data comes with the answer; 0 for a write
   */
  record Transferred(long tag, int sizeBytes) implements ToDevice {
    /** An answer without data. */
    public Transferred(long tag) {
      this(tag, 0);
    }

    @Override
    public void deliverTo(DeviceSide side) {
      side.on(this);
    }
  }

  /** What memory listens to. */
  interface MemorySide {
    /** A device moves data. */
    void on(Transfer transfer);
  }

  /** What a device listens to. */
  interface DeviceSide {
    /** Memory has done it. */
    void on(Transferred transferred);
  }
}
