package dev.shootdown.check;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which frames are gone for good: one bit each, and a single shared block where all of 4096 are,
 * since frame numbers are never given out again within a run.
 */
final class FreedFrames {
  private static final int BLOCK_BITS = 4096;
  private static final long[] ALL_FREED = new long[0];

  private final Map<Long, long[]> blocks = new LinkedHashMap<>();
  private final Map<Long, Integer> counts = new LinkedHashMap<>();

  boolean contains(long pfn) {
    long[] block = blocks.get(pfn / BLOCK_BITS);
    if (block == null || block == ALL_FREED) {
      return block == ALL_FREED;
    }
    int bit = (int) (pfn % BLOCK_BITS);
    return (block[bit >> 6] >>> bit & 1) != 0;
  }

  /** False if it was freed before. */
  boolean add(long pfn) {
    if (contains(pfn)) {
      return false;
    }
    long key = pfn / BLOCK_BITS;
    int bit = (int) (pfn % BLOCK_BITS);
    blocks.computeIfAbsent(key, absent -> new long[BLOCK_BITS / 64])[bit >> 6] |= 1L << bit;
    if (counts.merge(key, 1, Integer::sum) == BLOCK_BITS) {
      blocks.put(key, ALL_FREED);
      counts.remove(key);
    }
    return true;
  }
}
