package dev.shootdown.bench;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/**
 * How far apart two threads are: the time that a line of cache takes from one to the other.
 *
 * <p>What threads gain that share a run depends on it, and it changes while a program runs: a host
 * may move the processors of a virtual machine so that they share a cache at one time and lie in
 * two packages at another, where a line takes five to eight times as long.
 */
final class LineDistance {
  private static final int ROUNDS = 20_000;

  /** Rounds before the stopwatch starts. */
  private static final int HEAD = 2_000;

  /** Longs between the two numbers: two lines, as processors fetch them in pairs. */
  private static final int APART = 16;

  private static final int SPINS_BEFORE_YIELD = 10_000;

  private LineDistance() {}

  /** The time for one way in ns, of {@value #ROUNDS} round trips; {@code nanoClock} is in ns. */
  static double nanos(LongSupplier nanoClock) {
    AtomicLongArray numbers = new AtomicLongArray(4 * APART);
    Thread other =
        new Thread(
            () -> {
              for (long round = 1; round <= ROUNDS; round++) {
                await(numbers, APART, round);
                numbers.set(2 * APART, round);
              }
            },
            "shootdown-distance");
    other.setDaemon(true);
    other.start();
    long beganNs = 0;
    for (long round = 1; round <= ROUNDS; round++) {
      if (round == HEAD) {
        beganNs = nanoClock.getAsLong();
      }
      numbers.set(APART, round);
      await(numbers, 2 * APART, round);
    }
    return (nanoClock.getAsLong() - beganNs) / (2.0 * (ROUNDS - HEAD + 1));
  }

  private static void await(AtomicLongArray numbers, int place, long round) {
    for (int spins = 0; numbers.get(place) < round; spins++) {
      if (spins < SPINS_BEFORE_YIELD) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
  }
}
