package dev.shootdown.protocol;

import dev.shootdown.address.PageRange;

/**
 * The host's end of an OpenCAPI link and the driver's registers there (Linux 6.12,
 * drivers/misc/ocxl/link.c, arch/powerpc/platforms/powernv/ocxl.c).
 *
 * <ol>
 *   <li>An access that the page table doesn't allow raises the fault interrupt, and waits. No
 *       second one is raised until the driver has acknowledged the first (TFC register): the
 *       access is then tried again (RESTART) or refused (ADDRESS_ERROR).
 *   <li>The driver launches one address-translation shoot-down at a time (ATSD registers), and
 *       polls until it is done.
 * </ol>
 */
public sealed interface OpenCapi {
  /** Said by the driver. */
  sealed interface ToLink extends OpenCapi {
    /** Calls the handler of this message. */
    void deliverTo(LinkSide side);
  }

  /** Said by the link. */
  sealed interface ToDriver extends OpenCapi {
    /** Calls the handler of this message. */
    void deliverTo(DriverSide side);
  }

  /**
   * Forget {@code range} of {@code mm}; answered by {@link ShotDown}.
   *
   * @param number chosen by the driver, returned as it is
   * @param range one page of the kernel's, or {@link PageRange#ALL} for the whole process
   * @param removes whether the process's elements are gone from now on, so that no access is
   *     translated through them any more
   */
  record ShootDown(long number, int mm, PageRange range, boolean removes) implements ToLink {
    @Override
    public void deliverTo(LinkSide side) {
      side.on(this);
    }
  }

  /** The answer to the fault: try again, or give the access up. */
  record Acknowledged(boolean restart) implements ToLink {
    @Override
    public void deliverTo(LinkSide side) {
      side.on(this);
    }
  }

  /** Shoot-down {@code number} is done: nothing here goes through those translations any more. */
  record ShotDown(long number) implements ToDriver {
    @Override
    public void deliverTo(DriverSide side) {
      side.on(this);
    }
  }

  /**
   * The fault interrupt.
   *
   * @param context number of the process element that the access came through
   */
  record Faulted(int context, int mm, long page, boolean write) implements ToDriver {
    @Override
    public void deliverTo(DriverSide side) {
      side.on(this);
    }
  }

  /** What a link listens to. */
  interface LinkSide {
    /** A shoot-down was launched. */
    void on(ShootDown shootDown);

    /** The outstanding fault is answered. */
    void on(Acknowledged acknowledged);
  }

  /** What the driver listens to. */
  interface DriverSide {
    /** A shoot-down is done. */
    void on(ShotDown shotDown);

    /** An access needs the driver. */
    void on(Faulted faulted);
  }
}
