package dev.shootdown.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Threads that take work in its order and bring results to the one that waits for them. What has
 * been brought by the time it looks is kept in one go: the busier it is, the more at once.
 */
abstract class Crew {
  private static final int QUEUED_MOST = 1024;

  /** One run. */
  interface Run {
    RunResult through(PointRunner runner);
  }

  /** Takes runs one by one, and does them. */
  interface Work {
    void accept(Run run);
  }

  /** Several runs that one thread does. */
  interface Item {
    void run(Work work);
  }

  private final int threads;
  private final PointRunner runner;
  private final BlockingQueue<List<RunResult>> brought = new ArrayBlockingQueue<>(QUEUED_MOST);
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicReference<Throwable> broken = new AtomicReference<>();
  private volatile boolean givenUp;

  Crew(int threads, PointRunner runner) {
    this.threads = threads;
    this.runner = runner;
  }

  /** Whether no further run is to be begun. */
  abstract boolean isStopped();

  /** Results, in the order in which they came. */
  abstract void keep(List<RunResult> results);

  /** Does all items, unless it is stopped; what has begun is always ended and kept. */
  final void run(List<? extends Item> items) {
    List<Thread> crew = new ArrayList<>();
    for (int i = 0; i < Math.min(threads, items.size()); i++) {
      Thread thread = new Thread(() -> work(items), "shootdown-sweep-" + i);
      thread.setDaemon(true);
      thread.start();
      crew.add(thread);
    }
    int working = crew.size();
    RuntimeException failure = null;
    while (working > 0) {
      List<List<RunResult>> parts = new ArrayList<>();
      parts.add(take());
      brought.drainTo(parts);
      List<RunResult> results = new ArrayList<>();
      for (List<RunResult> part : parts) {
        working -= part.isEmpty() ? 1 : 0;
        results.addAll(part);
      }
      try {
        if (failure == null && !results.isEmpty()) {
          keep(results);
        }
      } catch (RuntimeException cannotKeep) {
        failure = cannotKeep;
        givenUp = true;
      }
    }
    if (failure != null) {
      throw failure;
    }
    rethrow(broken.get());
  }

  private static void rethrow(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
  }

  private List<RunResult> take() {
    boolean interrupted = false;
    while (true) {
      try {
        List<RunResult> taken = brought.take();
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
        return taken;
      } catch (InterruptedException later) {
        interrupted = true; // threads are still at work; what they bring must be kept
      }
    }
  }

  private void work(List<? extends Item> items) {
    try {
      for (int i = next.getAndIncrement(); i < items.size() && !isOver();
          i = next.getAndIncrement()) {
        items.get(i).run(this::one);
      }
    } catch (RuntimeException | Error thrown) {
      broken.compareAndSet(null, thrown);
      givenUp = true;
    } finally {
      bring(List.of()); // says that this thread is done
    }
  }

  private void one(Run run) {
    if (!isOver()) {
      bring(List.of(run.through(runner)));
    }
  }

  private boolean isOver() {
    return givenUp || isStopped();
  }

  private void bring(List<RunResult> results) {
    while (true) {
      try {
        brought.put(results);
        return;
      } catch (InterruptedException later) {
        continue; // nobody else interrupts these threads, and the result must not be lost
      }
    }
  }
}
