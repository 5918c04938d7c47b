package dev.shootdown.emulator;

import java.util.List;

/**
 * A guest's place in the machine.
 *
 * @param mm number of its I/O address space, unlike any process's
 * @param firstFrame the frame that is its physical page 0
 * @param addressBits I/O address width that its IOMMU offers
 * @param maxMask largest block of a page-selective invalidation, as a power of two of pages
 * @param cachingMode whether its IOMMU may cache absent entries, so that a map invalidates too
 * @param atsDevices numbers of those of its devices that offer ATS
 * @param ownPage its first physical page that its driver takes frames from
 */
public record GuestLayout(
    int mm, long firstFrame, int addressBits, int maxMask, boolean cachingMode,
    List<Integer> atsDevices, long ownPage) {
  /** A guest that leaves its first 2 MiB alone. */
  public GuestLayout(
      int mm, long firstFrame, int addressBits, int maxMask, boolean cachingMode,
      List<Integer> atsDevices) {
    this(mm, firstFrame, addressBits, maxMask, cachingMode, atsDevices, GuestTable.HUGE_PAGES);
  }

  /** Keeps a copy of the list. */
  public GuestLayout {
    atsDevices = List.copyOf(atsDevices);
  }
}
