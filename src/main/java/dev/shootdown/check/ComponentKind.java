package dev.shootdown.check;

/** What a holder of translations is, learnt from what it states. */
public enum ComponentKind {
  /** It ever took up an address space. */
  CPU,
  /** It ever sent a device-TLB invalidation, or is named {@code iommu…} or {@code smmu…}. */
  IOMMU,
  /** Anything else. */
  DEVICE
}
