package dev.shootdown.kernel.hmm;

/**
 * Accesses to one page of a grant map.
 *
 * @param atPs when the first comes, in ps
 * @param page page number in the process
 * @param write whether they write
 * @param count how many, ≥ 1
 * @param everyPs from one to the next, in ps
 */
public record GrantUse(long atPs, long page, boolean write, int count, long everyPs) {
  /** Refuses what would be no access, or all of them at a time. */
  public GrantUse {
    if (count < 1) {
      throw new IllegalArgumentException("there is at least one access, not " + count);
    }
  }
}
