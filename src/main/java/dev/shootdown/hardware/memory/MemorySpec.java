package dev.shootdown.hardware.memory;

import dev.shootdown.config.Limits;

/**
 * A memory.
 *
 * @param channels how many channels work side by side; a frame belongs to channel pfn mod channels
 * @param channelBandwidthBytesPerSecond of each channel, in bytes per second
 * @param latencyPs from the end of a transfer on its channel to the answer, in ps
 */
public record MemorySpec(
    @Limits(min = 1, max = 1024) int channels,
    long channelBandwidthBytesPerSecond,
    long latencyPs) {}
