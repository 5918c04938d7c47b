package dev.shootdown.hardware.ats;

import dev.shootdown.config.Checked;
import dev.shootdown.config.Limits;
import dev.shootdown.config.Settings;

/**
 * A PCIe device with an address translation cache (ATC).
 *
 * @param atcEntries how many translations the ATC holds
 * @param atcWays its associativity; the entries divide into sets of as many
 * @param atcLatencyPs from the wish to move data to hit or miss, in ps; lookups overlap
 * @param outstandingMax how many translation requests can be under way, one tag each
 * @param invalidationProcessingPs how long one invalidation occupies the device before matching
 *     entries are gone, in ps
 * @param invalidateQueueDepth how many invalidations the device takes at a time, as it publishes in
 *     its ATS capability
 * @param dropRacingFills whether a completion is thrown away, and the translation asked for again,
 *     if its range was invalidated while it was under way; without that a stale entry stays cached
 * @param drainBeforeCompletion whether an invalidation is answered only when DMA that used what it
 *     dropped is over; without that memory is freed under a running transfer
 */
public record AtsDeviceSpec(
    @Limits(min = 1, max = 1 << 20) int atcEntries,
    @Limits(min = 1, max = 1 << 20) int atcWays,
    long atcLatencyPs,
    @Limits(min = 1, max = 1 << 16) int outstandingMax,
    long invalidationProcessingPs,
    @Limits(min = 1, max = 32, rule = "an ITag has 5 bits") int invalidateQueueDepth,
    boolean dropRacingFills,
    boolean drainBeforeCompletion) implements Checked {
  @Override
  public void check(Settings at) {
    if (atcEntries % atcWays != 0) {
      at.problem("atc-ways", "must divide atc-entries (" + atcEntries + ")");
    }
  }
}
