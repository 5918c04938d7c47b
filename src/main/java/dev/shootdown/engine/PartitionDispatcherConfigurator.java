package dev.shootdown.engine;

import com.typesafe.config.Config;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorCell;
import org.apache.pekko.dispatch.Dispatcher;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.Envelope;
import org.apache.pekko.dispatch.Mailbox;
import org.apache.pekko.dispatch.MessageDispatcher;
import org.apache.pekko.dispatch.MessageDispatcherConfigurator;
import scala.concurrent.duration.Duration;
import scala.concurrent.duration.FiniteDuration;

/**
 * Makes the dispatcher of one partition, either Pekko's own over the partition's executor ({@code
 * hand-over = mailbox}) or the same with a short cut ({@code hand-over = direct}).
 */
public final class PartitionDispatcherConfigurator extends MessageDispatcherConfigurator {
  private static final int THROUGHPUT = 1_000;
  private static final FiniteDuration SHUTDOWN_TIMEOUT = Duration.create(1, TimeUnit.SECONDS);

  private final MessageDispatcher dispatcher;

  /** Called by Pekko with the dispatcher's block of the configuration. */
  public PartitionDispatcherConfigurator(Config config, DispatcherPrerequisites prerequisites) {
    super(config, prerequisites);
    Partition partition = PartitionSetup.partition(prerequisites, config.getInt("partition"));
    boolean direct = config.getString("hand-over").equals("direct");
    this.dispatcher =
        direct
            ? new Direct(this, config.getString("id"), partition)
            : new Dispatcher(
                this,
                config.getString("id"),
                THROUGHPUT,
                Duration.Zero(),
                configureExecutor(),
                SHUTDOWN_TIMEOUT);
  }

  @Override
  public MessageDispatcher dispatcher() {
    return dispatcher;
  }

  /**
   * Hands a message to an idle actor on the partition's own thread, without a mailbox in between.
   *
   * <p>It relies on {@code Dispatcher.dispatch}, an internal signature of Pekko 1.x: that is why it
   * stands alone here, behind the plain variant. Allowed only outside any task (an actor must not
   * run inside another), on the owning thread, for an actor whose mailbox is open, idle, and without
   * system messages; anything else takes the ordinary way.
   */
  private static final class Direct extends Dispatcher {
    private static final int OPEN_AND_IDLE = 0;

    private final Partition partition;

    Direct(MessageDispatcherConfigurator configurator, String id, Partition partition) {
      super(
          configurator,
          id,
          THROUGHPUT,
          Duration.Zero(),
          configurator.configureExecutor(),
          SHUTDOWN_TIMEOUT);
      this.partition = partition;
    }

    @Override
    public void dispatch(ActorCell receiver, Envelope invocation) {
      Mailbox mailbox = receiver.mailbox();
      if (mailbox.currentStatus() == OPEN_AND_IDLE
          && partition.mayHandOver()
          && !mailbox.hasSystemMessages()
          && !mailbox.hasMessages()) {
        partition.enterTask();
        try {
          receiver.invoke(invocation);
        } finally {
          partition.leaveTask();
        }
      } else {
        super.dispatch(receiver, invocation);
      }
    }
  }
}
