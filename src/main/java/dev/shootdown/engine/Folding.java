package dev.shootdown.engine;

import java.util.List;

/**
 * Lets one thread run the parts of all partitions for a while where windows are too small to be
 * shared, and another one show facts to the observer meanwhile.
 *
 * <ol>
 *   <li>Now and then all threads meet and the events a window are counted. What is decided follows
 *       from the events alone, and changes nothing about them.
 *   <li>Where they are few, the first thread takes over all parts with their events. It goes on
 *       window by window, of which there are as many as if they were shared.
 *   <li>When windows have grown to twice as many events as sharing takes, all is given back.
 * </ol>
 */
final class Folding {
  /** Windows between two looks; a power of two. */
  private static final int WINDOWS = 256;

  /**
   * Events a window from which on sharing pays for two threads where facts are judged (decision 9).
   * With more threads less is enough, as more of them simulate: how much less is assumed.
   */
  private static final int JUDGED = 1_536;

  /** The same where the other thread would have nothing else to do. */
  private static final int BARE = 96;

  private final List<Partition> partitions;
  private final Observer observer;
  private final long sharedFrom;
  private ObserverThread judges;
  private boolean chosen;
  private boolean released;

  /** At the last look: events of all partitions, and windows. */
  private long eventsThen;

  private long windowsThen;

  /** The same when the present stretch began, and the sums of stretches that are over. */
  private long eventsBefore;

  private long windowsBefore;
  private long foldedEvents;
  private long foldedWindows;

  /**
   * Nothing is folded yet.
   *
   * @param observer who sees the facts; null if nobody does
   * @param sharedFrom events a window from which on windows are shared, ≥ 0; −1 for what pays
   */
  Folding(List<Partition> partitions, Observer observer, int sharedFrom) {
    this.partitions = partitions;
    this.observer = observer;
    this.sharedFrom = sharedFrom >= 0 ? sharedFrom : pays();
  }

  private int pays() {
    return observer == null ? BARE : JUDGED / Math.max(1, partitions.size() - 1);
  }

  /** Whether all threads are to meet for {@link #review} before they share a window. */
  boolean isDue(long window) {
    boolean atOnce = window == 0 && sharedFrom == Simulation.NEVER_SHARED;
    return atOnce || (window & WINDOWS - 1) == WINDOWS - 1;
  }

  /** Decides how to go on after {@code windows} windows, while nobody runs. */
  void review(long windows) {
    chosen = areFewer(sharedFrom, windows);
    if (chosen) {
      judges = observer == null ? null : ObserverThread.served(observer);
      eventsBefore = events();
      windowsBefore = windows;
      released = false;
    }
  }

  /** Whether the last review wants a stretch to be run by one thread. */
  boolean isChosen() {
    return chosen;
  }

  /** The first thread takes over what all others have; they are to {@link #help} it. */
  void begin() {
    partitions.get(0).takeOver(partitions);
    partitions.get(0).showTo(judges);
  }

  /** Nothing is left before {@code timePs}. */
  void reached(long timePs) {
    for (Partition partition : partitions) {
      partition.reached(timePs);
    }
  }

  /** Whether what was taken over is to be given back after {@code windows} windows. */
  boolean isOutgrown(long windows) {
    return windows - windowsThen >= WINDOWS && !areFewer(2 * sharedFrom, windows);
  }

  /** Returns when the observer has seen all facts. */
  void settle() {
    partitions.get(0).finishFacts();
    if (judges != null) {
      judges.settle();
    }
  }

  /** Gives all back after {@code windows} windows. */
  void end(long windows) {
    settle();
    partitions.get(0).showTo(null);
    foldedEvents += events() - eventsBefore;
    foldedWindows += windows - windowsBefore;
    partitions.get(0).giveBack();
  }

  /** Lets the other threads go on, whatever has happened. */
  void release() {
    if (judges != null) {
      judges.close();
    }
    partitions.forEach(Partition::runItself);
    synchronized (this) {
      released = true;
      notifyAll();
    }
  }

  /** What the thread of {@code part} does while the first one runs its parts; if anything. */
  boolean help(Partition part) {
    boolean judging = part.index() == 1 && judges != null;
    if (judging) {
      judges.serve();
    }
    awaitRelease();
    return judging;
  }

  WindowReport.Folded report() {
    return new WindowReport.Folded(foldedWindows, foldedEvents);
  }

  private boolean areFewer(long limit, long windows) {
    long events = events();
    boolean fewer = events - eventsThen < limit * Math.max(1, windows - windowsThen);
    eventsThen = events;
    windowsThen = windows;
    return fewer;
  }

  private long events() {
    long sum = 0;
    for (Partition partition : partitions) {
      sum += partition.events();
    }
    return sum;
  }

  private synchronized void awaitRelease() {
    boolean interrupted = false;
    while (!released) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
