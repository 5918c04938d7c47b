package dev.shootdown.kernel.notifier;

/** Where the kernel calls for a flush of secondary TLBs. */
public enum Era {
  /**
   * Before Linux 4.15: invalidate_range sits under the page-table lock almost everywhere, and
   * mmu_notifier_invalidate_range_end flushes again.
   */
  A,
  /**
   * Linux 4.15 to 6.5: after 0f10851ea475 and 4645b9fe84bf the flush of IOMMUs sits in
   * mmu_notifier_invalidate_range_end and in mmu_gather's commit.
   */
  B,
  /**
   * Linux 6.6 and later: since 6bbd42e2df8f it is part of the architecture's CPU flush
   * (arch_invalidate_secondary_tlbs).
   */
  C
}
