package dev.shootdown.kernel.mm;

import dev.shootdown.engine.Ctx;
import dev.shootdown.protocol.KernelCall;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * A reverse map's lock, under which truncate, reclaim and migration find mappings: i_mmap_rwsem of
 * a file, or the lock of an anon_vma, which spaces that forked from one another share.
 */
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
      unlock(lock, unlock, post.operation());
    } else {
      refuse(post.request());
    }
  }
}
