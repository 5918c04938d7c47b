package dev.shootdown.replay;

/**
 * A descriptor of VT-d's invalidation queue, decoded from its first two words (VT-d specification
 * 4.1, section 6.5.2; Linux drivers/iommu/intel/iommu.h, macros QI_*).
 *
 * @param kind what it invalidates
 * @param domain domain id; −1 if the kind has none
 * @param pasid −1 if the kind has none
 * @param source id of the device whose cache is meant; −1 if the kind has none
 * @param address first byte; 0 where the whole of something is meant
 * @param pages how many 4 KiB pages; −1 = all of the domain, PASID, device or IOMMU
 */
public record QiDescriptor(
    Kind kind, int domain, long pasid, int source, long address, long pages) {
  private static final int PAGE_SHIFT = 12;
  private static final long ADDRESS_BITS = -1L << PAGE_SHIFT;
  private static final long ALL = -1;

  /** What a descriptor is for, by its number in the specification. */
  public enum Kind {
    /** 1: the context cache. */
    CONTEXT(1),
    /** 2: the IOTLB, of requests without PASID. */
    IOTLB(2),
    /** 3: a device's cache, of requests without PASID. */
    DEVICE_TLB(3),
    /** 4: the interrupt entry cache. */
    INTERRUPT(4),
    /** 5: waits for those before it. */
    WAIT(5),
    /** 6: the IOTLB, by PASID. */
    PASID_IOTLB(6),
    /** 7: the PASID cache. */
    PASID_CACHE(7),
    /** 8: a device's cache, by PASID. */
    PASID_DEVICE_TLB(8),
    /** 9: the answer to a group of page requests. */
    PAGE_RESPONSE(9),
    /** Another number. */
    OTHER(0);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    private static Kind of(long code) {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      return OTHER;
    }
  }

  /** Decodes the first two words. */
  static QiDescriptor of(long word0, long word1) {
    Kind kind = Kind.of(word0 & 0xf);
    return switch (kind) {
      case IOTLB -> iotlb(kind, word0, word1, -1, 3);
      case PASID_IOTLB -> iotlb(kind, word0, word1, word0 >>> 32 & 0xfffff, 3);
      case DEVICE_TLB ->
          device(kind, -1, (int) (word0 >>> 32 & 0xffff), word1, (word1 & 1) != 0);
      case PASID_DEVICE_TLB ->
          device(kind, word0 >>> 32 & 0xfffff, (int) (word0 >>> 16 & 0xffff), word1,
              (word1 & 1 << 11) != 0);
      case PASID_CACHE ->
          new QiDescriptor(kind, (int) (word0 >>> 16 & 0xffff), word0 >>> 32 & 0xfffff, -1, 0, ALL);
      case PAGE_RESPONSE -> new QiDescriptor(
          kind, -1, word0 >>> 32 & 0xfffff, (int) (word0 >>> 16 & 0xffff), 0, 0);
      case CONTEXT -> new QiDescriptor(kind, (int) (word0 >>> 16 & 0xffff), -1, -1, 0, ALL);
      default -> new QiDescriptor(kind, -1, -1, -1, 0, 0);
    };
  }

  /** Granularity 3 is a block of 2^AM pages; smaller numbers are all of something. */
  private static QiDescriptor iotlb(
      Kind kind, long word0, long word1, long pasid, int pageGranularity) {
    int domain = (int) (word0 >>> 16 & 0xffff);
    boolean block = (word0 >>> 4 & 3) == pageGranularity;
    int order = (int) (word1 & 0x3f);
    boolean whole = !block || order >= Long.SIZE - PAGE_SHIFT;
    return new QiDescriptor(
        kind, domain, pasid, -1, whole ? 0 : word1 & ADDRESS_BITS, whole ? ALL : 1L << order);
  }

  /** With the size bit, the lowest zero bit of the address tells how large the block is. */
  private static QiDescriptor device(
      Kind kind, long pasid, int source, long word1, boolean sized) {
    long frame = word1 >>> PAGE_SHIFT;
    if (!sized) {
      return new QiDescriptor(kind, -1, pasid, source, frame << PAGE_SHIFT, 1);
    }
    int ones = Long.numberOfTrailingZeros(~frame);
    if (ones >= Long.SIZE - PAGE_SHIFT - 1) {
      return new QiDescriptor(kind, -1, pasid, source, 0, ALL);
    }
    long pages = 2L << ones;
    return new QiDescriptor(
        kind, -1, pasid, source, (frame & -pages) << PAGE_SHIFT, pages);
  }

  /** Whether it invalidates translations, rather than other caches or nothing. */
  public boolean isTranslation() {
    return switch (kind) {
      case IOTLB, DEVICE_TLB, PASID_IOTLB, PASID_DEVICE_TLB -> true;
      default -> false;
    };
  }

  /** Whether it covers that byte. */
  public boolean covers(long byteAddress) {
    return pages == ALL
        || byteAddress - address >= 0 && (byteAddress - address) >>> PAGE_SHIFT < pages;
  }
}
