package dev.shootdown.cluster;

import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.delivery.WorkPullingProducerController;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * Gives chores to hands that ask, and takes what came of them, for a thread that waits at a queue.
 *
 * <p>Can: hand a chore to another when its hand has left the cluster; that is work pulling's doing.
 * So an outcome may come twice. Can't: keep anything; who waits at the queue does.
 */
final class Foreman extends AbstractBehavior<Foreman.Command> {
  /** Its place in its node's actor system. */
  static final String NAME = "foreman";

  /** What it takes. */
  interface Command {}

  private record Asked(
      WorkPullingProducerController.RequestNext<Parcel.Chore> next) implements Command {}

  /** What happened, for the waiting thread. */
  sealed interface News {}

  /** Somebody has nothing to do: one chore may be sent. */
  record Wanted(ActorRef<Parcel.Chore> to) implements News {}

  /** What came of a chore, whole. */
  record Done(long number, String hand, boolean failed, byte[] bytes) implements News {}

  private record Sender(long number, String hand) implements Comparable<Sender> {
    @Override
    public int compareTo(Sender other) {
      return number != other.number
          ? Long.compare(number, other.number) : hand.compareTo(other.hand);
    }
  }

  private final BlockingQueue<News> news;
  private final TreeMap<Sender, byte[][]> pieces = new TreeMap<>();

  private Foreman(ActorContext<Command> context, BlockingQueue<News> news) {
    super(context);
    this.news = news;
    ActorRef<WorkPullingProducerController.Command<Parcel.Chore>> controller =
        context.spawn(
            WorkPullingProducerController.create(
                Parcel.Chore.class, NAME, Hand.KEY, Optional.empty()),
            "offer");
    controller.tell(
        new WorkPullingProducerController.Start<>(
            context.messageAdapter(
                WorkPullingProducerController.requestNextClass(), Asked::new)));
  }

  static Behavior<Command> create(BlockingQueue<News> news) {
    return Behaviors.setup(context -> new Foreman(context, news));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Asked.class, this::onAsked)
        .onMessage(Parcel.Outcome.class, this::onOutcome)
        .build();
  }

  private Behavior<Command> onAsked(Asked asked) {
    news.add(new Wanted(asked.next().sendNextTo()));
    return this;
  }

  private Behavior<Command> onOutcome(Parcel.Outcome outcome) {
    Sender sender = new Sender(outcome.number(), outcome.hand());
    byte[][] parts = pieces.computeIfAbsent(sender, any -> new byte[outcome.pieces()][]);
    if (parts.length != outcome.pieces()) {
      return this; // a hand whose pieces contradict each other never gets its chore confirmed
    }
    parts[outcome.piece()] = outcome.bytes();
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      if (part == null) {
        return this;
      }
      whole.writeBytes(part);
    }
    pieces.remove(sender);
    news.add(
        new Done(outcome.number(), outcome.hand(), outcome.failed(), whole.toByteArray()));
    ActorRef<Hand.Command> hand =
        ActorRefResolver.get(getContext().getSystem()).resolveActorRef(outcome.hand());
    hand.tell(new Parcel.Kept(outcome.number()));
    return this;
  }
}
