package dev.shootdown.hardware.iommu;

import dev.shootdown.config.Limits;

/**
 * A paging-structure cache: pointers to page-table pages, each good for 2 MiB.
 *
 * @param entries how many it holds; 0 for none
 * @param latencyPs what a walk that starts from it takes before it reads the leaf entry, in ps
 */
public record WalkCacheSpec(@Limits(min = 0, max = 1 << 20) int entries, long latencyPs) {
  /** None. */
  public static final WalkCacheSpec NONE = new WalkCacheSpec(0, 0);
}
