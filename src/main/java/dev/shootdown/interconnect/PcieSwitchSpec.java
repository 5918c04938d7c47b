package dev.shootdown.interconnect;

import dev.shootdown.config.Limits;

/**
 * A PCIe switch.
 *
 * @param latencyPs from the last byte's departure on the shared link to its arrival, in ps
 * @param bandwidthBytesPerSecond of the shared link in each direction, in bytes per second
 * @param overheadBytes what every message carries beside its payload
 * @param arbitration whose turn it is on the shared link upwards
 */
public record PcieSwitchSpec(
    long latencyPs,
    @Limits(min = 1) long bandwidthBytesPerSecond,
    @Limits(max = 4096) long overheadBytes,
    Arbitration arbitration) {
  /** How ports take turns. */
  public enum Arbitration {
    /** One message of each port that has one (PCIe Base Specification, 6.3.3; recalled). */
    ROUND_ROBIN,
    /** All stand in one queue at the link, in the order in which they came. */
    ARRIVAL
  }
}
