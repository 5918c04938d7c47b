package dev.shootdown.engine;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Lets an observer look at facts on a thread of its own, so that a run doesn't wait for its judges.
 *
 * <ol>
 *   <li>Facts are collected in batches. A run that doesn't fill the first one never has a second
 *       thread.
 *   <li>A full batch goes to the observer's thread, which hands it back when all of it was shown.
 *       There are few batches: a run that is far ahead waits.
 *   <li>{@link #settle} returns when the observer has seen everything, on whichever thread.
 * </ol>
 *
 * <p>The observer sees what it would have seen without this, in the same order, later. It must not
 * be one that a run listens to. Facts are values, so nothing else is shared. To be used from one
 * thread.
 */
public final class ObserverThread implements Observer, AutoCloseable {
  private static final int BATCH_FACTS = 4_096;
  private static final int BATCHES = 8;

  private final Observer observer;
  private final BlockingQueue<Batch> full = new ArrayBlockingQueue<>(BATCHES);
  private final BlockingQueue<Batch> free = new ArrayBlockingQueue<>(BATCHES);
  private Batch filling = new Batch();
  private int batches = 1;
  private Thread thread;
  private volatile Throwable broken;

  /** Facts side by side, in the order in which they are to be seen. */
  private static final class Batch {
    private final long[] timesPs = new long[BATCH_FACTS];
    private final String[] components = new String[BATCH_FACTS];
    private final Fact[] facts = new Fact[BATCH_FACTS];
    private int size;
    private boolean last;

    void showTo(Observer observer) {
      for (int i = 0; i < size; i++) {
        observer.seen(timesPs[i], components[i], facts[i]);
        facts[i] = null;
      }
      size = 0;
    }
  }

  /** Facts will be shown to {@code observer}. */
  public ObserverThread(Observer observer) {
    this.observer = observer;
  }

  @Override
  public void seen(long atPs, String component, Fact fact) {
    Batch batch = filling;
    int at = batch.size++;
    batch.timesPs[at] = atPs;
    batch.components[at] = component;
    batch.facts[at] = fact;
    if (batch.size == BATCH_FACTS) {
      handOver(false);
      filling = batches < BATCHES ? another() : taken(free);
      refuseBroken();
    }
  }

  /**
   * Waits until the observer has seen all facts. If it threw, this or an earlier call of {@link
   * #seen} throws the same.
   */
  public void settle() {
    if (thread == null) {
      filling.showTo(observer);
      return;
    }
    handOver(true);
    join();
    filling = new Batch();
    batches = 1;
    free.clear();
    refuseBroken();
  }

  /** What the observer threw is thrown where it would have been, a little later. */
  private void refuseBroken() {
    if (broken instanceof RuntimeException thrown) {
      throw thrown;
    } else if (broken instanceof Error thrown) {
      throw thrown;
    }
  }

  /** Ends the observer's thread; what it has not seen by then, it doesn't see. */
  @Override
  public void close() {
    if (thread != null) {
      filling.size = 0;
      full.clear();
      handOver(true);
      join();
    }
  }

  private Batch another() {
    batches++;
    return new Batch();
  }

  private void handOver(boolean last) {
    if (thread == null) {
      thread = new Thread(this::show, "shootdown-judges");
      thread.setDaemon(true);
      thread.start();
    }
    filling.last = last;
    put(full, filling);
  }

  /** What the observer's thread does. After a failure it goes on taking, so that nobody waits. */
  private void show() {
    boolean last = false;
    while (!last) {
      Batch batch = taken(full);
      last = batch.last;
      if (broken == null) {
        try {
          batch.showTo(observer);
        } catch (RuntimeException | Error thrown) {
          broken = thrown;
        }
      }
      batch.size = 0;
      put(free, batch);
    }
  }

  private static <T> T taken(BlockingQueue<T> queue) {
    boolean interrupted = false;
    while (true) {
      try {
        T item = queue.take();
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
        return item;
      } catch (InterruptedException ignored) {
        // A run is ended by its StopFlag; an interrupt is for whoever comes after it.
        interrupted = true;
      }
    }
  }

  private static <T> void put(BlockingQueue<T> queue, T item) {
    if (!queue.offer(item)) {
      throw new IllegalStateException("there are more batches than places for them");
    }
  }

  private void join() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException ignored) {
        interrupted = true;
      }
    }
    thread = null;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
