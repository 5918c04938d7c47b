package dev.shootdown.protocol;

/**
 * A guest's driver makes a device that it was given read or write a page, by I/O address.
 *
 * <ol>
 *   <li>The guest writes the device's doorbell; nobody waits.
 *   <li>The device interrupts the guest when the transfer is over, or was refused.
 * </ol>
 */
public sealed interface GuestDma {
  /** Said by the guest. */
  sealed interface ToDevice extends GuestDma {
    /** Calls the handler of this message. */
    void deliverTo(DeviceSide side);
  }

  /** Said by a device. */
  sealed interface ToGuest extends GuestDma {
    /** Calls the handler of this message. */
    void deliverTo(GuestSide side);
  }

  /**
   * One transfer within a page.
   *
   * @param tag chosen by the guest, returned as it is; different for each transfer
   * @param page I/O page number
   */
  record Start(long tag, long page, boolean write) implements ToDevice {
    @Override
    public void deliverTo(DeviceSide side) {
      side.on(this);
    }
  }

  /** The transfer is over; {@code denied} if it did not reach memory. */
  record Ended(long tag, boolean denied) implements ToGuest {
    @Override
    public void deliverTo(GuestSide side) {
      side.on(this);
    }
  }

  /** What a device listens to. */
  interface DeviceSide {
    /** The guest wants a transfer. */
    void on(Start start);
  }

  /** What a guest listens to. */
  interface GuestSide {
    /** A transfer is over. */
    void on(Ended ended);
  }
}
