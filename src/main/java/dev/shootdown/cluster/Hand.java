package dev.shootdown.cluster;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.delivery.ConsumerController;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;

/**
 * One thread's worth of work on chores.
 *
 * <ol>
 *   <li>It asks for chores by work pulling, and is given one at a time.
 *   <li>The chore is done on a thread of its own; the actor stays awake meanwhile.
 *   <li>The outcome is sent to the foreman, again and again until that has it.
 *   <li>Then the chore is confirmed, and the next one comes.
 * </ol>
 */
final class Hand extends AbstractBehavior<Hand.Command> {
  /** What chores are offered under. */
  static final ServiceKey<ConsumerController.Command<Parcel.Chore>> KEY =
      ServiceKey.create(ConsumerController.serviceKeyClass(), "shootdown-hands");

  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final Object AGAIN = "again";

  /** What it takes. */
  interface Command {}

  /** The session is over. */
  record Stop() implements Command {}

  private record Given(ConsumerController.Delivery<Parcel.Chore> delivery) implements Command {}

  private record Over(byte[] bytes, boolean failed) implements Command {}

  private record Again() implements Command {}

  private final TimerScheduler<Command> timers;
  private final Chores chores;
  private final Executor executor;
  private final ActorRef<Foreman.Command> foreman;
  private final String self;
  private ConsumerController.Delivery<Parcel.Chore> current;
  private Over outcome;

  private Hand(
      ActorContext<Command> context, TimerScheduler<Command> timers, Chores chores,
      Executor executor, ActorRef<Foreman.Command> foreman) {
    super(context);
    this.timers = timers;
    this.chores = chores;
    this.executor = executor;
    this.foreman = foreman;
    this.self =
        ActorRefResolver.get(context.getSystem()).toSerializationFormat(context.getSelf());
    ActorRef<ConsumerController.Command<Parcel.Chore>> controller =
        context.spawn(ConsumerController.create(KEY), "pull");
    controller.tell(
        new ConsumerController.Start<>(
            context.messageAdapter(ConsumerController.deliveryClass(), Given::new)));
  }

  static Behavior<Command> create(
      Chores chores, Executor executor, ActorRef<Foreman.Command> foreman) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new Hand(context, timers, chores, executor, foreman)));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Given.class, this::onGiven)
        .onMessage(Over.class, this::onOver)
        .onMessage(Again.class, again -> send())
        .onMessage(Parcel.Kept.class, this::onKept)
        .onMessage(Stop.class, stop -> Behaviors.stopped())
        .build();
  }

  private Behavior<Command> onGiven(Given given) {
    current = given.delivery();
    byte[] chore = current.message().bytes();
    getContext().pipeToSelf(
        CompletableFuture.supplyAsync(() -> chores.done(chore), executor),
        (done, thrown) ->
            thrown == null ? new Over(done, false) : new Over(bytes(thrown), true));
    return this;
  }

  private static byte[] bytes(Throwable thrown) {
    Throwable deepest = thrown.getCause() == null ? thrown : thrown.getCause();
    return String.valueOf(deepest).getBytes(StandardCharsets.UTF_8);
  }

  private Behavior<Command> onOver(Over over) {
    outcome = over;
    timers.startTimerWithFixedDelay(AGAIN, new Again(), PATIENCE);
    return send();
  }

  private Behavior<Command> send() {
    if (outcome == null) {
      return this;
    }
    byte[] all = outcome.bytes();
    int pieces = Math.max(1, (all.length + Parcel.PIECE_BYTES - 1) / Parcel.PIECE_BYTES);
    for (int piece = 0; piece < pieces; piece++) {
      int from = piece * Parcel.PIECE_BYTES;
      byte[] bytes =
          Arrays.copyOfRange(all, from, Math.min(all.length, from + Parcel.PIECE_BYTES));
      foreman.tell(
          new Parcel.Outcome(
              current.message().number(), self, piece, pieces, outcome.failed(), bytes));
    }
    return this;
  }

  private Behavior<Command> onKept(Parcel.Kept kept) {
    if (outcome != null && kept.number() == current.message().number()) {
      timers.cancel(AGAIN);
      outcome = null;
      current.confirmTo().tell(ConsumerController.confirmed());
    }
    return this;
  }
}
