package dev.shootdown.emulator;

import dev.shootdown.address.PageRange;

/** What a guest's driver is made to do, one thing after the other. */
public sealed interface GuestAction {
  /** Maps fresh frames; {@code huge} with leaves of 2 MiB. */
  record Map(PageRange range, boolean huge) implements GuestAction {}

  /** Unmaps, invalidates as its mode says, and gives the frames back. */
  record Unmap(PageRange range) implements GuestAction {}

  /** Invalidates everything in all devices' own caches, as when an address space is given up. */
  record FlushDevices() implements GuestAction {}

  /**
   * Starts transfers of device number {@code device}; nobody waits.
   *
   * @param count how many, one every {@code everyPs}, whatever the driver does meanwhile
   */
  record Dma(int device, long page, boolean write, int count, long everyPs)
      implements GuestAction {}

  /** Waits until all its transfers are over. */
  record AwaitDma() implements GuestAction {}

  /** Other work for that long, in ps. */
  record Spin(long durationPs) implements GuestAction {}

  /** Other work until then, in ps. */
  record SpinUntil(long untilPs) implements GuestAction {}
}
