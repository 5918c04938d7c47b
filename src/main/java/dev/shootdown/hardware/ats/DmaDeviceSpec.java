package dev.shootdown.hardware.ats;

import dev.shootdown.config.Limits;

/**
 * A device without a translation cache.
 *
 * @param outstandingMax how many transfers can be under way, one tag each
 */
public record DmaDeviceSpec(@Limits(min = 1, max = 1 << 16) int outstandingMax) {}
