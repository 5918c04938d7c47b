package dev.shootdown.engine;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Lets an observer look at facts on another thread, so that a run doesn't wait for its judges.
 *
 * <ol>
 *   <li>Facts are collected in batches. A run that doesn't fill the first one never needs a second
 *       thread.
 *   <li>A full batch goes to the other thread, which hands it back when all of it was shown. There
 *       are few batches: a run that is far ahead waits.
 *   <li>{@link #settle} returns when the observer has seen everything, on whichever thread.
 * </ol>
 *
 * <p>The other thread is one that is made for it, or one that calls {@link #serve}.
 *
 * <p>The observer sees what it would have seen without this, in the same order, later. It must not
 * be one that a run listens to. Facts are values, so nothing else is shared. To be used from one
 * thread, but for {@link #serve}.
 */
public final class ObserverThread implements Observer, AutoCloseable {
  private static final int BATCH_FACTS = 4_096;
  private static final int BATCHES = 8;

  private final Observer observer;
  private final boolean served;
  private final BlockingQueue<Batch> full = new ArrayBlockingQueue<>(BATCHES);
  private final BlockingQueue<Batch> free = new ArrayBlockingQueue<>(BATCHES);
  private Batch filling = new Batch();
  private int batches = 1;
  private boolean handedOver;
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

  /** Facts will be shown to {@code observer} on a thread made for it. */
  public ObserverThread(Observer observer) {
    this(observer, false);
  }

  private ObserverThread(Observer observer, boolean served) {
    this.observer = observer;
    this.served = served;
  }

  /** Facts will be shown to {@code observer} by whoever calls {@link #serve}. */
  static ObserverThread served(Observer observer) {
    return new ObserverThread(observer, true);
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
    if (!handedOver) {
      filling.showTo(observer);
      return;
    }
    handOver(false);
    Batch[] back = new Batch[batches];
    for (int i = 0; i < batches; i++) {
      back[i] = taken(free);
    }
    filling = back[0];
    for (int i = 1; i < batches; i++) {
      put(free, back[i]);
    }
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

  /** Lets the observer's thread go; what it has not seen by then, it doesn't see. */
  @Override
  public void close() {
    if (handedOver || served) {
      full.clear();
      filling.size = 0;
      handOver(true);
    }
    if (thread != null) {
      join();
    }
  }

  private Batch another() {
    batches++;
    return new Batch();
  }

  private void handOver(boolean last) {
    handedOver = true;
    if (thread == null && !served) {
      thread = new Thread(this::serve, "shootdown-judges");
      thread.setDaemon(true);
      thread.start();
    }
    filling.last = last;
    put(full, filling);
  }

  /**
   * Shows facts to the observer on the calling thread until this is closed. After a failure it goes
   * on taking them, so that nobody waits.
   */
  void serve() {
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
