package dev.shootdown.cluster;

import dev.shootdown.engine.Mix;
import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.SelfUp;
import org.apache.pekko.cluster.typed.Subscribe;

/**
 * The one actor of a node that others can reach: it puts what arrives, and what happens to members,
 * into the {@link Mail}.
 *
 * <p>Can: hold frames back for a while, if a seed says so. Can't: answer; the waiting thread does.
 */
final class Door extends AbstractBehavior<Door.Command> {
  /** What it takes: speeches, frames, and what follows. */
  interface Command {}

  private record Member(ClusterEvent.MemberEvent event) implements Command {}

  private record Reachability(ClusterEvent.ReachabilityEvent event) implements Command {}

  private record Joined(SelfUp event) implements Command {}

  private record Late(Frame frame) implements Command {}

  private static final long DELAY_MAX_US = 4_000;

  private final Mail mail;
  private final int silentSeconds;
  private final Optional<Long> delaySeed;
  private long frames;

  private Door(ActorContext<Command> context, Mail mail, NodeSettings settings) {
    super(context);
    this.mail = mail;
    this.silentSeconds = settings.patience().silentSeconds();
    this.delaySeed = settings.delaySeed();
    Cluster cluster = Cluster.get(context.getSystem());
    cluster.subscriptions().tell(
        Subscribe.create(
            context.messageAdapter(ClusterEvent.MemberEvent.class, Member::new),
            ClusterEvent.MemberEvent.class));
    cluster.subscriptions().tell(
        Subscribe.create(
            context.messageAdapter(ClusterEvent.ReachabilityEvent.class, Reachability::new),
            ClusterEvent.ReachabilityEvent.class));
    cluster.subscriptions().tell(
        Subscribe.create(
            context.messageAdapter(SelfUp.class, Joined::new), SelfUp.class));
  }

  static Behavior<Command> create(Mail mail, NodeSettings settings) {
    return Behaviors.setup(context -> new Door(context, mail, settings));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Frame.class, this::onFrame)
        .onMessage(Speech.class, this::onSpeech)
        .onMessage(Late.class, this::onLate)
        .onMessage(Joined.class, this::onJoined)
        .onMessage(Member.class, this::onMember)
        .onMessage(Reachability.class, this::onReachability)
        .build();
  }

  private Behavior<Command> onFrame(Frame frame) {
    if (delaySeed.isPresent()) {
      long draw = Mix.mix(delaySeed.get() + Mix.GOLDEN * ++frames) >>> 1;
      Duration delay = Duration.ofNanos(draw % DELAY_MAX_US * 1_000);
      getContext().scheduleOnce(delay, getContext().getSelf(), new Late(frame));
    } else {
      mail.put(frame);
    }
    return this;
  }

  private Behavior<Command> onSpeech(Speech speech) {
    mail.put(speech);
    return this;
  }

  private Behavior<Command> onLate(Late late) {
    mail.put(late.frame());
    return this;
  }

  private Behavior<Command> onJoined(Joined joined) {
    mail.putMembership();
    return this;
  }

  private Behavior<Command> onMember(Member member) {
    boolean left =
        member.event() instanceof ClusterEvent.MemberRemoved
            || member.event() instanceof ClusterEvent.MemberDowned
            || member.event() instanceof ClusterEvent.MemberExited;
    if (left) {
      mail.putLoss(ClusterNode.label(member.event().member().address()), "left the cluster");
    }
    return this;
  }

  private Behavior<Command> onReachability(Reachability reachability) {
    if (reachability.event() instanceof ClusterEvent.UnreachableMember unreachable) {
      mail.putLoss(
          ClusterNode.label(unreachable.member().address()),
          "no sign of life for " + silentSeconds + " s");
    }
    return this;
  }
}
