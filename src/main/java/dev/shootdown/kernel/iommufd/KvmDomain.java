package dev.shootdown.kernel.iommufd;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.DeviceFaults;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.NestedDomain;
import dev.shootdown.protocol.PageWalk;
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
 *   <li>A guest's own table may stand in front of KVM's. What the guest invalidates comes by ioctl,
 *       waits for the same lock, and goes to IOTLB and devices; what KVM invalidates, see {@link
 *       Descriptors}.
 *   <li>A page request then names an I/O page, and not the stage that failed. So the guest's table
 *       is read first: a page that it doesn't have is the guest's own affair, and refused, as the
 *       guest serves no page requests; one that it has is KVM's, which is asked for the guest page.
 * </ol>
 *
 * <p>Can't: several IOMMUs or domains behind one VM, errors of the device, page requests that a
 * guest serves.
 *
 * <p>Ports: {@code kvm} and {@code iommu} (commands); {@code faults} (the log of page requests);
 * families {@code emulators} and {@code tables}, of one member each if there is a guest's table.
 */
public final class KvmDomain extends AbstractBehavior<KvmDomain.Command>
    implements SharedTable.ImporterSide, Invalidation.CpuSide, DeviceFaults.KernelSide,
        NestedDomain.DomainSide, PageWalk.WalkerSide {
  /** What this part is told. */
  public sealed interface Command {}

  /** Off the wire, from KVM. */
  public record KvmSaid(SharedTable.ToImporter body) implements Command {}

  /** Off the wire, from the IOMMU: a status word. */
  public record IommuAnswered(Invalidation.ToCpu body) implements Command {}

  /** Off the wire, from the IOMMU: a page request. */
  public record Requested(DeviceFaults.ToKernel body) implements Command {}

  /** Off the wire, from the emulator. */
  public record EmulatorSaid(NestedDomain.ToDomain body) implements Command {}

  /** Off the wire, from the guest's table. */
  public record TableAnswered(PageWalk.ToWalker body) implements Command {}

  /** To itself: the calls have come to the driver. */
  private record Reached(Task what) implements Command {}

  /** To itself: the domain's lock has been taken. */
  private record Locked(Task what) implements Command {}

  /** An invalidation that takes the lock; the guest's emulator waits for it, or else KVM. */
  private record Task(
      long ticket, long operation, boolean forGuest,
      List<Invalidation.Descriptor> descriptors) {}

  /** To itself: KVM is asked for a page. */
  private record Asking(long request) implements Command {}

  private record Group(int device, int pasid, int number) {}

  private record Want(long page, boolean write) {}

  /** Whose answer a group waits for. */
  private enum Asked {
    NOBODY, TABLE, KVM
  }

  /** A complete group of page requests, and how far it has come. */
  private static final class Serving {
    private final Group group;
    private final List<Want> wants;
    private int served;
    private Asked asked = Asked.NOBODY;

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
  private final Ports<NestedDomain.ToEmulator> emulators;
  private final Ports<PageWalk.ToTable> tables;
  private final Descriptors descriptors;
  private final Deque<Task> waiting = new ArrayDeque<>();
  private final Map<Long, Serving> servings = new TreeMap<>();
  private final List<Serving> parked = new ArrayList<>();
  private Task current;
  private boolean submitted;
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
    this.emulators = ctx.ports("emulators", NestedDomain.ToEmulator.class);
    this.tables = ctx.ports("tables", PageWalk.ToTable.class);
    this.descriptors = new Descriptors(spec, layout);
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
        .onMessage(EmulatorSaid.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(TableAnswered.class, said -> does(() -> said.body().deliverTo(this)))
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
    ctx.after(
        spec.hopsPs(),
        new Reached(
            new Task(
                invalidate.ticket(), invalidate.operation(), false,
                descriptors.forGuestPages(invalidate.gfns()))));
  }

  /** The guest's driver states the flush itself. */
  @Override
  public void on(NestedDomain.Invalidate invalidate) {
    if (layout.stageOne().isEmpty()) {
      breach("a guest without a table of its own invalidates");
      return;
    }
    onReached(
        new Reached(
            new Task(
                invalidate.ticket(), invalidate.operation(), true,
                descriptors.forStageOne(invalidate.pages()))));
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

  private void lock(Task what) {
    current = what;
    ctx.after(spec.lockPs(), new Locked(what));
  }

  private void onLocked(Locked locked) {
    Task what = locked.what();
    List<Invalidation.Descriptor> all = new ArrayList<>(what.descriptors());
    all.add(new Invalidation.Wait(0));
    submitted = true;
    ctx.send(iommu, new Invalidation.Submit(0, what.operation(), what.ticket(), all));
  }

  @Override
  public void on(Invalidation.Completed completed) {
    if (completed.ticket() == RESPONSE) {
      return;
    }
    if (!submitted || completed.ticket() != current.ticket()) {
      breach("an IOMMU completed what was not submitted");
      return;
    }
    Task done = current;
    current = null;
    submitted = false;
    if (done.forGuest()) {
      ctx.send(
          emulators.at(0),
          new NestedDomain.Invalidated(
              done.ticket(), completed.startedPs(), completed.iotlbDonePs(),
              completed.deviceDonePs()));
    } else {
      ctx.mark(
          new MachineFact.FlushEnded(done.operation(), MachineFact.Audience.SECONDARY));
      ctx.send(kvm, new SharedTable.Invalidated(done.ticket()));
    }
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
    if (layout.stageOne().isEmpty()) {
      askKvm(serving, asking.request(), want.page());
      return;
    }
    serving.asked = Asked.TABLE;
    KvmDomainLayout.StageOne first = layout.stageOne().get();
    ctx.send(
        tables.at(0),
        new PageWalk.Walk(
            first.walkerNumber(), asking.request(), first.mm(), want.page(), false));
  }

  private void askKvm(Serving serving, long request, long gfn) {
    serving.asked = Asked.KVM;
    boolean write = serving.wants.get(serving.served).write();
    ctx.send(kvm, new SharedTable.Fault(request, gfn, write));
  }

  /** What is served, if {@code by} was asked about it; if not, a breach and null. */
  private Serving answered(long request, Asked by) {
    Serving serving = servings.get(request);
    if (serving == null || serving.asked != by) {
      breach("a fault was answered that nobody was asked about");
      return null;
    }
    serving.asked = Asked.NOBODY;
    return serving;
  }

  private void breach(String rule) {
    ctx.mark(new MachineFact.ProtocolBreach(rule));
  }

  /** The guest's table says whose page it is that a device wants. */
  @Override
  public void on(PageWalk.Entry entry) {
    Serving serving = answered(entry.tag(), Asked.TABLE);
    if (serving == null) {
      return;
    }
    Want want = serving.wants.get(serving.served);
    if (!entry.isPresent() || want.write() && !entry.writable()) {
      servings.remove(entry.tag());
      respond(serving.group, Ats.INVALID_REQUEST);
      return;
    }
    long gfn =
        entry.pfn() + want.page() - entry.page() - layout.stageOne().orElseThrow().firstFrame();
    askKvm(serving, entry.tag(), gfn);
  }

  @Override
  public void on(SharedTable.FaultAnswered answered) {
    Serving serving = answered(answered.request(), Asked.KVM);
    if (serving == null) {
      return;
    }
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
    respond(serving.group, Ats.SUCCESS);
  }

  private void respond(Group group, int code) {
    ctx.send(
        iommu,
        new Invalidation.Submit(
            0, -1, RESPONSE,
            List.of(
                new Invalidation.PageResponse(
                    group.device(), group.pasid(), group.number(), code),
                new Invalidation.Wait(0))));
  }
}
