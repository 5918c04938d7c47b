package dev.shootdown.engine;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.shootdown.engine.SystemPool.HandOver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Actor systems with their partitions, each lent to one run at a time; made when none is idle. */
final class Slots implements AutoCloseable {
  private final HandOver handOver;
  private final Map<Integer, ArrayDeque<Slot>> idle = new TreeMap<>();
  private boolean closed;
  private int made;

  Slots(HandOver handOver) {
    this.handOver = handOver;
  }

  /** An actor system with its partitions, for one run at a time. */
  static final class Slot {
    final ActorSystem<Void> system;
    final List<Partition> partitions;
    final List<ActorRef<Host.Command>> hosts;

    Slot(ActorSystem<Void> system, List<Partition> partitions,
        List<ActorRef<Host.Command>> hosts) {
      this.system = system;
      this.partitions = partitions;
      this.hosts = hosts;
    }
  }

  synchronized Slot take(int partitions) {
    if (closed) {
      throw new IllegalStateException("the pool of actor systems is closed");
    }
    ArrayDeque<Slot> free = idle.computeIfAbsent(partitions, p -> new ArrayDeque<>());
    Slot slot = free.pollFirst();
    return slot != null ? slot : make(partitions);
  }

  synchronized void giveBack(Slot slot) {
    if (closed) {
      discard(slot);
    } else {
      idle.get(slot.partitions.size()).addFirst(slot);
    }
  }

  /** Ends a slot's actor system; its last tasks run here, as no partition has a thread any more. */
  void discard(Slot slot) {
    slot.system.terminate();
    slot.partitions.forEach(Partition::adopt);
    while (!slot.system.getWhenTerminated().toCompletableFuture().isDone()) {
      slot.partitions.forEach(Partition::drainAll);
      Thread.yield();
    }
  }

  private Slot make(int count) {
    List<Partition> partitions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Partition partition = new Partition(i, handOver == HandOver.DIRECT);
      partition.adopt();
      partitions.add(partition);
    }
    CompletableFuture<List<ActorRef<Host.Command>>> hosts = new CompletableFuture<>();
    ActorSystemSetup setup =
        ActorSystemSetup.create(
            BootstrapSetup.create(config(count)), new PartitionSetup(List.copyOf(partitions)));
    ActorSystem<Void> system =
        ActorSystem.create(guardian(count, hosts), "shootdown-" + ++made, setup);
    return new Slot(system, partitions, hosts.join());
  }

  private static Behavior<Void> guardian(
      int count, CompletableFuture<List<ActorRef<Host.Command>>> hosts) {
    return Behaviors.setup(
        context -> {
          List<ActorRef<Host.Command>> spawned = new ArrayList<>();
          for (int i = 0; i < count; i++) {
            DispatcherSelector dispatcher = DispatcherSelector.fromConfig(dispatcherId(i));
            spawned.add(context.spawn(Host.create(), "partition-" + i, dispatcher));
          }
          hosts.complete(List.copyOf(spawned));
          return Behaviors.empty();
        });
  }

  private static String dispatcherId(int partition) {
    return "shootdown-partition-" + partition;
  }

  private Config config(int partitions) {
    StringBuilder text = new StringBuilder(BASE);
    for (int i = 0; i < partitions; i++) {
      text.append(dispatcherId(i))
          .append(" { type = Dispatcher, throughput = 1000, executor = \"")
          .append(PartitionExecutorConfigurator.class.getName())
          .append("\", partition = ")
          .append(i)
          .append(
              ", mailbox-type ="
                  + " \"org.apache.pekko.dispatch.SingleConsumerOnlyUnboundedMailbox\" }\n");
    }
    // Only Pekko's own defaults lie below: a site's files must not reach into the engine.
    return ConfigFactory.parseString(text.toString())
        .withFallback(ConfigFactory.defaultReference(SystemPool.class.getClassLoader()))
        .resolve();
  }

  private static final String BASE =
      """
      pekko {
        loglevel = WARNING
        stdout-loglevel = OFF
        logger-startup-timeout = 60s
        loggers = ["org.apache.pekko.event.slf4j.Slf4jLogger"]
        logging-filter = "org.apache.pekko.event.slf4j.Slf4jLoggingFilter"
        daemonic = on
        log-dead-letters = off
        log-dead-letters-during-shutdown = off
        jvm-shutdown-hooks = off
        coordinated-shutdown.run-by-jvm-shutdown-hook = off
        actor.provider = local
        actor.default-dispatcher.fork-join-executor { parallelism-min = 1, parallelism-max = 1 }
        actor.internal-dispatcher.fork-join-executor { parallelism-min = 1, parallelism-max = 1 }
      }
      """;

  @Override
  public synchronized void close() {
    closed = true;
    for (ArrayDeque<Slot> free : idle.values()) {
      free.forEach(this::discard);
      free.clear();
    }
  }
}
