package dev.shootdown.kernel.mm;

import dev.shootdown.engine.Ctx;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * The page allocator: hands frames out and takes them back (PAGE-FREE).
 *
 * <p>A frame number is never handed out twice in a run, so that a use of a freed frame can be told
 * from a use of its next tenant. Can't: refcounts, zones, running out.
 */
public final class FrameTable extends Domain<FrameTable.Command> {
  /** What the frame table listens to. */
  public sealed interface Command {}

  /** A CPU calls. */
  public record Arrived(KernelCall.ToKernel body) implements Command {}

  /** Frames are back after the time that freeing them takes. */
  private record Freed(Waiting by, List<Long> pfns) implements Command {}

  private final TreeSet<Long> used = new TreeSet<>();
  private long nextPfn;

  private FrameTable(ActorContext<Command> context, long firstPfn, Ctx<Command> ctx) {
    super(context, ctx);
    for (long pfn = 1; pfn < firstPfn; pfn++) {
      used.add(pfn);
    }
    this.nextPfn = firstPfn;
  }

  /** A frame table in which frames 1 to {@code firstPfn} − 1 are in use already. */
  public static Behavior<Command> create(long firstPfn, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new FrameTable(context, firstPfn, ctx));
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
        .onMessage(Freed.class, this::onFreed)
        .build();
  }

  private Behavior<Command> onFreed(Freed freed) {
    ctx.mark(new MachineFact.FramesFreed(freed.by().call().operation(), freed.pfns()));
    long arrivedPs = freed.by().arrivedPs();
    answer(freed.by().call(), new KernelCall.Ok(), arrivedPs, arrivedPs);
    return this;
  }

  @Override
  public void on(KernelCall.Call call) {
    if (call.request() instanceof KernelCall.Allocate allocate) {
      List<Long> pfns = new ArrayList<>();
      for (int i = 0; i < allocate.count(); i++) {
        used.add(nextPfn);
        pfns.add(nextPfn++);
      }
      ctx.mark(new MachineFact.FramesAllocated(pfns));
      answer(call, new KernelCall.Frames(pfns));
    } else if (call.request() instanceof KernelCall.Free free) {
      for (long pfn : free.pfns()) {
        if (!used.remove(pfn)) {
          throw new IllegalStateException("frame " + pfn + " was freed twice");
        }
      }
      ctx.after(
          free.pfns().size() * free.stepPs(),
          new Freed(new Waiting(call, ctx.nowPs()), free.pfns()));
    } else {
      refuse(call.request());
    }
  }

  @Override
  public void on(KernelCall.Post post) {
    refuse(post.request());
  }
}
