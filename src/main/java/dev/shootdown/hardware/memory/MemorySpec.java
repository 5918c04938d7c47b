package dev.shootdown.hardware.memory;

import dev.shootdown.config.Limits;

/**
 * A memory.
 *
 * @param channels how many channels work side by side; a frame belongs to channel pfn mod channels
 * @param channelBandwidthBytesPerSecond of each channel, in bytes per second
 * @param latencyPs from the end of a transfer on its channel to the answer, in ps
 * @param answersCarryData whether the answer to a read is as long as what was read, so that it
 *     occupies the wire back; without that only the channel's bandwidth counts
 */
public record MemorySpec(
    @Limits(min = 1, max = 1024) int channels,
    long channelBandwidthBytesPerSecond,
    long latencyPs,
    boolean answersCarryData) {
  /** A memory whose answers take no room on the wire. */
  public MemorySpec(int channels, long channelBandwidthBytesPerSecond, long latencyPs) {
    this(channels, channelBandwidthBytesPerSecond, latencyPs, false);
  }
}
