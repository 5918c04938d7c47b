package dev.shootdown.engine;

import com.typesafe.config.Config;
import java.util.concurrent.ThreadFactory;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;

/** Pekko's extension point through which a dispatcher gets a partition as its executor. */
public final class PartitionExecutorConfigurator extends ExecutorServiceConfigurator {
  private final Partition partition;

  /** Called by Pekko with the dispatcher's block of the configuration. */
  public PartitionExecutorConfigurator(Config config, DispatcherPrerequisites prerequisites) {
    super(config, prerequisites);
    this.partition = PartitionSetup.partition(prerequisites, config.getInt("partition"));
  }

  @Override
  public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
    return () -> new PartitionExecutor(partition);
  }
}
