package dev.shootdown.bench;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Ports;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ExtensibleBehavior;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * A component of PHOLD (Fujimoto, "Performance of Time Warp under synthetic workloads", 1990).
 *
 * <ol>
 *   <li>At the start it sends itself nothing but sends as many jobs into the crowd as it is told.
 *   <li>For each job that arrives it picks a component at random and sends one job there; the wire
 *       adds the lookahead and an exponentially distributed time.
 *   <li>If asked, it marks a fact per job, so that the cost of the fingerprint shows.
 * </ol>
 */
final class PholdPart extends ExtensibleBehavior<PholdPart.Command> {
  sealed interface Command {}

  /** A job; it carries nothing. */
  record Job() implements Command {
    static final Job ONE = new Job();
  }

  /** What is digested per job when the fingerprint is on. */
  record Hop(int to) implements Fact {
    @Override
    public long digest() {
      return to;
    }
  }

  private final Ctx<Command> ctx;
  private final Ports<Job> crowd;
  private final boolean marking;

  private PholdPart(Ctx<Command> ctx, int jobs, boolean marking) {
    this.ctx = ctx;
    this.crowd = ctx.ports("crowd", Job.class);
    this.marking = marking;
    for (int i = 0; i < jobs; i++) {
      pass();
    }
  }

  static Behavior<Command> create(Ctx<Command> ctx, int jobs, boolean marking) {
    return Behaviors.setup(context -> new PholdPart(ctx, jobs, marking));
  }

  @Override
  public Behavior<Command> receive(TypedActorContext<Command> context, Command message) {
    pass();
    return this;
  }

  @Override
  public Behavior<Command> receiveSignal(TypedActorContext<Command> context, Signal signal) {
    return Behaviors.unhandled();
  }

  private void pass() {
    int to = ctx.dice().below(crowd.size());
    if (marking) {
      ctx.mark(new Hop(to));
    }
    ctx.send(crowd.at(to), Job.ONE);
  }
}
