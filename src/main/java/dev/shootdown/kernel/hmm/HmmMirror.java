package dev.shootdown.kernel.hmm;

import dev.shootdown.engine.Continuation;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.engine.Ports;
import dev.shootdown.kernel.notifier.HostFaults;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Mirror;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.trace.MachineFact;
import java.util.Map;
import java.util.TreeMap;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * A driver that mirrors an area of a process for its GPU, with an interval notifier and
 * hmm_range_fault (Linux 6.12, Documentation/mm/hmm.rst).
 *
 * <ol>
 *   <li>Notifier brackets of the process call it: see {@link MirrorStart}.
 *   <li>The GPU asks for pages. What its page table has is answered at once; the rest is a fault:
 *       see {@link MirrorFault}.
 *   <li>A bracket's end wakes the faults that slept through it.
 * </ol>
 *
 * <p>Can: the collision protocol with each of its known mistakes, a start that waits for jobs, the
 * cap on a fault's time, pages that the process brings in, if a thread serves that; notifiers as
 * each {@link MirrorDriver} has them. Can't: device memory, pages larger than 4 KiB, several GPUs,
 * atomic and exclusive access.
 *
 * <p>Invariant, with all tests in place: after a start callback returns and until its end callback,
 * nothing is mapped in the range.
 *
 * <p>Ports: {@code cpus} and {@code tables} by number; {@code gpu}.
 */
