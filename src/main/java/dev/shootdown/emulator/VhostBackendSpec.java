package dev.shootdown.emulator;

import dev.shootdown.config.Limits;

/**
 * A vhost backend with its device IOTLB.
 *
 * @param ats whether the virtio device offers ATS, so that the guest may flush it by itself
 * @param registration what it asks the emulator to be told
 * @param iotlbEntries how many translations it keeps
 * @param invalidatePs one invalidation, in ps
 * @param transferPs how long a transfer goes on, in ps
 * @param dropRacingUpdates whether an update that answers a miss from before an invalidation is
 *     thrown away, and asked for again
 */
public record VhostBackendSpec(
    boolean ats,
    Wanted registration,
    @Limits(min = 1, max = 1 << 20) int iotlbEntries,
    long invalidatePs,
    long transferPs,
    boolean dropRacingUpdates) {
  /** What a backend's user in QEMU registers for. */
  public enum Wanted {
    /** By version: 7.2 tries device-TLB events first, 10.0 does so for devices with ATS. */
    AS_SHIPPED,
    /** Device-TLB events only. */
    DEVICE_TLB,
    /** IOTLB events only. */
    UNMAP
  }
}
