package dev.shootdown.kernel.mm;

/**
 * What the rarer parts of the kernel's own code cost, in ps.
 *
 * @param copyPs copying the content of one page
 * @param comparePs comparing the content of two pages
 * @param writeBackPs starting to write one page to storage
 * @param swapInPs reading one page back, besides allocating it
 * @param forkPs copying what a fork copies besides page tables
 * @param reclaimPs finding and isolating a page to reclaim or to migrate
 * @param scanPs finding a page to merge, or to hint at
 * @param collapsePs finding and isolating what khugepaged collapses
 */
public record WorkCosts(
    long copyPs,
    long comparePs,
    long writeBackPs,
    long swapInPs,
    long forkPs,
    long reclaimPs,
    long scanPs,
    long collapsePs) {
  /** None of it takes time. */
  public static final WorkCosts FREE = new WorkCosts(0, 0, 0, 0, 0, 0, 0, 0);
}
