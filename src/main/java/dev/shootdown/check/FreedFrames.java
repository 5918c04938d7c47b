package dev.shootdown.check;

/**
 * Which frames are gone for good: one bit each, and a single shared block where all of 4096 are,
 * since frame numbers are never given out again within a run.
 */
final class FreedFrames {
  private static final int BLOCK_BITS = 4096;
  private static final long[] ALL_FREED = new long[0];

  private final PlaceMap<long[]> blocks = new PlaceMap<>();
  private final PlaceMap<int[]> counts = new PlaceMap<>();

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
    long[] block = blocks.get(key);
    if (block == null) {
      block = new long[BLOCK_BITS / 64];
      blocks.put(key, block);
      counts.put(key, new int[1]);
    }
    block[bit >> 6] |= 1L << bit;
    if (++counts.get(key)[0] == BLOCK_BITS) {
      blocks.put(key, ALL_FREED);
      counts.remove(key);
    }
    return true;
  }
}
