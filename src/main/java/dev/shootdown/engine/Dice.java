package dev.shootdown.engine;

/**
 * One component's own stream of random numbers.
 *
 * <p>The generator is L64X128Mix (Steele and Vigna, "LXM: Better Splittable Pseudorandom Number
 * Generators", OOPSLA 2021), the algorithm that the JDK ships as {@code L64X128MixRandom}. It is
 * written out here because the JDK's class hides its state, and a checkpoint has to save it; a test
 * holds both against each other. Derived draws use integer and basic floating-point arithmetic
 * only, which is exact by the Java 17 language specification, so that they agree on all machines.
 */
public final class Dice {
  private static final long MULTIPLIER = 0xd1342543de82ef95L;
  private static final double UNIT_53 = 0x1.0p-53;

  private final long additive;
  private long lcg;
  private long x0;
  private long x1;

  /** A stream in the given state; {@code additive} is made odd, and (x0, x1) must not be both 0. */
  public Dice(long additive, long lcg, long x0, long x1) {
    this.additive = additive | 1;
    this.lcg = lcg;
    boolean zero = (x0 | x1) == 0;
    this.x0 = zero ? Mix.GOLDEN : x0;
    this.x1 = x1;
  }

  /** The stream of component {@code name} in a run with seed {@code runSeed}. */
  public static Dice of(long runSeed, String name) {
    long base = Mix.text(runSeed, name);
    return new Dice(
        Mix.mix(base + Mix.GOLDEN),
        Mix.mix(base + 2 * Mix.GOLDEN),
        Mix.mix(base + 3 * Mix.GOLDEN),
        Mix.mix(base + 4 * Mix.GOLDEN));
  }

  /** 64 uniformly distributed bits. */
  public long nextLong() {
    long z = lcg + x0;
    z = (z ^ (z >>> 32)) * 0xdaba0b6eb09322e3L;
    z = (z ^ (z >>> 32)) * 0xdaba0b6eb09322e3L;
    z = z ^ (z >>> 32);
    lcg = MULTIPLIER * lcg + additive;
    long q0 = x0;
    long q1 = x1 ^ q0;
    q0 = Long.rotateLeft(q0, 24);
    q0 = q0 ^ q1 ^ (q1 << 16);
    q1 = Long.rotateLeft(q1, 37);
    x0 = q0;
    x1 = q1;
    return z;
  }

  /** A uniform integer in [0, bound); {@code bound} ≥ 1. The bias is below 2⁻³² per value. */
  public int below(int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("bound must be at least 1, not " + bound);
    }
    return (int) (((nextLong() >>> 32) * bound) >>> 32);
  }

  /** A uniform integer in [0, bound); {@code bound} ≥ 1. The bias is below bound / 2⁶⁴. */
  public long below(long bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("bound must be at least 1, not " + bound);
    }
    return Math.floorMod(nextLong(), bound);
  }

  /** A uniform number in [0, 1) with 53 random bits. */
  public double unit() {
    return (nextLong() >>> 11) * UNIT_53;
  }

  /** True with probability {@code p} in [0, 1]. */
  public boolean chance(double p) {
    return unit() < p;
  }

  /** An exponentially distributed time with mean {@code meanPs} ≥ 0, in ps, rounded down. */
  public long exponentialPs(long meanPs) {
    return (long) (meanPs * exponential());
  }

  /** An exponentially distributed number with mean 1; at most 64 · ln 2. */
  public double exponential() {
    long bits = nextLong();
    if (bits == 0) {
      return 64 * Ln.LN2;
    }
    return Ln.minusLogOfFraction(bits);
  }

  /** Reads the state, so that the processor has it; what comes out means nothing. */
  long look() {
    return x0;
  }

  /** The state, for checkpoints: additive, lcg, x0, x1. */
  public long[] state() {
    return new long[] {additive, lcg, x0, x1};
  }
}
