package dev.shootdown.kernel.hmm;

import dev.shootdown.address.PageRange;

/**
 * A mirror's place in the machine.
 *
 * @param mm address space of the process
 * @param range the pages that it mirrors and subscribes to
 * @param walkerNumber its number at the process's page table
 * @param waitsForJobs whether the GPU lets running jobs end before it forgets, so that a start
 *     callback may take as long as a job
 * @param notifierPages how many pages each of its notifiers covers, ≥ 1
 * @param refusesAtomic whether it refuses every start callback that may not sleep, as mlx5 does
 */
public record MirrorLayout(
    int mm, PageRange range, int walkerNumber, boolean waitsForJobs, long notifierPages,
    boolean refusesAtomic) {
  /** One notifier for everything, which refuses only what it would have to sleep for. */
  public MirrorLayout(int mm, PageRange range, int walkerNumber, boolean waitsForJobs) {
    this(mm, range, walkerNumber, waitsForJobs, Math.max(1, range.pages()), false);
  }

  /** How many notifiers there are. */
  int notifiers() {
    return Math.toIntExact((range.pages() + notifierPages - 1) / notifierPages);
  }

  /** The notifier that covers {@code page} of the range. */
  int notifierOf(long page) {
    return Math.toIntExact((page - range.firstPage()) / notifierPages);
  }

  /** Whether {@code notifier} is concerned by an invalidation of {@code other}. */
  boolean concerns(int notifier, PageRange other) {
    long firstPage = range.firstPage() + notifier * notifierPages;
    long pages = Math.min(notifierPages, range.endPage() - firstPage);
    return other.overlaps(new PageRange(firstPage, pages));
  }
}
