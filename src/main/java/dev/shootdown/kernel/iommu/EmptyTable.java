package dev.shootdown.kernel.iommu;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * How AMD's IOMMUv2 driver kept devices away from changes before Linux 3.19, when it had no
 * callback where CPUs are flushed: from the start of a bracket to its end the PASID has an empty
 * page table, whatever the bracket's range ({@code mn_invalidate_range_start}, {@code __set_gcr3}).
 *
 * <ol>
 *   <li>A start puts the empty table in place and flushes the whole PASID: the IOMMUs, and when
 *       they are done the devices. The callback returns when all have answered.
 *   <li>An end puts the process's table back, with the same flushes.
 *   <li>The driver of 3.6 does so at each start and end: with two brackets open, the first end
 *       gives devices the table that the other one is still changing. Later drivers count: only the
 *       first start and the last end do anything (e79df31, d73a6d722a67).
 *   <li>One callback after the other, under a spinlock.
 * </ol>
 *
 * <p>Can: both drivers and what their callbacks cost. Can't: the race between the count and the
 * table that a driver has which counts without a lock (before d73a6d722a67).
 *
 * <p>Ports: families {@code cpus} and {@code iommus}, by number.
 */
public final class EmptyTable extends AbstractBehavior<EmptyTable.Command>
    implements KernelCall.KernelSide, Invalidation.CpuSide {
  /** What this part is told. */
  public sealed interface Command {}

  /** Off the wire, from a CPU in a notifier bracket. */
  public record Called(KernelCall.ToKernel body) implements Command {}

  /** Off the wire, from an IOMMU. */
  public record IommuAnswered(Invalidation.ToCpu body) implements Command {}

  /** To itself: commands for one IOMMU are written. */
  private record Written(int iommu, List<Invalidation.Descriptor> commands) implements Command {}

  private record Callback(KernelCall.Call call, long arrivedPs) {}

  private final EmptyTableLayout layout;
  private final Bindings bindings;
  private final Ctx<Command> ctx;
  private final Ports<KernelCall.ToCpu> cpus;
  private final Ports<Invalidation.ToIommu> iommus;
  private final Deque<Callback> waiting = new ArrayDeque<>();
  private final Deque<List<Written>> rounds = new ArrayDeque<>();
  private Callback running; // null while nobody holds the lock
  private long grantedPs;
  private int open;
  private int missing;
  private long tickets;

  private EmptyTable(
      ActorContext<Command> context, EmptyTableLayout layout, Bindings bindings,
      Ctx<Command> ctx) {
    super(context);
    this.layout = layout;
    this.bindings = bindings;
    this.ctx = ctx;
    this.cpus = ctx.ports("cpus", KernelCall.ToCpu.class);
    this.iommus = ctx.ports("iommus", Invalidation.ToIommu.class);
  }

  /** The driver's part for one address space, with the process's table in place. */
  public static Behavior<Command> create(
      EmptyTableLayout layout, Bindings bindings, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new EmptyTable(context, layout, bindings, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Called.class, called -> does(() -> called.body().deliverTo(this)))
        .onMessage(IommuAnswered.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(Written.class, written -> does(() -> submit(written)))
        .build();
  }

  private Behavior<Command> does(Runnable handler) {
    handler.run();
    return this;
  }

  @Override
  public void on(KernelCall.Call call) {
    boolean known = call.request() instanceof KernelCall.SubscriberStart
        || call.request() instanceof KernelCall.SubscriberEnd;
    if (!known) {
      refuse(call.request());
      return;
    }
    waiting.add(new Callback(call, ctx.nowPs()));
    takeTurns();
  }

  @Override
  public void on(KernelCall.Post post) {
    refuse(post.request());
  }

  @Override
  public void on(Invalidation.Completed completed) {
    missing--;
    if (missing == 0) {
      nextRound();
    }
  }

  private void takeTurns() {
    while (running == null && !waiting.isEmpty()) {
      running = waiting.remove();
      grantedPs = ctx.nowPs();
      boolean starts = running.call().request() instanceof KernelCall.SubscriberStart;
      open += starts ? 1 : -1;
      boolean acts = !layout.counts() || open == (starts ? 1 : 0);
      if (acts) {
        plan(!starts);
        nextRound();
      } else {
        over();
      }
    }
  }

  /** First all IOMMUs, then all devices ({@code __flush_pasid}). */
  private void plan(boolean attached) {
    int mm = layout.mm();
    Invalidation.Wait wait = new Invalidation.Wait(layout.giveUpPs());
    List<Written> own = new ArrayList<>();
    List<Written> devices = new ArrayList<>();
    bindings.of(mm).forEach((iommu, numbers) -> {
      own.add(new Written(iommu, List.of(new Invalidation.PasidEntry(mm, attached),
          new Invalidation.Iotlb(mm, PageRange.ALL), wait)));
      List<Invalidation.Descriptor> commands = new ArrayList<>();
      numbers.forEach(
          device -> commands.add(new Invalidation.DeviceTlb(device, mm, PageRange.ALL)));
      commands.add(wait);
      devices.add(new Written(iommu, commands));
    });
    rounds.add(own);
    rounds.add(devices);
    ctx.mark(new MachineFact.FlushBegan(
        operation(), MachineFact.Audience.SECONDARY, mm, PageRange.ALL, PageRange.ALL,
        bindings.count(mm)));
  }

  private void nextRound() {
    if (rounds.isEmpty()) {
      ctx.mark(new MachineFact.FlushEnded(operation(), MachineFact.Audience.SECONDARY));
      over();
      takeTurns();
      return;
    }
    List<Written> round = rounds.remove();
    missing = round.size();
    long atPs = 0;
    for (Written written : round) {
      atPs += layout.submitPs();
      ctx.after(atPs, written);
    }
  }

  private void submit(Written written) {
    ctx.send(iommus.at(written.iommu()), new Invalidation.Submit(
        layout.submitter(), operation(), ++tickets, written.commands()));
  }

  private void over() {
    KernelCall.Call call = running.call();
    if (call.request() instanceof KernelCall.SubscriberStart start) {
      ctx.mark(new MachineFact.SubscriberStarted(start.mm(), start.range()));
    } else if (call.request() instanceof KernelCall.SubscriberEnd end) {
      ctx.mark(new MachineFact.SubscriberEnded(end.mm(), end.range()));
    }
    ctx.send(cpus.at(call.cpu()), new KernelCall.Reply(
        call.ticket(), new KernelCall.Ok(), running.arrivedPs(), grantedPs, ctx.nowPs()));
    running = null;
  }

  private long operation() {
    return running.call().operation();
  }

  /** It is never answered, so whoever waits for it hangs. */
  private void refuse(KernelCall.Request request) {
    ctx.mark(
        new MachineFact.ProtocolBreach(
            ctx.name() + " cannot serve " + request.getClass().getSimpleName()));
  }
}
