package dev.shootdown.bench;

import java.util.function.LongSupplier;

/**
 * How long runs go uncounted: once at least, and while the compiler works, as it takes the second
 * processor from threads that share a run, and the first from one that has it alone.
 *
 * @param leastNs at least so long, in ns
 * @param mostNs at most about so long, in ns
 * @param nanoClock a monotonic clock in ns
 * @param compilerNanos time that the compiler has taken so far, in ns
 */
public record WarmUp(
    long leastNs, long mostNs, LongSupplier nanoClock, LongSupplier compilerNanos) {
  /** The compiler is done where it took less than this part of the last pass. */
  private static final double QUIET_COMPILER = 0.1;

  /** Repeats {@code pass}, which runs each of what is to be compared once. */
  void repeat(Runnable pass) {
    long warmedNs = 0;
    double compiling;
    do {
      final long beganNs = nanoClock.getAsLong();
      final long compiledNs = compilerNanos.getAsLong();
      pass.run();
      long tookNs = Math.max(1, nanoClock.getAsLong() - beganNs);
      warmedNs += tookNs;
      compiling = (compilerNanos.getAsLong() - compiledNs) / (double) tookNs;
    } while (warmedNs < leastNs || compiling >= QUIET_COMPILER && warmedNs < mostNs);
  }
}
