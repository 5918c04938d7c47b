package dev.shootdown.kernel.iommufd;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.DeviceFaults;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.SharedTable;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * An IOMMU domain whose page table belongs to KVM (IOMMU_DOMAIN_KVM, proposed in 2023): what stands
 * between KVM and the IOMMU.
 *
 * <ol>
 *   <li>KVM says what is gone from its table. The call goes through a number of function pointers,
 *       takes the domain's lock, and submits one IOTLB and one device-TLB descriptor per device,
 *       the range rounded to an aligned power of two. KVM hears when the wait descriptor is done.
 *   <li>A group of page requests goes to KVM's fault handler page by page, the same way, and is
 *       answered when all are seen to. Where KVM says to try again, either the device is told
 *       success all the same, or KVM is asked again.
 * </ol>
 *
 * <p>Can't: several IOMMUs or domains behind one VM, errors of the device (a page request always
 * comes to success).
 *
 * <p>Ports: {@code kvm} and {@code iommu} (commands); {@code faults} (the log of page requests).
 */
public final class KvmDomain extends AbstractBehavior<KvmDomain.Command>
    implements SharedTable.ImporterSide, Invalidation.CpuSide, DeviceFaults.KernelSide {
  /** What this part is told. */
  public sealed interface Command {}

  /** Off the wire, from KVM. */
  public record KvmSaid(SharedTable.ToImporter body) implements Command {}

  /** Off the wire, from the IOMMU: a status word. */
  public record IommuAnswered(Invalidation.ToCpu body) implements Command {}

  /** Off the wire, from the IOMMU: a page request. */
  public record Requested(DeviceFaults.ToKernel body) implements Command {}

  /** To itself: the calls have come to the driver. */
  private record Reached(SharedTable.Invalidate what) implements Command {}

  /** To itself: the domain's lock has been taken. */
  private record Locked(SharedTable.Invalidate what) implements Command {}

  /** To itself: KVM is asked for a page. */
  private record Asking(long request) implements Command {}

  private record Group(int device, int pasid, int number) {}

  private record Want(long page, boolean write) {}

  /** A complete group of page requests, and how far it has come. */
  private static final class Serving {
    private final Group group;
    private final List<Want> wants;
    private int served;

    private Serving(Group group, List<Want> wants) {
      this.group = group;
      this.wants = wants;
    }
  }

  private static final long RESPONSE = -1;

  private final KvmDomainSpec spec;
  private final KvmDomainLayout layout;
  private final Ctx<Command> ctx;
  private final Port<SharedTable.ToKvm> kvm;
  private final Port<Invalidation.ToIommu> iommu;
  private final Port<DeviceFaults.ToIommu> log;
  private final Deque<SharedTable.Invalidate> waiting = new ArrayDeque<>();
  private final Map<Long, Serving> servings = new TreeMap<>();
  private final List<Serving> parked = new ArrayList<>();
  private SharedTable.Invalidate current;
  private long requests;

  private KvmDomain(ActorContext<Command> context, KvmDomainSpec spec, KvmDomainLayout layout,
      Ctx<Command> ctx) {
    super(context);
    this.spec = spec;
    this.layout = layout;
    this.ctx = ctx;
    this.kvm = ctx.port("kvm", SharedTable.ToKvm.class);
    this.iommu = ctx.port("iommu", Invalidation.ToIommu.class);
    this.log = ctx.port("faults", DeviceFaults.ToIommu.class);
  }

  /** A domain with nothing under way. */
  public static Behavior<Command> create(
      KvmDomainSpec spec, KvmDomainLayout layout, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new KvmDomain(context, spec, layout, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(KvmSaid.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(IommuAnswered.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(Requested.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(Reached.class, reached -> does(() -> onReached(reached)))
        .onMessage(Locked.class, locked -> does(() -> onLocked(locked)))
        .onMessage(Asking.class, asking -> does(() -> onAsking(asking)))
        .build();
  }

  private Behavior<Command> does(Runnable handler) {
    handler.run();
    return this;
  }

  @Override
  public void on(SharedTable.Invalidate invalidate) {
    ctx.mark(
        new MachineFact.FlushBegan(
            invalidate.operation(), MachineFact.Audience.SECONDARY, invalidate.mm(),
            invalidate.host(), flushedHost(invalidate), layout.devices()));
    ctx.after(spec.hopsPs(), new Reached(invalidate));
  }

  /** What is flushed, by the host's page numbers: as much as was added on both sides. */
  private PageRange flushedHost(SharedTable.Invalidate invalidate) {
    PageRange flushed = Rounding.block(invalidate.gfns(), spec.maxMask());
    if (flushed.isAll()) {
      return flushed;
    }
    long before = invalidate.gfns().firstPage() - flushed.firstPage();
    long first = Math.max(0, invalidate.host().firstPage() - before);
    return new PageRange(first, flushed.pages());
  }

  private void onReached(Reached reached) {
    if (current == null) {
      lock(reached.what());
    } else {
      waiting.add(reached.what());
    }
  }

  private void lock(SharedTable.Invalidate what) {
    current = what;
    ctx.after(spec.lockPs(), new Locked(what));
  }

  private void onLocked(Locked locked) {
    PageRange range = Rounding.block(locked.what().gfns(), spec.maxMask());
    List<Invalidation.Descriptor> descriptors = new ArrayList<>();
    descriptors.add(new Invalidation.Iotlb(layout.space(), range));
    for (int device = 0; device < layout.devices(); device++) {
      descriptors.add(new Invalidation.DeviceTlb(device, layout.space(), range));
    }
    descriptors.add(new Invalidation.Wait(0));
    ctx.send(
        iommu,
        new Invalidation.Submit(
            0, locked.what().operation(), locked.what().ticket(), descriptors));
  }

  @Override
  public void on(Invalidation.Completed completed) {
    if (completed.ticket() == RESPONSE) {
      return;
    }
    SharedTable.Invalidate done = current;
    current = null;
    ctx.mark(
        new MachineFact.FlushEnded(done.operation(), MachineFact.Audience.SECONDARY));
    ctx.send(kvm, new SharedTable.Invalidated(done.ticket()));
    if (!waiting.isEmpty()) {
      lock(waiting.remove());
    }
  }

  @Override
  public void on(DeviceFaults.Raised raised) {
    ctx.send(log, new DeviceFaults.Taken(1));
    Group group = new Group(raised.device(), raised.pasid(), raised.group());
    Serving serving =
        parked.stream().filter(parts -> parts.group.equals(group)).findFirst()
            .orElseGet(() -> new Serving(group, new ArrayList<>()));
    parked.remove(serving);
    serving.wants.add(new Want(raised.page(), raised.write()));
    if (!raised.last()) {
      parked.add(serving);
      return;
    }
    servings.put(requests, serving);
    ctx.after(spec.hopsPs(), new Asking(requests++));
  }

  @Override
  public void on(DeviceFaults.Overflowed overflowed) {
    parked.clear();
    ctx.send(log, new DeviceFaults.OverflowCleared());
  }

  private void onAsking(Asking asking) {
    Serving serving = servings.get(asking.request());
    Want want = serving.wants.get(serving.served);
    ctx.send(kvm, new SharedTable.Fault(asking.request(), want.page(), want.write()));
  }

  @Override
  public void on(SharedTable.FaultAnswered answered) {
    Serving serving = servings.get(answered.request());
    if (answered.retry() && spec.onRetry() == KvmDomainSpec.OnRetry.LOOP) {
      ctx.after(spec.loopPs(), new Asking(answered.request()));
      return;
    }
    serving.served++;
    if (serving.served < serving.wants.size()) {
      ctx.after(spec.hopsPs(), new Asking(answered.request()));
      return;
    }
    servings.remove(answered.request());
    Group group = serving.group;
    ctx.send(
        iommu,
        new Invalidation.Submit(
            0, -1, RESPONSE,
            List.of(
                new Invalidation.PageResponse(
                    group.device(), group.pasid(), group.number(), Ats.SUCCESS),
                new Invalidation.Wait(0))));
  }
}
