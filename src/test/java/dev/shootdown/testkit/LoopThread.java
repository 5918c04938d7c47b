package dev.shootdown.testkit;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.PoisonPill;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;

/**
 * Pekko's {@link ActorTestKit} with a dispatcher whose thread is the test's: an actor under test
 * runs only when the test says so, on its own stack. One for all tests of a JVM, which come one
 * after the other. Pekko makes an instance for its dispatcher.
 */
public final class LoopThread extends ExecutorServiceConfigurator {
  private static final String DISPATCHER = "loop-thread";
  private static final Queue<Runnable> TASKS = new ConcurrentLinkedQueue<>();

  /** Made when the first part of a JVM is started. */
  private static final class Lazy {
    private static final ActorTestKit KIT = ActorTestKit.create(
        "parts",
        ConfigFactory.parseString(
                "pekko { daemonic = on, loglevel = OFF, stdout-loglevel = OFF\n"
                    + "jvm-shutdown-hooks = off, actor.provider = local\n"
                    + "log-dead-letters = off }\n"
                    + DISPATCHER + " { type = Dispatcher, throughput = 1000, executor = \""
                    + LoopThread.class.getName() + "\" }")
            .withFallback(ActorTestKit.applicationTestConfig())
            .withFallback(ConfigFactory.defaultReference(LoopThread.class.getClassLoader()))
            .resolve());
  }

  /** Called by Pekko with the dispatcher's block of the configuration. */
  public LoopThread(Config config, DispatcherPrerequisites prerequisites) {
    super(config, prerequisites);
  }

  @Override
  public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
    return Tasks::new;
  }

  /** Starts an actor, which has come to its first message when this returns. */
  static <C> ActorRef<C> spawn(Behavior<C> behavior) {
    ActorRef<C> made =
        Lazy.KIT.spawn(behavior, DispatcherSelector.fromConfig(DISPATCHER));
    drain();
    return made;
  }

  /** The actor has handled {@code message} when this returns. */
  static <C> void tell(ActorRef<C> actor, C message) {
    actor.tell(message);
    drain();
  }

  static void stop(ActorRef<?> actor) {
    Adapter.toClassic(actor)
        .tell(PoisonPill.getInstance(), org.apache.pekko.actor.ActorRef.noSender());
    drain();
  }

  private static void drain() {
    for (Runnable task = TASKS.poll(); task != null; task = TASKS.poll()) {
      task.run();
    }
  }

  /** What the dispatcher hands over waits here for the test's thread. */
  private static final class Tasks extends AbstractExecutorService {
    private volatile boolean shutdown;

    @Override
    public void execute(Runnable task) {
      TASKS.add(task);
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
}
