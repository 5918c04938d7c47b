package dev.shootdown.check;

/** What a holder of translations is, learnt from what it states; the first that fits. */
public enum ComponentKind {
  /** It ever took up an address space: a CPU or a vCPU. */
  CPU,
  /** It ever sent a device-TLB invalidation, or is named {@code iommu…} or {@code smmu…}. */
  IOMMU,
  /** Anything else. */
  DEVICE,
  /** It ever returned from an mmu_notifier start callback: KVM, an HMM mirror, a grant table. */
  SUBSCRIBER
}
