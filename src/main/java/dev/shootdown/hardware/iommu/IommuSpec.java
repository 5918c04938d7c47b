package dev.shootdown.hardware.iommu;

import dev.shootdown.config.Checked;
import dev.shootdown.config.Limits;
import dev.shootdown.config.Settings;

/**
 * An IOMMU with a queue of invalidations.
 *
 * @param iotlbEntries how many translations the IOTLB holds
 * @param iotlbWays its associativity; the entries divide into sets of as many
 * @param iotlbLatencyPs from a translation request's arrival to hit or miss, in ps; lookups overlap
 * @param walkers how many page walks can be under way
 * @param walkLatencyPs what a walk takes before it reads the leaf entry, in ps; the leaf costs the
 *     wire to the page table and back
 * @param iotlbInvalidationPs how long one IOTLB descriptor occupies the invalidation unit, in ps
 * @param queueDepth how many descriptors, wait descriptors included, the ring holds
 * @param dropRacingWalks whether the result of a walk is thrown away, and the page walked again, if
 *     it was invalidated while the leaf was being read; without that a stale entry stays cached
 * @param deviceTlbAfterIotlb whether a device-TLB descriptor waits for the IOTLB descriptors before
 *     it; without that a device can refill from the IOTLB what it has just dropped
 */
public record IommuSpec(
    @Limits(min = 1, max = 1 << 20) int iotlbEntries,
    @Limits(min = 1, max = 1 << 20) int iotlbWays,
    long iotlbLatencyPs,
    @Limits(min = 1, max = 4096) int walkers,
    long walkLatencyPs,
    long iotlbInvalidationPs,
    @Limits(min = 2, max = 1 << 19, rule = "one descriptor and its wait") int queueDepth,
    boolean dropRacingWalks,
    boolean deviceTlbAfterIotlb) implements Checked {
  @Override
  public void check(Settings at) {
    if (iotlbEntries % iotlbWays != 0) {
      at.problem("iotlb-ways", "must divide iotlb-entries (" + iotlbEntries + ")");
    }
  }
}
