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
 * </ol>
 *
 * <p>Can't: a limit of parked groups; a drain for a PASID.
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

  private FaultQueue(ActorContext<Command> context, Class<? extends KernelCall.Request> take,
      Function<PageFault, ? extends KernelCall.Result> give, Ctx<Command> ctx) {
    super(context);
    this.take = take;
    this.give = give;
    this.ctx = ctx;
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
    return Behaviors.setup(context -> new FaultQueue(context, take, give, ctx));
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
    if (!take.isInstance(call.request())) {
      breach(call.request());
      return;
    }
    sleepers.add(new Sleeper(call, ctx.nowPs()));
    wake();
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
      ctx.send(cpus.at(sleeper.call().cpu()), new KernelCall.Reply(sleeper.call().ticket(),
          give.apply(next), sleeper.arrivedPs(), ctx.nowPs(), ctx.nowPs()));
    }
  }

  /** Takes records up to the end of a group; null if none is complete. */
  private PageFault next() {
    while (!records.isEmpty()) {
      DeviceFaults.Raised record = records.remove();
      PageFault.Want want = new PageFault.Want(record.page(), record.write());
      if (record.stalled()) {
        return new PageFault(record.iommu(), record.device(), record.pasid(), record.group(),
            true, List.of(want));
      }
      ctx.send(iommus.at(record.iommu()), new DeviceFaults.Taken(1));
      Key key = new Key(record.iommu(), record.device(), record.pasid(), record.group());
      List<PageFault.Want> wants = parked.computeIfAbsent(key, absent -> new ArrayList<>());
      wants.add(want);
      if (record.last()) {
        parked.remove(key);
        return new PageFault(record.iommu(), record.device(), record.pasid(), record.group(),
            false, List.copyOf(wants));
      }
    }
    return null;
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
        ctx.name() + " does not serve " + request.getClass().getSimpleName()));
  }
}
