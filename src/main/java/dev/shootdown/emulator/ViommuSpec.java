package dev.shootdown.emulator;

import dev.shootdown.config.Checked;
import dev.shootdown.config.Limits;
import dev.shootdown.config.Settings;
import java.util.Optional;

/**
 * An IOMMU that QEMU emulates.
 *
 * @param flavour which IOMMU
 * @param behaviour as of which version
 * @param rangeRule what becomes of an event that reaches beyond a notifier
 * @param wholeUnmap how a whole notifier's range is unmapped
 * @param cachingMode whether absent entries may be cached (CAP.CM), so that maps are heard of
 * @param deviceTlb whether device TLBs are supported (dt)
 * @param addressBits I/O address width (aw-bits), 39 or 48
 * @param maxMask largest block of a page-selective invalidation, as a power of two of pages (MAMV)
 * @param interruptWindow whether 0xfee00000 to 0xfeefffff is cut out of the region
 * @param missUnderLock whether a backend's miss waits for descriptors being worked off, and the
 *     other way round
 * @param dirtyAttribution with which frame an unmap's dirty bits are kept
 * @param descriptorPs taking up one descriptor, in ps
 * @param entryPs looking at one entry of the guest's table, in ps
 * @param translatePs translating for a backend, besides reading the table, in ps
 * @param migrationAtPs when a migration begins, in ps; empty for never
 */
public record ViommuSpec(
    Flavour flavour,
    Behaviour behaviour,
    RangeRule rangeRule,
    WholeUnmap wholeUnmap,
    boolean cachingMode,
    boolean deviceTlb,
    @Limits(min = 39, max = 48, rule = "QEMU offers 39 and 48") int addressBits,
    @Limits(max = 45) int maxMask,
    boolean interruptWindow,
    boolean missUnderLock,
    DirtyAttribution dirtyAttribution,
    long descriptorPs,
    long entryPs,
    long translatePs,
    Optional<Long> migrationAtPs)
    implements Checked {
  private static final int NARROW_BITS = 39;
  private static final int WIDE_BITS = 48;

  /** Which IOMMU is emulated. */
  public enum Flavour {
    /** intel-iommu, VT-d. */
    INTEL,
    /** Arm's SMMUv3. */
    SMMUV3
  }

  /** Whose behaviour it shows. */
  public enum Behaviour {
    /** QEMU 7.2, December 2022. */
    QEMU_7_2,
    /** QEMU 10.0, with the fixes of 8.0. */
    QEMU_10_0
  }

  /** What becomes of an event that reaches beyond a notifier. */
  public enum RangeRule {
    /** Cut for those who asked for device-TLB events, else an assertion: QEMU since 6.0. */
    AS_SHIPPED,
    /** Cut for everybody. */
    CROP,
    /** An assertion for everybody: QEMU before 6.0. */
    ASSERT,
    /** Unmapped over the notifier's whole range, and so are domain and global invalidations. */
    WHOLE_NOTIFIER
  }

  /** How a notifier's whole range is unmapped. */
  public enum WholeUnmap {
    /** One event of exactly that range: its size need not be a multiple of a page. */
    ONE_EVENT,
    /** Naturally aligned power-of-two chunks within the address width. */
    CHUNKS,
    /** Everything, by VFIO's flag for that; one event for those who know no such flag. */
    FLAG_ALL
  }

  /** With which frame the dirty bits are kept that an unmap brings. */
  public enum DirtyAttribution {
    /** With the translated address of the unmap event, which means nothing and is 0. */
    EVENT,
    /** With the frame that was mapped until then. */
    MAPPING
  }

  @Override
  public void check(Settings at) {
    if (addressBits != NARROW_BITS && addressBits != WIDE_BITS) {
      at.problem("address-bits", "QEMU offers 39 and 48, not " + addressBits);
    }
    if (flavour == Flavour.SMMUV3 && deviceTlb) {
      at.problem("device-tlb", "QEMU's SMMUv3 ignores ATC_INV; write device-tlb = false");
    }
  }
}
