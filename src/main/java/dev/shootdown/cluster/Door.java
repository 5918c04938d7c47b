package dev.shootdown.cluster;

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
 * <p>Can: have a frame sent again that was lost on the way. Can't: answer anything else; the
 * waiting thread does.
 */
final class Door extends AbstractBehavior<Door.Command> {
  /** What it takes: speeches, frames, and what follows. */
  interface Command {}

  private record Member(ClusterEvent.MemberEvent event) implements Command {}

  private record Reachability(ClusterEvent.ReachabilityEvent event) implements Command {}

  private record Joined(SelfUp event) implements Command {}

  private final Mail mail;
  private final FrameLines lines;
  private final int silentSeconds;

  private Door(
      ActorContext<Command> context, Mail mail, FrameLines lines, NodeSettings settings) {
    super(context);
    this.mail = mail;
    this.lines = lines;
    this.silentSeconds = settings.patience().silentSeconds();
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

  static Behavior<Command> create(Mail mail, FrameLines lines, NodeSettings settings) {
    return Behaviors.setup(context -> new Door(context, mail, lines, settings));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Frame.class, this::onFrame)
        .onMessage(Speech.Listens.class, this::onListens)
        .onMessage(Speech.class, this::onSpeech)
        .onMessage(Again.class, this::onAgain)
        .onMessage(Joined.class, this::onJoined)
        .onMessage(Member.class, this::onMember)
        .onMessage(Reachability.class, this::onReachability)
        .build();
  }

  private Behavior<Command> onFrame(Frame frame) {
    mail.put(frame);
    return this;
  }

  private Behavior<Command> onListens(Speech.Listens listens) {
    lines.learn(listens);
    return this;
  }

  private Behavior<Command> onSpeech(Speech speech) {
    mail.put(speech);
    return this;
  }

  private Behavior<Command> onAgain(Again again) {
    mail.repeat(again);
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
      mail.putLoss(ClusterNode.label(member.event().member().address()), Mail.LEFT);
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
