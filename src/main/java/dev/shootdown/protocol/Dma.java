package dev.shootdown.protocol;

/**
 * A device, or its IOMMU in its place, reads or writes memory with a physical address (AT = 10b
 * where it comes from a device).
 *
 * <ol>
 *   <li>The device sends the transfer.
 *   <li>Memory answers when it has been done.
 * </ol>
 */
public sealed interface Dma {
  /** Said by a device. */
  sealed interface ToMemory extends Dma {
    /** Calls the handler of this message. */
    void deliverTo(MemorySide side);
  }

  /** Said by memory. */
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
