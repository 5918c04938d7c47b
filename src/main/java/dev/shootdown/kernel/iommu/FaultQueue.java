package dev.shootdown.kernel.iommu;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.DeviceFaults;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * The records of page requests in memory, and the threads that read them.
 *
 * <ol>
 *   <li>An IOMMU writes records; they stay where they are until a thread takes them.
 *   <li>A thread that asks gets the next complete group. Records that it comes by on the way are
 *       parked until their group is complete. Every record taken frees a slot at its IOMMU.
 *   <li>A thread that asks in vain sleeps, first come first served.
 *   <li>After an overflow, when all records of that IOMMU are taken, its incomplete groups are
 *       thrown away, as parts of them are lost, and the overflow is cleared. (Linux 6.12, prq.c,
 *       io-pgfault.c.)
 *   <li>It also knows for which address space each PASID stands that is given out: a group goes to
 *       the one that its PASID stands for when it is taken.
 *   <li>A drain of a PASID is over when no record of it is left and no thread is busy with a group
 *       of it: a thread is done with its group when it asks for the next. (Linux 6.12,
 *       intel_iommu_drain_pasid_prq, its first half; iopf_queue_flush_dev.)
 * </ol>
 *
 * <p>Can't: a limit of parked groups.
 *
 * <p>Ports: families {@code iommus} and {@code cpus}, by number.
 */
