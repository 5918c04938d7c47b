package dev.shootdown.hardware.ats;

import dev.shootdown.config.Limits;

/**
 * A device without a translation cache.
 *
 * @param outstandingMax how many transfers can be under way, one tag each
 * @param completion when a transfer's tag is free for another one
 * @param gapPs from the start of a transfer to that of the next at least, in ps
 */
public record DmaDeviceSpec(
    @Limits(min = 1, max = 1 << 16) int outstandingMax, Completion completion, long gapPs) {
  /** In which order a device takes what comes back. */
  public enum Completion {
    /** As it comes. */
    ANY_ORDER,
    /** As it was asked for: one that takes longer holds up those that began after it. */
    IN_ORDER
  }

  /** A device that starts at any time, and takes what comes as it comes. */
  public DmaDeviceSpec(int outstandingMax) {
    this(outstandingMax, Completion.ANY_ORDER, 0);
  }
}
