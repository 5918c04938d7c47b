package dev.shootdown.bench;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Fact;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/** A part that has nothing to do, but may be asked to say when time has started. */
final class IdlePart extends AbstractBehavior<IdlePart.Command> {
  sealed interface Command {}

  /** Time has started: every part is there. */
  record Wake() implements Command {}

  /** What it then states. */
  record Awake() implements Fact {
    @Override
    public long digest() {
      return 1;
    }
  }

  private final Ctx<Command> ctx;

  private IdlePart(ActorContext<Command> context, Ctx<Command> ctx, boolean wakes) {
    super(context);
    this.ctx = ctx;
    if (wakes) {
      ctx.after(1, new Wake());
    }
  }

  static Behavior<Command> create(Ctx<Command> ctx, boolean wakes) {
    return Behaviors.setup(context -> new IdlePart(context, ctx, wakes));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder().onMessage(Wake.class, this::onWake).build();
  }

  private Behavior<Command> onWake(Wake wake) {
    ctx.mark(new Awake());
    return this;
  }
}
