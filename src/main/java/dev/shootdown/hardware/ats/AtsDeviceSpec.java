package dev.shootdown.hardware.ats;

import dev.shootdown.config.Checked;
import dev.shootdown.config.Limits;
import dev.shootdown.config.Settings;
import dev.shootdown.protocol.Ats;
import java.util.Optional;

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
 * @param pasidBits how wide its PASIDs are, 0 to 20; 0 for a device without PASIDs, which can work
 *     in one address space only
 * @param pageRequests its page requests (PRI)
 * @param removeAtPs when it is pulled out, in ps; empty for never
 * @param trafficClasses over how many traffic classes its transfers go, in turns; it answers each
 *     invalidation once in each of them
 * @param smallestTranslationUnit STU of its ATS control register: translations and invalidations
 *     are of 4 KiB · 2^STU at least
 * @param statesPasidUse whether it tells its IOMMU when it begins and ends to work in a PASID
 * @param pasidLullPs how long it has had nothing to do in a PASID when it says that it ended, in ps
 */
public record AtsDeviceSpec(
    @Limits(min = 1, max = 1 << 20) int atcEntries,
    @Limits(min = 1, max = 1 << 20) int atcWays,
    long atcLatencyPs,
    @Limits(min = 1, max = 1 << 16) int outstandingMax,
    long invalidationProcessingPs,
    @Limits(min = 1, max = 32, rule = "an ITag has 5 bits") int invalidateQueueDepth,
    boolean dropRacingFills,
    boolean drainBeforeCompletion,
    @Limits(min = 0, max = 20, rule = "a PASID has up to 20 bits") int pasidBits,
    PageRequestSpec pageRequests,
    Optional<Long> removeAtPs,
    @Limits(min = 1, max = Ats.COMPLETIONS, rule = "PCIe has 8 traffic classes")
        int trafficClasses,
    @Limits(min = 0, max = 31, rule = "STU has 5 bits") int smallestTranslationUnit,
    boolean statesPasidUse,
    long pasidLullPs)
    implements Checked {
  private static final int PASID_BITS_MAX = 20;

  /** A device with one traffic class that asks for 4 KiB pages. */
  public AtsDeviceSpec(
      int atcEntries, int atcWays, long atcLatencyPs, int outstandingMax,
      long invalidationProcessingPs, int invalidateQueueDepth, boolean dropRacingFills,
      boolean drainBeforeCompletion, int pasidBits, PageRequestSpec pageRequests,
      Optional<Long> removeAtPs) {
    this(atcEntries, atcWays, atcLatencyPs, outstandingMax, invalidationProcessingPs,
        invalidateQueueDepth, dropRacingFills, drainBeforeCompletion, pasidBits, pageRequests,
        removeAtPs, 1, 0, false, 0);
  }

  /** A device with PASIDs, without page requests, which stays where it is. */
  public AtsDeviceSpec(
      int atcEntries, int atcWays, long atcLatencyPs, int outstandingMax,
      long invalidationProcessingPs, int invalidateQueueDepth, boolean dropRacingFills,
      boolean drainBeforeCompletion) {
    this(atcEntries, atcWays, atcLatencyPs, outstandingMax, invalidationProcessingPs,
        invalidateQueueDepth, dropRacingFills, drainBeforeCompletion, PASID_BITS_MAX,
        PageRequestSpec.NONE, Optional.empty());
  }

  /** Why it can't be bound to that many address spaces; empty if it can. */
  public Optional<String> refusal(int addressSpaces) {
    int most = 1 << pasidBits;
    if (addressSpaces <= most) {
      return Optional.empty();
    }
    return Optional.of(pasidBits == 0
        ? "the device has no PASIDs (pasid-bits = 0), so it works in one address space only"
        : "the device has PASIDs of " + pasidBits + " bits, which tell " + most
            + " address spaces apart, not " + addressSpaces);
  }

  @Override
  public void check(Settings at) {
    if (atcEntries % atcWays != 0) {
      at.problem("atc-ways", "must divide atc-entries (" + atcEntries + ")");
    }
    if (pasidBits == 0 && pageRequests.stopMarker()) {
      at.problem("page-requests", "a stop marker names a PASID, and the device has none");
    }
    if (smallestTranslationUnit != 0) {
      at.notModelled(
          "smallest-translation-unit",
          "Linux sets STU to the page size (pci_enable_ats), and pages have 4 KiB here; write 0");
    }
  }
}
