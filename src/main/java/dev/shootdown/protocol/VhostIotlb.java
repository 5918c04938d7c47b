package dev.shootdown.protocol;

/**
 * A vhost backend with an IOTLB of its own, and the emulator that fills it.
 *
 * <ol>
 *   <li>The backend misses, and says so.
 *   <li>The emulator translates, and sends an update.
 *   <li>The emulator invalidates what the guest has flushed; the backend says when it is done. An
 *       update that was translated before may leave after that, and bring the old translation back.
 *   <li>Nothing is replayed: the backend asks for what it needs.
 * </ol>
 *
 * <p>Source: QEMU 10.0, hw/virtio/vhost.c; Linux 6.12, include/uapi/linux/vhost_types.h
 * (VHOST_IOTLB messages 1 to 3).
 */
public sealed interface VhostIotlb {
  /** Said by the emulator. */
  sealed interface ToBackend extends VhostIotlb {
    /** Calls the handler of this message. */
    void deliverTo(BackendSide side);
  }

  /** Said by the backend. */
  sealed interface ToEmulator extends VhostIotlb {
    /** Calls the handler of this message. */
    void deliverTo(EmulatorSide side);
  }

  /** VHOST_IOTLB_MISS: the backend needs a page. */
  record Miss(long page, boolean write) implements ToEmulator {
    @Override
    public void deliverTo(EmulatorSide side) {
      side.on(this);
    }
  }

  /** The invalidation under {@code ticket} is done: nothing of it is held or in use. */
  record Invalidated(long ticket) implements ToEmulator {
    @Override
    public void deliverTo(EmulatorSide side) {
      side.on(this);
    }
  }

  /**
   * VHOST_IOTLB_UPDATE: a translation.
   *
   * @param readAtPs when the guest's table was read for it, in ps
   */
  record Update(long page, long pfn, boolean writable, long readAtPs) implements ToBackend {
    @Override
    public void deliverTo(BackendSide side) {
      side.on(this);
    }
  }

  /**
   * There is no translation. The kernel's protocol has no such message: QEMU prints an error, and
   * the request stays open. It stands here so that a transfer to nowhere ends.
   */
  record Unmapped(long page) implements ToBackend {
    @Override
    public void deliverTo(BackendSide side) {
      side.on(this);
    }
  }

  /** VHOST_IOTLB_INVALIDATE; answered by {@link Invalidated}. */
  record Invalidate(long ticket, ViommuNotifier.Span span) implements ToBackend {
    @Override
    public void deliverTo(BackendSide side) {
      side.on(this);
    }
  }

  /** The emulator is gone. */
  record Closed() implements ToBackend {
    @Override
    public void deliverTo(BackendSide side) {
      side.on(this);
    }
  }

  /** What a backend listens to. */
  interface BackendSide {
    /** A translation. */
    void on(Update update);

    /** None. */
    void on(Unmapped unmapped);

    /** The guest flushed. */
    void on(Invalidate invalidate);

    /** There will be no more. */
    void on(Closed closed);
  }

  /** What an emulator listens to. */
  interface EmulatorSide {
    /** A translation is missing. */
    void on(Miss miss);

    /** An invalidation is over. */
    void on(Invalidated invalidated);
  }
}
