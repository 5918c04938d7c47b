package dev.shootdown.interconnect;

import dev.shootdown.config.Limits;

/**
 * A PCIe switch.
 *
 * @param latencyPs from the last byte's departure on the shared link to its arrival, in ps
 * @param bandwidthBytesPerSecond of the shared link in each direction, in bytes per second
 * @param overheadBytes what every message carries beside its payload
 */
public record PcieSwitchSpec(
    long latencyPs, long bandwidthBytesPerSecond, @Limits(max = 4096) long overheadBytes) {}
