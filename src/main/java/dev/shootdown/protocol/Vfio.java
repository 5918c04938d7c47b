package dev.shootdown.protocol;

import java.util.List;

/**
 * An emulator and a container of the kernel's VFIO type1 driver, version 2.
 *
 * <ol>
 *   <li>Each request is an ioctl: the emulator waits for its result.
 *   <li>Sizes are unsigned 64-bit numbers of bytes. The whole address space doesn't fit into one.
 *   <li>The emulator's end closes the container, which drops everything.
 * </ol>
 *
 * <p>Source: Linux 6.12, include/uapi/linux/vfio.h and drivers/vfio/vfio_iommu_type1.c.
 */
public sealed interface Vfio {
  /** Said by the emulator. */
  sealed interface ToContainer extends Vfio {
    /** Calls the handler of this message. */
    void deliverTo(ContainerSide side);
  }

  /** Said by the container. */
  sealed interface ToEmulator extends Vfio {
    /** Calls the handler of this message. */
    void deliverTo(EmulatorSide side);
  }

  /** How a request ended. */
  enum Status {
    /** It was done. */
    OK,
    /** −EINVAL: the size is 0, wraps or is no multiple of a page; or a mapping would be cut. */
    INVALID,
    /** −EEXIST: something is mapped there. */
    EXISTS,
    /** −ENOSPC: the container has as many mappings as it may have. */
    FULL
  }

  /** VFIO_IOMMU_MAP_DMA of {@code sizeBytes} at {@code iova} to the frames from {@code pfn} on. */
  record MapDma(long ticket, long iova, long sizeBytes, long pfn, boolean writable)
      implements ToContainer {
    @Override
    public void deliverTo(ContainerSide side) {
      side.on(this);
    }
  }

  /**
   * VFIO_IOMMU_UNMAP_DMA.
   *
   * @param all VFIO_DMA_UNMAP_FLAG_ALL: everything goes; {@code iova} and {@code sizeBytes} are 0
   * @param bitmap VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP: which pages had been written is told
   */
  record UnmapDma(long ticket, long iova, long sizeBytes, boolean all, boolean bitmap)
      implements ToContainer {
    @Override
    public void deliverTo(ContainerSide side) {
      side.on(this);
    }
  }

  /** VFIO_IOMMU_DIRTY_PAGES: from now on writes are recorded; answered by a {@link Result}. */
  record TrackDirty(long ticket) implements ToContainer {
    @Override
    public void deliverTo(ContainerSide side) {
      side.on(this);
    }
  }

  /** The file descriptor was closed. */
  record Closed() implements ToContainer {
    @Override
    public void deliverTo(ContainerSide side) {
      side.on(this);
    }
  }

  /**
   * What came of the request under {@code ticket}.
   *
   * @param unmappedBytes how much was mapped that no longer is
   * @param dirtyPages the I/O pages that had been written, if that was asked for
   */
  record Result(long ticket, Status status, long unmappedBytes, List<Long> dirtyPages)
      implements ToEmulator {
    @Override
    public void deliverTo(EmulatorSide side) {
      side.on(this);
    }
  }

  /** What a container listens to. */
  interface ContainerSide {
    /** The emulator maps. */
    void on(MapDma map);

    /** The emulator unmaps. */
    void on(UnmapDma unmap);

    /** A migration begins. */
    void on(TrackDirty track);

    /** The emulator is gone. */
    void on(Closed closed);
  }

  /** What an emulator listens to. */
  interface EmulatorSide {
    /** A request is over. */
    void on(Result result);
  }
}
