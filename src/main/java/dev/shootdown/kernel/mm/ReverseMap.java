package dev.shootdown.kernel.mm;

import dev.shootdown.engine.Ctx;
import dev.shootdown.protocol.KernelCall;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/** The reverse map of a file: i_mmap_rwsem, under which truncate and reclaim find its mappings. */
public final class ReverseMap extends Domain<ReverseMap.Command> {
  /** What a reverse map listens to. */
  public sealed interface Command {}

  /** A CPU calls. */
  public record Arrived(KernelCall.ToKernel body) implements Command {}

  private final LockQueue<Waiting> lock = new LockQueue<>();

  private ReverseMap(ActorContext<Command> context, Ctx<Command> ctx) {
    super(context, ctx);
  }

  /** An unlocked reverse map. */
  public static Behavior<Command> create(Ctx<Command> ctx) {
    return Behaviors.setup(context -> new ReverseMap(context, ctx));
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
    if (call.request() instanceof KernelCall.Lock wanted) {
      Waiting waiting = new Waiting(call, ctx.nowPs());
      if (lock.take(waiting, wanted.exclusive())) {
        admit(waiting);
      }
    } else {
      refuse(call.request());
    }
  }

  @Override
  public void on(KernelCall.Post post) {
    if (post.request() instanceof KernelCall.Unlock unlock) {
      dropped(post.operation());
      lock.give(unlock.exclusive(), this::admit);
    } else {
      refuse(post.request());
    }
  }
}
