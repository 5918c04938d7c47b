package dev.shootdown.engine;

/**
 * Keeps what a thread writes all the time out of the lines of cache in which another thread's
 * things lie: whoever extends it begins with two lines that nobody uses, as superclasses' fields
 * come first and processors fetch lines in pairs.
 *
 * <p>Where objects lie is up to the collector, which puts those of two partitions side by side
 * sooner or later. A line that both write to then takes longer than the event that it is about: of
 * 12 processes in which two workers ran 1,024 × 16 while a line took more than 180 ns, one got 0.94
 * of a single worker's rate instead of 1.60; of 14 with this, none did (decision 8).
 */
@SuppressWarnings("unused") // that is what the fields are for
abstract class Apart {
  private long a0;
  private long a1;
  private long a2;
  private long a3;
  private long a4;
  private long a5;
  private long a6;
  private long a7;
  private long b0;
  private long b1;
  private long b2;
  private long b3;
  private long b4;
  private long b5;
  private long b6;
  private long b7;
}
