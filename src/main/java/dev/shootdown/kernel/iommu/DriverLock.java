package dev.shootdown.kernel.iommu;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * A spinlock of an IOMMU driver: that of a command queue, or that of an address space.
 *
 * <ol>
 *   <li>A CPU asks for it with interrupts off, and spins until it has it.
 *   <li>CPUs get it in the order in which they asked, as Linux's queued spinlocks do.
 * </ol>
 *
 * <p>Can: wait, and say who held it. Can't: the turns of CPUs that poll and take Intel's lock each
 * time; what an {@link EmptyTable} submits takes no lock.
 *
 * <p>Ports: family {@code cpus}, by number.
 */
public final class DriverLock extends AbstractBehavior<DriverLock.Command>
    implements KernelCall.KernelSide {
  private static final int NOBODY = -1;

  /** What this part is told. */
  public sealed interface Command {}

  /** Off the wire, from a CPU. */
  public record Called(KernelCall.ToKernel body) implements Command {}

  private record Waiting(KernelCall.Call call, long arrivedPs) {}

  private final Ctx<Command> ctx;
  private final Ports<KernelCall.ToCpu> cpus;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private int holder = NOBODY;

  private DriverLock(ActorContext<Command> context, Ctx<Command> ctx) {
    super(context);
    this.ctx = ctx;
    this.cpus = ctx.ports("cpus", KernelCall.ToCpu.class);
  }

  /** A lock that nobody holds. */
  public static Behavior<Command> create(Ctx<Command> ctx) {
    return Behaviors.setup(context -> new DriverLock(context, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder().onMessage(Called.class, this::onCalled).build();
  }

  private Behavior<Command> onCalled(Called called) {
    called.body().deliverTo(this);
    return this;
  }

  @Override
  public void on(KernelCall.Call call) {
    if (!(call.request() instanceof KernelCall.Lock)) {
      refuse(call.request());
      return;
    }
    waiting.add(new Waiting(call, ctx.nowPs()));
    if (holder == NOBODY) {
      grant();
    }
  }

  @Override
  public void on(KernelCall.Post post) {
    if (!(post.request() instanceof KernelCall.Unlock)) {
      refuse(post.request());
    } else if (holder != post.cpu()) {
      ctx.mark(
          new MachineFact.ProtocolBreach(
              "CPU " + post.cpu() + " unlocked " + ctx.name() + ", which it did not hold"));
    } else {
      ctx.mark(new MachineFact.LockDropped(post.operation(), ctx.name()));
      holder = NOBODY;
      if (!waiting.isEmpty()) {
        grant();
      }
    }
  }

  private void grant() {
    Waiting next = waiting.remove();
    holder = next.call().cpu();
    ctx.mark(
        new MachineFact.LockTaken(next.call().operation(), ctx.name(), next.arrivedPs()));
    ctx.send(
        cpus.at(holder),
        new KernelCall.Reply(
            next.call().ticket(), new KernelCall.Ok(), next.arrivedPs(), ctx.nowPs(),
            ctx.nowPs()));
  }

  /** It is never answered, so whoever waits for it hangs. */
  private void refuse(KernelCall.Request request) {
    ctx.mark(
        new MachineFact.ProtocolBreach(
            ctx.name() + " cannot serve " + request.getClass().getSimpleName()));
  }
}
