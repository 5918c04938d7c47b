package dev.shootdown.kernel.kvm;

import dev.shootdown.config.Limits;

/**
 * gfn_to_pfn caches: kernel mappings of guest pages, refreshed when an invalidation hit them.
 *
 * @param waiting what a refresh does while invalidations are under way
 * @param mapInvalidates whether mapping the page is itself followed by an invalidation (bug 10,
 *     second half)
 * @param mapPs mapping the page, in ps
 * @param spinPs once around the loop, in ps
 */
public record PfnCacheSpec(
    Waiting waiting, boolean mapInvalidates, long mapPs,
    @Limits(min = 1, rule = "else a refresh that spins stops time") long spinPs) {
  /** What a refresh does while invalidations are under way. */
  public enum Waiting {
    /** Goes round as long as any is under way anywhere in the address space, or has ended. */
    GLOBAL_SPIN,
    /** Sleeps until none is under way that covers its page, and is tested by its own page only. */
    RANGE_WAIT
  }
}
