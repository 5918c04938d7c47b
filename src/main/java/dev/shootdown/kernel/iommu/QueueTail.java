package dev.shootdown.kernel.iommu;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * The tail of a command queue that all CPUs insert into: where they compete for a place.
 *
 * <ol>
 *   <li>A CPU asks for a place, with interrupts off, before it writes its commands.
 *   <li>The line that holds the tail goes from CPU to CPU, see {@link ContendedLine}.
 *   <li>It answers when the CPU has moved the tail; all of that time is spent on inserting.
 * </ol>
 *
 * <p>Can: compare-and-swap that fails under contention, fetch-and-add. Can't: the driver's other
 * shared lines (its lock, the map of valid entries), a CPU that rings the doorbell for others, a
 * full queue; what a page-request thread submits doesn't compete.
 *
 * <p>Ports: family {@code cpus}, by number.
 */
public final class QueueTail extends AbstractBehavior<QueueTail.Command>
    implements KernelCall.KernelSide {
  /** What this part is told. */
  public sealed interface Command {}

  /** Off the wire, from a CPU. */
  public record Called(KernelCall.ToKernel body) implements Command {}

  /** To itself: the line has come to the CPU that was chosen. */
  private record LineCame() implements Command {}

  private record Claim(KernelCall.Call call, long arrivedPs) {}

  private final Ctx<Command> ctx;
  private final Ports<KernelCall.ToCpu> cpus;
  private final ContendedLine<Claim> line;

  private QueueTail(
      ActorContext<Command> context, QueueTailSpec spec, List<Integer> sockets,
      Ctx<Command> ctx) {
    super(context);
    this.ctx = ctx;
    this.cpus = ctx.ports("cpus", KernelCall.ToCpu.class);
    this.line = new ContendedLine<>(spec, sockets, ctx.dice());
  }

  /** The tail of one queue; {@code sockets} of each CPU, by number. */
  public static Behavior<Command> create(
      QueueTailSpec spec, List<Integer> sockets, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new QueueTail(context, spec, sockets, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Called.class, this::onCalled)
        .onMessage(LineCame.class, this::onLineCame)
        .build();
  }

  private Behavior<Command> onCalled(Called called) {
    called.body().deliverTo(this);
    return this;
  }

  private Behavior<Command> onLineCame(LineCame came) {
    Claim done = line.accessed();
    if (done != null) {
      ctx.send(
          cpus.at(done.call().cpu()),
          new KernelCall.Reply(
              done.call().ticket(), new KernelCall.Ok(), done.arrivedPs(), done.arrivedPs(),
              ctx.nowPs()));
    }
    if (line.isWanted()) {
      pass();
    }
    return this;
  }

  @Override
  public void on(KernelCall.Call call) {
    if (!(call.request() instanceof KernelCall.ClaimPlace)) {
      refuse(call.request());
      return;
    }
    if (line.want(call.cpu(), new Claim(call, ctx.nowPs()))) {
      pass();
    }
  }

  @Override
  public void on(KernelCall.Post post) {
    refuse(post.request());
  }

  private void pass() {
    ctx.after(line.pass(), new LineCame());
  }

  /** It is never answered, so whoever waits for it hangs. */
  private void refuse(KernelCall.Request request) {
    ctx.mark(
        new MachineFact.ProtocolBreach(
            ctx.name() + " cannot serve " + request.getClass().getSimpleName()));
  }
}
