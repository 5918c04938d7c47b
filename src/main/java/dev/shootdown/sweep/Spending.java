package dev.shootdown.sweep;

import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * What points and runs cost: CPU time of the threads that work, by what they do. Of small runs,
 * nearly all of it is overhead. May be used by several threads.
 */
public final class Spending {
  /** What a thread does. */
  public enum Phase {
    /** Making a scenario of a point. */
    READING,
    /** Building the machine, running it and taking its figures. */
    RUNNING,
    /** Keeping what came of runs. */
    STORING
  }

  private final LongSupplier threadNs;
  private final Account[] accounts = new Account[Phase.values().length];

  /** Shares of one phase, in the order in which they came. */
  private static final class Account {
    private long[] ns = new long[64];
    private int[] runs = new int[64];
    private int size;
    private long total;

    void add(int more, long spentNs) {
      if (size == ns.length) {
        ns = Arrays.copyOf(ns, 2 * size);
        runs = Arrays.copyOf(runs, 2 * size);
      }
      ns[size] = spentNs;
      runs[size++] = more;
      total += more;
    }

    /** Over the later half. */
    double eachNs() {
      long before = 0;
      long counted = 0;
      long spent = 0;
      for (int i = 0; i < size; i++) {
        if (2 * before >= total) {
          counted += runs[i];
          spent += ns[i];
        }
        before += runs[i];
      }
      return counted == 0 ? 0 : (double) spent / counted;
    }
  }

  /**
   * Nothing spent yet.
   *
   * @param threadNs CPU time of the thread that asks, in ns
   */
  public Spending(LongSupplier threadNs) {
    this.threadNs = threadNs;
    Arrays.setAll(accounts, i -> new Account());
  }

  /** Where the clock of the thread that asks stands, for {@link #add}. */
  long mark() {
    return threadNs.getAsLong();
  }

  /** What this thread has spent since {@code markNs} was for so many points or runs. */
  void add(Phase phase, int runs, long markNs) {
    long spentNs = threadNs.getAsLong() - markNs;
    synchronized (accounts) {
      accounts[phase.ordinal()].add(runs, spentNs);
    }
  }

  /**
   * CPU time of a phase in ns, over the later half, when the JVM is warm: per point of {@code
   * READING}, else per run; 0 if there was none.
   */
  public double eachNs(Phase phase) {
    synchronized (accounts) {
      return accounts[phase.ordinal()].eachNs();
    }
  }
}
