package dev.shootdown.engine;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/** A partition as the executor of a Pekko dispatcher. Its thread is whoever runs the partition. */
final class PartitionExecutor extends AbstractExecutorService {
  private final Partition partition;
  private volatile boolean shutdown;

  PartitionExecutor(Partition partition) {
    this.partition = partition;
  }

  @Override
  public void execute(Runnable task) {
    partition.execute(task);
  }

  @Override
  public void shutdown() {
    shutdown = true;
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown = true;
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return shutdown;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return shutdown;
  }
}
