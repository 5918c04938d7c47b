package dev.shootdown.kernel.mm;

import dev.shootdown.engine.Ctx;
import dev.shootdown.protocol.KernelCall;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/** A subscriber that holds nothing, and may refuse a start that must not block. */
final class FakeSubscriber extends Domain<FakeSubscriber.Command> {
  sealed interface Command {}

  record Arrived(KernelCall.ToKernel body) implements Command {}

  private final boolean refuses;
  private final Runnable asked;

  private FakeSubscriber(
      ActorContext<Command> context, boolean refuses, Runnable asked, Ctx<Command> ctx) {
    super(context, ctx);
    this.refuses = refuses;
    this.asked = asked;
  }

  static Behavior<Command> create(boolean refuses, Runnable asked, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new FakeSubscriber(context, refuses, asked, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(
            Arrived.class,
            arrived -> {
              arrived.body().deliverTo(this);
              return this;
            })
        .build();
  }

  @Override
  public void on(KernelCall.Call call) {
    asked.run();
    boolean again = refuses && call.request() instanceof KernelCall.SubscriberStart start
        && !start.blockable();
    answer(call, again ? new KernelCall.Again() : new KernelCall.Ok());
  }

  @Override
  public void on(KernelCall.Post post) {
    refuse(post.request());
  }
}
