package dev.shootdown.engine;

import java.util.List;
import org.apache.pekko.actor.setup.Setup;
import org.apache.pekko.dispatch.DispatcherPrerequisites;

/**
 * Carries an actor system's partitions to its dispatchers, which Pekko builds by class name from
 * the configuration. (A static registry would let two systems in one JVM meet.)
 */
final class PartitionSetup extends Setup {
  private final List<Partition> partitions;

  PartitionSetup(List<Partition> partitions) {
    this.partitions = partitions;
  }

  static Partition partition(DispatcherPrerequisites prerequisites, int number) {
    return prerequisites
        .settings()
        .setup()
        .get(PartitionSetup.class)
        .orElseThrow(() -> new IllegalStateException("actor system without partitions"))
        .partitions
        .get(number);
  }
}
