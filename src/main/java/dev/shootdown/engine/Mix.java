package dev.shootdown.engine;

import java.nio.charset.StandardCharsets;

/**
 * Stable 64-bit mixing: the same bits on every JDK, for digests, dice seeds and tie orders.
 *
 * <p>The finaliser is David Stafford's variant 13 of the MurmurHash3 finaliser, the constants of
 * which are also used by SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
 */
public final class Mix {
  /** 2⁶⁴ divided by the golden ratio, odd. */
  public static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private Mix() {}

  /** A bijection of 64-bit words in which every input bit reaches every output bit. */
  public static long mix(long word) {
    long z = word;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** The running digest {@code digest} extended by {@code word}; order matters. */
  public static long fold(long digest, long word) {
    return mix((digest ^ word) * GOLDEN + word);
  }

  /** A digest of {@code text} (its UTF-8 bytes), starting from {@code seed}. */
  public static long text(long seed, String text) {
    long digest = mix(seed + GOLDEN);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (byte b : bytes) {
      digest = fold(digest, b);
    }
    return fold(digest, bytes.length);
  }
}