public final class FaultQueue extends AbstractBehavior<FaultQueue.Command>
    implements DeviceFaults.KernelSide, KernelCall.KernelSide {
  /** What this part is told. */
  public sealed interface Command {}

  /** Off the wire, from an IOMMU. */
  public record IommuSaid(DeviceFaults.ToKernel body) implements Command {}

  /** Off the wire, from a CPU. */
  public record Arrived(KernelCall.ToKernel body) implements Command {}

  private record Key(int iommu, int device, int pasid, int group) {}

  private record Sleeper(KernelCall.Call call, long arrivedPs) {}

  private record Drain(Sleeper sleeper, int pasid) {}

  private static final Comparator<Key> BY_GROUP = Comparator.comparingInt(Key::iommu)
      .thenComparingInt(Key::device).thenComparingInt(Key::pasid).thenComparingInt(Key::group);

  private final Class<? extends KernelCall.Request> take;
  private final Function<PageFault, ? extends KernelCall.Result> give;
  private final Ctx<Command> ctx;
  private final Ports<DeviceFaults.ToIommu> iommus;
  private final Ports<KernelCall.ToCpu> cpus;
  private final Deque<DeviceFaults.Raised> records = new ArrayDeque<>();
  private final Deque<Sleeper> sleepers = new ArrayDeque<>();
  private final Map<Key, List<PageFault.Want>> parked = new TreeMap<>(BY_GROUP);
  private final NavigableSet<Integer> overflowed = new TreeSet<>();
  private final Map<Integer, KernelCall.BoundTo> given = new TreeMap<>();
  private final Map<Integer, Integer> busy = new TreeMap<>();
  private final List<Drain> drains = new ArrayList<>();

  private FaultQueue(ActorContext<Command> context, Class<? extends KernelCall.Request> take,
      Function<PageFault, ? extends KernelCall.Result> give, Map<Integer, Integer> pool,
      Ctx<Command> ctx) {
    super(context);
    this.take = take;
    this.give = give;
    this.ctx = ctx;
    pool.forEach((pasid, mm) -> given.put(pasid, new KernelCall.BoundTo(mm, false)));
    this.iommus = ctx.ports("iommus", DeviceFaults.ToIommu.class);
    this.cpus = ctx.ports("cpus", KernelCall.ToCpu.class);
  }

  /**
   * A queue without records.
   *
   * @param take the request that asks for the next group
   * @param give how a group becomes the answer to it
   */
  public static Behavior<Command> create(Class<? extends KernelCall.Request> take,
      Function<PageFault, ? extends KernelCall.Result> give, Ctx<Command> ctx) {
    return create(take, give, new TreeMap<>(), ctx);
  }

  /**
   * A queue without records, with PASIDs that are given out.
   *
   * @param take the request that asks for the next group
   * @param give how a group becomes the answer to it
   * @param pool by PASID, an address space that may have it; none has it yet
   */
  public static Behavior<Command> create(Class<? extends KernelCall.Request> take,
      Function<PageFault, ? extends KernelCall.Result> give, Map<Integer, Integer> pool,
      Ctx<Command> ctx) {
    return Behaviors.setup(context -> new FaultQueue(context, take, give, pool, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(IommuSaid.class, this::onIommuSaid)
        .onMessage(Arrived.class, this::onArrived)
        .build();
  }

  private Behavior<Command> onIommuSaid(IommuSaid said) {
    said.body().deliverTo(this);
    return this;
  }

  private Behavior<Command> onArrived(Arrived arrived) {
    arrived.body().deliverTo(this);
    return this;
  }

  @Override
  public void on(DeviceFaults.Raised raised) {
    records.add(raised);
    wake();
  }

  @Override
  public void on(DeviceFaults.Overflowed lost) {
    overflowed.add(lost.iommu());
    clearOverflows();
  }

  @Override
  public void on(KernelCall.Call call) {
    Sleeper sleeper = new Sleeper(call, ctx.nowPs());
    if (take.isInstance(call.request())) {
      busy.remove(call.cpu());
      sleepers.add(sleeper);
      wake();
    } else if (call.request() instanceof KernelCall.DrainPageRequests drain) {
      drains.add(new Drain(sleeper, drain.pasid()));
    } else if (call.request() instanceof KernelCall.AskPasid ask) {
      KernelCall.BoundTo to = given.get(ask.pasid());
      reply(sleeper, new KernelCall.Bound(to != null && to.still() && to.mm() == ask.mm()));
    } else if (!give(sleeper)) {
      breach(call.request());
    }
    endDrains();
  }

  /** Gives a PASID out or takes it back; false if that is not what was asked. */
  private boolean give(Sleeper sleeper) {
    if (sleeper.call().request() instanceof KernelCall.BindPasid bind) {
      KernelCall.BoundTo before = given.get(bind.pasid());
      if (before == null || before.still()) {
        ctx.mark(new MachineFact.ProtocolBreach(
            "PASID " + bind.pasid() + " was bound while another address space had it"));
      }
      given.put(bind.pasid(), new KernelCall.BoundTo(bind.mm(), true));
      ctx.mark(new MachineFact.PasidBound(
          sleeper.call().operation(), bind.pasid(), bind.mm()));
    } else if (sleeper.call().request() instanceof KernelCall.FreePasid free
        && given.containsKey(free.pasid())) {
      given.put(free.pasid(), new KernelCall.BoundTo(given.get(free.pasid()).mm(), false));
      ctx.mark(new MachineFact.PasidBound(sleeper.call().operation(), free.pasid(), -1));
    } else {
      return false;
    }
    reply(sleeper, new KernelCall.Ok());
    return true;
  }

  @Override
  public void on(KernelCall.Post post) {
    breach(post.request());
  }

  /** Hands complete groups to threads as long as there are both. */
  private void wake() {
    while (!sleepers.isEmpty()) {
      PageFault next = next();
      clearOverflows();
      if (next == null) {
        return;
      }
      Sleeper sleeper = sleepers.remove();
      busy.put(sleeper.call().cpu(), next.pasid());
      reply(sleeper, give.apply(next));
    }
  }

  private void reply(Sleeper sleeper, KernelCall.Result result) {
    ctx.send(cpus.at(sleeper.call().cpu()), new KernelCall.Reply(sleeper.call().ticket(),
        result, sleeper.arrivedPs(), ctx.nowPs(), ctx.nowPs()));
  }

  /** Answers the drains that nothing is left for. */
  private void endDrains() {
    drains.removeIf(drain -> {
      boolean over = !busy.containsValue(drain.pasid())
          && records.stream().noneMatch(record -> record.pasid() == drain.pasid());
      if (over) {
        reply(drain.sleeper(), new KernelCall.Ok());
      }
      return over;
    });
  }

  /** Takes records up to the end of a group; null if none is complete. */
  private PageFault next() {
    while (!records.isEmpty()) {
      DeviceFaults.Raised record = records.remove();
      PageFault.Want want = new PageFault.Want(record.page(), record.write());
      if (record.stalled()) {
        return fault(record, List.of(want));
      }
      ctx.send(iommus.at(record.iommu()), new DeviceFaults.Taken(1));
      Key key = new Key(record.iommu(), record.device(), record.pasid(), record.group());
      List<PageFault.Want> wants = parked.computeIfAbsent(key, absent -> new ArrayList<>());
      wants.add(want);
      if (record.last()) {
        parked.remove(key);
        return fault(record, List.copyOf(wants));
      }
    }
    return null;
  }

  private PageFault fault(DeviceFaults.Raised record, List<PageFault.Want> wants) {
    KernelCall.BoundTo to = given.getOrDefault(
        record.pasid(), new KernelCall.BoundTo(record.pasid(), true));
    return new PageFault(record.iommu(), record.device(), record.pasid(), record.group(),
        record.stalled(), wants, to.mm(), to.still());
  }

  private void clearOverflows() {
    for (int iommu : List.copyOf(overflowed)) {
      if (records.stream().noneMatch(record -> record.iommu() == iommu)) {
        overflowed.remove(iommu);
        parked.keySet().removeIf(key -> key.iommu() == iommu);
        ctx.send(iommus.at(iommu), new DeviceFaults.OverflowCleared());
      }
    }
  }

  private void breach(KernelCall.Request request) {
    ctx.mark(new MachineFact.ProtocolBreach(
        ctx.name() + " cannot serve " + request.getClass().getSimpleName()));
  }
}
