package dev.shootdown.hardware.iommu;

import dev.shootdown.config.Checked;
import dev.shootdown.config.Limits;
import dev.shootdown.config.Settings;
import java.util.Optional;

/**
 * An IOMMU with a queue of commands.
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
 * @param spareSlots how many slots software leaves free beside those that it fills
 * @param deviceTimeoutPs how long a device may take for an invalidation before the IOMMU reports an
 *     error, in ps; empty for ever
 * @param resubmitPs what software takes to see an error, clear it and write aborted submissions to
 *     the ring again, in ps
 * @param pageRequests the log of page requests
 * @param stallsMax how many faulting transactions can wait for software; 0 if each is ended
 * @param walkCache the paging-structure cache
 * @param dirtyWriteBack whether a walk for writing sets the dirty bit in the page table; without
 *     that a device's writes leave no trace there
 * @param rewalkOnPermissionMiss whether a cached entry that lacks the right to write is looked up
 *     again in the page table; without that an upgrade that nobody flushed is never seen
 * @param cachesNotPresent whether absent entries are cached as well (VT-d's caching mode), so that
 *     software has to invalidate after mapping a page
 * @param drainUntranslated whether an IOTLB invalidation also waits for untranslated DMA that used
 *     what it drops (VT-d: DR and DW); without that memory is freed under a running transfer
 * @param walkRecoveryPs how long a walker stays busy after its walk was answered, in ps: what is
 *     occupied longer than it takes limits how many walks there are in a second
 * @param deviceQueueDepth how many invalidations at a time software says that each device takes
 *     (QDEP of a descriptor); 0 for what the device publishes, which is what Linux writes
 * @param countsCompletions whether an invalidation counts as done only when the device has answered
 *     it as often as it said that it would; without that memory is freed under transfers of the
 *     other traffic classes
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
    boolean deviceTlbAfterIotlb,
    @Limits(min = 0, max = 16) int spareSlots,
    Optional<Long> deviceTimeoutPs,
    long resubmitPs,
    PageRequestLogSpec pageRequests,
    @Limits(min = 0, max = 1 << 16, rule = "a stall tag has 16 bits") int stallsMax,
    WalkCacheSpec walkCache,
    boolean dirtyWriteBack,
    boolean rewalkOnPermissionMiss,
    boolean cachesNotPresent,
    boolean drainUntranslated,
    long walkRecoveryPs,
    @Limits(min = 0, max = IommuLayout.ITAGS, rule = "an ITag has 5 bits")
        int deviceQueueDepth,
    boolean countsCompletions) implements Checked {
  /** An IOMMU that minds what devices say of invalidations. */
  public IommuSpec(
      int iotlbEntries, int iotlbWays, long iotlbLatencyPs, int walkers, long walkLatencyPs,
      long iotlbInvalidationPs, int queueDepth, boolean dropRacingWalks,
      boolean deviceTlbAfterIotlb, int spareSlots, Optional<Long> deviceTimeoutPs, long resubmitPs,
      PageRequestLogSpec pageRequests, int stallsMax, WalkCacheSpec walkCache,
      boolean dirtyWriteBack, boolean rewalkOnPermissionMiss, boolean cachesNotPresent,
      boolean drainUntranslated, long walkRecoveryPs) {
    this(iotlbEntries, iotlbWays, iotlbLatencyPs, walkers, walkLatencyPs, iotlbInvalidationPs,
        queueDepth, dropRacingWalks, deviceTlbAfterIotlb, spareSlots, deviceTimeoutPs, resubmitPs,
        pageRequests, stallsMax, walkCache, dirtyWriteBack, rewalkOnPermissionMiss,
        cachesNotPresent, drainUntranslated, walkRecoveryPs, 0, true);
  }

  /** An IOMMU whose walkers are free as soon as they have answered. */
  public IommuSpec(
      int iotlbEntries, int iotlbWays, long iotlbLatencyPs, int walkers, long walkLatencyPs,
      long iotlbInvalidationPs, int queueDepth, boolean dropRacingWalks,
      boolean deviceTlbAfterIotlb, int spareSlots, Optional<Long> deviceTimeoutPs, long resubmitPs,
      PageRequestLogSpec pageRequests, int stallsMax, WalkCacheSpec walkCache,
      boolean dirtyWriteBack, boolean rewalkOnPermissionMiss, boolean cachesNotPresent,
      boolean drainUntranslated) {
    this(iotlbEntries, iotlbWays, iotlbLatencyPs, walkers, walkLatencyPs, iotlbInvalidationPs,
        queueDepth, dropRacingWalks, deviceTlbAfterIotlb, spareSlots, deviceTimeoutPs, resubmitPs,
        pageRequests, stallsMax, walkCache, dirtyWriteBack, rewalkOnPermissionMiss,
        cachesNotPresent, drainUntranslated, 0);
  }

  /** An IOMMU without page requests, stalls, time limits and paging-structure cache. */
  public IommuSpec(
      int iotlbEntries, int iotlbWays, long iotlbLatencyPs, int walkers, long walkLatencyPs,
      long iotlbInvalidationPs, int queueDepth, boolean dropRacingWalks,
      boolean deviceTlbAfterIotlb) {
    this(iotlbEntries, iotlbWays, iotlbLatencyPs, walkers, walkLatencyPs, iotlbInvalidationPs,
        queueDepth, dropRacingWalks, deviceTlbAfterIotlb, 0, Optional.empty(), 0,
        PageRequestLogSpec.NONE, 0, WalkCacheSpec.NONE, true, true, false, true);
  }

  @Override
  public void check(Settings at) {
    if (iotlbEntries % iotlbWays != 0) {
      at.problem("iotlb-ways", "must divide iotlb-entries (" + iotlbEntries + ")");
    }
    if (queueDepth < spareSlots + 2) {
      at.problem("queue-depth", "must be at least spare-slots + 2 (" + (spareSlots + 2)
          + "), or no command ever fits");
    }
    if (deviceTimeoutPs.isPresent() && deviceTimeoutPs.get() < 1) {
      at.problem("device-timeout", "must be more than no time; write null for no limit");
    }
  }
}