public final class HmmMirror extends AbstractBehavior<HmmMirror.Command>
    implements KernelCall.KernelSide, PageWalk.WalkerSide, Mirror.DriverSide {
  /** What this part is told. */
  public sealed interface Command {}

  /** Off the wire, from a CPU in a notifier bracket. */
  public record Called(KernelCall.ToKernel body) implements Command {}

  /** Off the wire, from the process's page table. */
  public record TableAnswered(PageWalk.ToWalker body) implements Command {}

  /** Off the wire, from the GPU. */
  public record GpuSaid(Mirror.ToDriver body) implements Command {}

  /** To itself: who slept under this number goes on. */
  private record Due(long sleeper) implements Command {}

  /** Who handles the GPU's faults. */
  @FunctionalInterface
  private interface FaultIntake {
    /** A fault has come. */
    void take(long request, Mirror.Want want);
  }

  final MirrorSpec spec;
  final MirrorLayout layout;
  final Ctx<Command> ctx;
  final IntervalTree tree = new IntervalTree();
  final DriverLock lock = new DriverLock();
  final HostFaults host;
  final GpuTable table;
  final Notifiers notifiers;
  private final FaultIntake faults;
  private final Ports<KernelCall.ToCpu> cpus;
  private final Ports<PageWalk.ToTable> tables;
  private final Port<Mirror.ToGpu> gpu;
  private final Map<Long, Continuation> sleepers = new TreeMap<>();
  private final Map<Long, Continuation.With<PageWalk.Entry>> walks = new TreeMap<>();
  private Continuation whenForgotten;
  private long numbers;
  private long requests;

  private HmmMirror(
      ActorContext<Command> context, MirrorSpec spec, MirrorLayout layout, Ctx<Command> ctx) {
    super(context);
    this.spec = spec;
    this.layout = layout;
    this.ctx = ctx;
    this.table = new GpuTable(layout.mm(), ctx);
    this.host = new HostFaults(layout.mm());
    this.cpus = ctx.ports("cpus", KernelCall.ToCpu.class);
    this.tables = ctx.ports("tables", PageWalk.ToTable.class);
    this.gpu = ctx.port("gpu", Mirror.ToGpu.class);
    this.notifiers = Notifiers.of(this);
    this.faults =
        layout.driver() instanceof MirrorDriver.Nouveau nouveau
            ? new FaultBuffer(this, nouveau.replayPs())::add : this::handle;
  }

  /** A mirror that has nothing mapped. */
  public static Behavior<Command> create(
      MirrorSpec spec, MirrorLayout layout, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new HmmMirror(context, spec, layout, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Called.class, called -> does(() -> called.body().deliverTo(this)))
        .onMessage(TableAnswered.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(GpuSaid.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(Due.class, due -> does(() -> sleepers.remove(due.sleeper()).run()))
        .build();
  }

  private Behavior<Command> does(Runnable handler) {
    handler.run();
    return this;
  }

  @Override
  public void on(KernelCall.Call call) {
    if (call.request() instanceof KernelCall.SubscriberStart start) {
      long arrivedPs = ctx.nowPs();
      host.begins(start);
      new MirrorStart(
              this, start, (result, grantedPs) -> answer(call, result, arrivedPs, grantedPs))
          .begin();
    } else if (call.request() instanceof KernelCall.SubscriberEnd end) {
      ctx.mark(new MachineFact.SubscriberEnded(end.mm(), end.range()));
      tree.ends();
      counted();
      answer(call, new KernelCall.Ok(), ctx.nowPs(), ctx.nowPs());
    } else if (call.request() instanceof KernelCall.ChangePte) {
      answer(call, new KernelCall.Ok(), ctx.nowPs(), ctx.nowPs()); // it has no such callback
    } else if (call.request() instanceof KernelCall.TakeFault) {
      long arrivedPs = ctx.nowPs();
      host.take(wanted -> answer(call, wanted, arrivedPs, ctx.nowPs()));
    } else {
      refuse(call.request());
    }
  }

  @Override
  public void on(KernelCall.Post post) {
    if (!(post.request() instanceof KernelCall.FaultServed served)) {
      refuse(post.request());
    } else if (!host.served(served)) {
      breach("a fault was served that nobody waits for");
    }
  }

  private void breach(String rule) {
    ctx.mark(new MachineFact.ProtocolBreach(rule));
  }

  /** It is never answered, so whoever waits for it hangs. */
  private void refuse(KernelCall.Request request) {
    breach(ctx.name() + " cannot serve " + request.getClass().getSimpleName());
  }

  private void answer(
      KernelCall.Call call, KernelCall.Result result, long arrivedPs, long grantedPs) {
    ctx.send(
        cpus.at(call.cpu()),
        new KernelCall.Reply(call.ticket(), result, arrivedPs, grantedPs, ctx.nowPs()));
  }

  @Override
  public void on(PageWalk.Entry entry) {
    Continuation.With<PageWalk.Entry> reader = walks.remove(entry.tag());
    if (reader == null) {
      breach("a page table answered a walk that is not open");
      return;
    }
    reader.accept(entry);
  }

  @Override
  public void on(Mirror.Want want) {
    table.find(want.page(), want.write())
        .ifPresentOrElse(leaf -> map(want, leaf), () -> fault(want));
  }

  private void fault(Mirror.Want want) {
    long request = requests++;
    ctx.mark(
        new MachineFact.FaultRaised(request, layout.mm(), want.page(), want.write()));
    faults.take(request, want);
  }

  /** By a thread of its own. */
  private void handle(long request, Mirror.Want want) {
    MirrorFault fault = new MirrorFault(this, request, want, new MirrorFault.Ending() {
      @Override
      public void mapped(GpuTable.Leaf leaf) {
        served(request, want, leaf);
      }

      @Override
      public void failed() {
        HmmMirror.this.failed(request, want);
      }

      @Override
      public void over() {
        // nobody waits for it
      }
    });
    after(spec.costs().faultPs(), fault::begin);
  }

  /** The GPU goes on. */
  void served(long request, Mirror.Want want, GpuTable.Leaf leaf) {
    ctx.mark(
        new MachineFact.FaultResolved(request, MachineFact.Resolution.SERVED));
    map(want, leaf);
  }

  /** The GPU doesn't. */
  void failed(long request, Mirror.Want want) {
    ctx.mark(
        new MachineFact.FaultResolved(request, MachineFact.Resolution.FAILED));
    ctx.send(gpu, new Mirror.Failed(want.job()));
  }

  @Override
  public void on(Mirror.Forgotten forgotten) {
    Continuation next = whenForgotten;
    if (next == null) {
      breach("a GPU has forgotten what it was not told to forget");
      return;
    }
    whenForgotten = null;
    next.run();
  }

  /** States what is kept of brackets, after one has begun or ended. */
  void counted() {
    ctx.mark(
        new MachineFact.IntervalsCounted(layout.mm(), tree.ranges(), tree.sequence()));
  }

  /** Lets {@code next} run {@code delayPs} later. */
  void after(long delayPs, Continuation next) {
    sleepers.put(numbers, next);
    ctx.after(delayPs, new Due(numbers++));
  }

  /** Reads the process's page table. */
  void walk(Mirror.Want want, Continuation.With<PageWalk.Entry> reader) {
    walks.put(numbers, reader);
    ctx.send(
        tables.at(layout.mm()),
        new PageWalk.Walk(
            layout.walkerNumber(), numbers++, layout.mm(), want.page(), want.write()));
  }

  private void map(Mirror.Want want, GpuTable.Leaf leaf) {
    ctx.send(
        gpu,
        new Mirror.Mapped(
            want.job(), want.page(), leaf.pfn(), leaf.writable(), leaf.readAtPs()));
  }

  /** Makes the GPU forget; only under the lock, so one at a time. */
  void forget(KernelCall.SubscriberStart start, Continuation next) {
    whenForgotten = next;
    ctx.send(gpu, new Mirror.Forget(start.range()));
  }
}
