package dev.shootdown.scenario;

import dev.shootdown.address.Access;
import dev.shootdown.address.PageRange;

/**
 * One line of a file of accesses, understood.
 *
 * @param atPs when it is wanted, in ps from the start of the run
 * @param mm in which address space
 * @param address of its first byte there
 * @param bytes how many, ≥ 1; all of them lie in declared areas
 */
record AccessRow(long atPs, int mm, long address, long bytes, Access access) {
  private static final int PAGE_SHIFT = 12;

  /** The pages that it touches. */
  PageRange pages() {
    long first = address >>> PAGE_SHIFT;
    return new PageRange(first, (address + bytes - 1 >>> PAGE_SHIFT) - first + 1);
  }

  /** How many of its bytes lie in {@code page}, which is one of its pages. */
  int bytesIn(long page) {
    long from = Math.max(address, page << PAGE_SHIFT);
    long to = Math.min(address + bytes, page + 1 << PAGE_SHIFT);
    return Math.toIntExact(to - from);
  }
}
