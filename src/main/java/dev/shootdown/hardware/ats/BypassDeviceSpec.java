package dev.shootdown.hardware.ats;

import dev.shootdown.config.Limits;

/**
 * A device that works with physical addresses.
 *
 * @param outstandingMax how many transfers can be under way, one tag each
 */
public record BypassDeviceSpec(@Limits(min = 1, max = 1 << 16) int outstandingMax) {}
