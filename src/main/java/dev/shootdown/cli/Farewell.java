package dev.shootdown.cli;

import dev.shootdown.cluster.Worker;

/** Has a worker say that it goes when a signal ends its process: silence takes longer to notice. */
final class Farewell {
  private Farewell() {}

  /** Serves as {@link Worker#serve} does, and closes {@code worker} on a signal. */
  static void serve(Worker worker) {
    Thread hook = new Thread(worker::close, "shootdown-farewell");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      worker.serve();
    } finally {
      remove(hook);
    }
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // It is at work.
      return;
    }
  }
}
