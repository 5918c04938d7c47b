package dev.shootdown.kernel.mm;

import dev.shootdown.config.Checked;
import dev.shootdown.config.Limits;
import dev.shootdown.config.Settings;

/**
 * What it costs that CPUs write the same cache lines and lists. Times in ps.
 *
 * @param linePs how long an atomic operation of one CPU keeps a cache line of an address space from
 *     the others
 * @param lineReadPs the same of a look at a line that another CPU has written
 * @param areaLocks whether a page fault locks its area instead of mmap_lock (Linux 6.4)
 * @param folioBatch new pages that a CPU keeps back until it moves them to the LRU lists together
 *     (PAGEVEC_SIZE); 0 if pages are on no list
 * @param lruPs fetching lru_lock and the heads of the lists, under that lock
 * @param lruPagePs putting one page on a list, or taking it off, under that lock
 */
public record SharedCosts(
    long linePs, long lineReadPs, boolean areaLocks,
    @Limits(min = 0, max = 256) int folioBatch, long lruPs, long lruPagePs)
    implements Checked {
  /** Each CPU has its own. */
  public static final SharedCosts NONE = new SharedCosts(0, 0, false, 0, 0, 0);

  @Override
  public void check(Settings at) {
    if (folioBatch == 0 && lruPs + lruPagePs > 0) {
      at.problem("folio-batch", "is 0, so that lru and lru-page would have no effect");
    }
  }
}
