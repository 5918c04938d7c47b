package dev.shootdown.sweep;

/** Whoever waits for a sweep. Called by one thread at a time. */
public interface SweepWatch {
  /** So many runs are there, so many there will be; said again when more turn out to be needed. */
  void planned(int done, int total);

  /** A run ended, and is kept. */
  void ended(RunResult result);

  /** Whether no further run is to be begun; asked by all threads. */
  boolean isStopped();
}
