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
import java.util.TreeSet;
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
 *       first start and the last end do anything (e79df31).
 *   <li>One table after the other is put in place, under the domain's lock. The count belongs to
 *       the same critical section only since d73a6d722a67. Before, a second start returned as soon
 *       as it had counted, while the first one's flushes were under way; and an end that had
 *       counted to 0, and was held up there, put the process's table back after a new start had
 *       taken it away.
 * </ol>
 *
 * <p>Can: the three drivers and what their callbacks cost.
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

  /** To itself: who has counted to the last or the first bracket takes the lock. */
  private record AtLock(Callback callback) implements Command {}

  private record Callback(KernelCall.Call call, long arrivedPs) {
    boolean starts() {
      return call.request() instanceof KernelCall.SubscriberStart;
    }
  }

  private final EmptyTableLayout layout;
  private final Bindings bindings;
  private final Ctx<Command> ctx;
  private final Ports<KernelCall.ToCpu> cpus;
  private final Ports<Invalidation.ToIommu> iommus;
  private final Deque<Callback> waiting = new ArrayDeque<>();
  private final Deque<List<Written>> rounds = new ArrayDeque<>();
  private final TreeSet<Long> awaited = new TreeSet<>();
  private Callback running; // null while nobody holds the lock
  private long grantedPs;
  private int open;
  private int unsent;
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
        .onMessage(AtLock.class, at -> does(() -> queue(at.callback())))
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
        || call.request() instanceof KernelCall.SubscriberEnd
        || call.request() instanceof KernelCall.ChangePte;
    if (!known) {
      refuse(call.request());
      return;
    }
    Callback callback = new Callback(call, ctx.nowPs());
    boolean isBracket = !(call.request() instanceof KernelCall.ChangePte);
    if (!isBracket || layout.counting() != EmptyTableLayout.Counting.UNLOCKED) {
      queue(callback);
    } else if (!count(callback)) {
      over(callback, ctx.nowPs());
    } else {
      ctx.after(callback.starts() ? 0 : layout.heldUpPs(), new AtLock(callback));
    }
  }

  private void queue(Callback callback) {
    waiting.add(callback);
    takeTurns();
  }

  /** Counts the bracket; whether it is the first to begin or the last to end. */
  private boolean count(Callback callback) {
    if (!callback.starts() && open == 0 && isCounted()) {
      breach("a bracket ends that never began");
      return false;
    }
    open += callback.starts() ? 1 : -1;
    return open == (callback.starts() ? 1 : 0);
  }

  private boolean isCounted() {
    return layout.counting() != EmptyTableLayout.Counting.NONE;
  }

  private void breach(String rule) {
    ctx.mark(new MachineFact.ProtocolBreach(rule));
  }

  @Override
  public void on(KernelCall.Post post) {
    refuse(post.request());
  }

  @Override
  public void on(Invalidation.Completed completed) {
    if (!awaited.remove(completed.ticket())) {
      breach("an IOMMU completed what was not submitted");
    } else if (awaited.isEmpty() && unsent == 0) {
      nextRound();
    }
  }

  private void takeTurns() {
    while (running == null && !waiting.isEmpty()) {
      running = waiting.remove();
      grantedPs = ctx.nowPs();
      if (running.call().request() instanceof KernelCall.ChangePte change) {
        flush(change.page());
        nextRound();
        continue;
      }
      boolean acts =
          layout.counting() != EmptyTableLayout.Counting.LOCKED || count(running);
      if (acts) {
        plan(!running.starts());
        nextRound();
      } else {
        release();
      }
    }
  }

  private void plan(boolean attached) {
    plan(PageRange.ALL, List.of(new Invalidation.PasidEntry(layout.mm(), attached)));
  }

  /** mn_change_pte: one page, before its entry is stored ({@code amd_iommu_flush_page}). */
  private void flush(long page) {
    plan(PageRange.of(page), List.of());
  }

  /** First all IOMMUs, then all devices ({@code __flush_pasid}). */
  private void plan(PageRange range, List<Invalidation.Descriptor> first) {
    int mm = layout.mm();
    Invalidation.Wait wait = new Invalidation.Wait(layout.giveUpPs());
    List<Written> own = new ArrayList<>();
    List<Written> devices = new ArrayList<>();
    bindings.of(mm).forEach((iommu, numbers) -> {
      List<Invalidation.Descriptor> ownCommands = new ArrayList<>(first);
      ownCommands.add(new Invalidation.Iotlb(mm, range));
      ownCommands.add(wait);
      own.add(new Written(iommu, ownCommands));
      List<Invalidation.Descriptor> commands = new ArrayList<>();
      numbers.forEach(device -> commands.add(new Invalidation.DeviceTlb(device, mm, range)));
      commands.add(wait);
      devices.add(new Written(iommu, commands));
    });
    rounds.add(own);
    rounds.add(devices);
    ctx.mark(new MachineFact.FlushBegan(
        operation(), MachineFact.Audience.SECONDARY, mm, range, range, bindings.count(mm)));
  }

  private void nextRound() {
    if (rounds.isEmpty()) {
      ctx.mark(new MachineFact.FlushEnded(operation(), MachineFact.Audience.SECONDARY));
      release();
      takeTurns();
      return;
    }
    List<Written> round = rounds.remove();
    unsent = round.size();
    long atPs = 0;
    for (Written written : round) {
      atPs += layout.submitPs();
      ctx.after(atPs, written);
    }
  }

  private void submit(Written written) {
    unsent--;
    awaited.add(++tickets);
    ctx.send(iommus.at(written.iommu()), new Invalidation.Submit(
        layout.submitter(), operation(), tickets, written.commands()));
  }

  private void release() {
    Callback done = running;
    running = null;
    over(done, grantedPs);
  }

  /** The callback returns; it had the lock from {@code fromPs} on. */
  private void over(Callback callback, long fromPs) {
    KernelCall.Call call = callback.call();
    if (call.request() instanceof KernelCall.SubscriberStart start) {
      ctx.mark(new MachineFact.SubscriberStarted(start.mm(), start.range()));
    } else if (call.request() instanceof KernelCall.SubscriberEnd end) {
      ctx.mark(new MachineFact.SubscriberEnded(end.mm(), end.range()));
    }
    ctx.send(cpus.at(call.cpu()), new KernelCall.Reply(
        call.ticket(), new KernelCall.Ok(), callback.arrivedPs(), fromPs, ctx.nowPs()));
  }

  private long operation() {
    return running.call().operation();
  }

  /** It is never answered, so whoever waits for it hangs. */
  private void refuse(KernelCall.Request request) {
    breach(ctx.name() + " cannot serve " + request.getClass().getSimpleName());
  }
}
