package dev.shootdown.hardware.iommu;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.translation.TranslationCache;
import java.util.Optional;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * An IOMMU with queued invalidation, after Intel's VT-d.
 *
 * <ol>
 *   <li>A device's translation request is looked up in the IOTLB; a hit is answered.
 *   <li>A miss waits for a walker. The walk reads the leaf entry by message, fills the IOTLB, and
 *       answers. What isn't present is answered as denied and not cached.
 *   <li>A CPU's submission joins the ring, or waits outside until there is room. Descriptors are
 *       taken in order. An IOTLB descriptor occupies the invalidation unit and then drops its
 *       range; a walk that was reading in that range is done again.
 *   <li>A device-TLB descriptor starts when the IOTLB ones before it are done and the device has an
 *       ITag to spare; the ones behind it wait. It is done when the device has answered.
 *   <li>When all before a wait descriptor is done, the CPU gets its status word.
 * </ol>
 *
 * <p>Can: bounded walkers and ring, ITags per device, both classic races as switches. Can't: page
 * requests, faults of its own, domains (PASID = number of the address space), paging-structure
 * caches, large pages, a device-TLB descriptor for all PASIDs, device timeouts, untranslated DMA.
 *
 * <p>Invariants: one answer per request; an ITag stands for one invalidation; status words go out
 * in the order of submission; the cache holds nothing that Filled and Dropped don't tell. The right
 * to write is only cached by a walk for writing, which is also what sets the dirty bit.
 *
 * <p>Ports: families {@code tables} (see {@link IommuLayout#mms}), {@code devices} and
 * {@code cpus}, by number.
 */
public final class Iommu extends AbstractBehavior<Iommu.Command>
    implements Ats.IommuSide, Invalidation.IommuSide, PageWalk.WalkerSide {
  /** What this part is told. */
  public sealed interface Command {}

  /** Off the wire, from a device. */
  public record DeviceSaid(Ats.ToIommu body) implements Command {}

  /** Off the wire, from a CPU: a doorbell. */
  public record CpuSaid(Invalidation.ToIommu body) implements Command {}

  /** Off the wire, from a page table. */
  public record TableAnswered(PageWalk.ToWalker body) implements Command {}

  /** To itself: the IOTLB has been searched. */
  private record LookedUp(Ats.TranslationRequest request) implements Command {}

  /** To itself: the walk has come to the leaf. */
  private record LeafReached(int walker) implements Command {}

  /** To itself: the invalidation unit is done with a descriptor. */
  private record IotlbSwept(int pasid, PageRange range) implements Command {}

  private static final long DENIED = -1;

  private final IommuSpec spec;
  private final IommuLayout layout;
  private final Ctx<Command> ctx;
  private final Ports<PageWalk.ToTable> tables;
  private final Ports<Ats.ToDevice> devices;
  private final Ports<Invalidation.ToCpu> cpus;
  private final TranslationCache iotlb;
  private final Walks walks;
  private final InvalidationQueue queue;
  private final Itags itags;
  private InvalidationQueue.Batch sweeping; // null while the invalidation unit is idle

  private Iommu(ActorContext<Command> context, IommuSpec spec, IommuLayout layout,
      Ctx<Command> ctx) {
    super(context);
    this.spec = spec;
    this.layout = layout;
    this.ctx = ctx;
    this.tables = ctx.ports("tables", PageWalk.ToTable.class);
    this.devices = ctx.ports("devices", Ats.ToDevice.class);
    this.cpus = ctx.ports("cpus", Invalidation.ToCpu.class);
    this.iotlb = new TranslationCache(spec.iotlbEntries(), spec.iotlbWays());
    this.walks = new Walks(spec.walkers());
    this.queue = new InvalidationQueue(spec.queueDepth());
    this.itags = new Itags(layout.queueDepths());
  }

  /** An IOMMU with nothing cached and an empty ring. */
  public static Behavior<Command> create(
      IommuSpec spec, IommuLayout layout, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new Iommu(context, spec, layout, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(DeviceSaid.class, this::onDeviceSaid)
        .onMessage(CpuSaid.class, this::onCpuSaid)
        .onMessage(TableAnswered.class, this::onTableAnswered)
        .onMessage(LookedUp.class, this::onLookedUp)
        .onMessage(LeafReached.class, this::onLeafReached)
        .onMessage(IotlbSwept.class, this::onIotlbSwept)
        .build();
  }

  private Behavior<Command> onDeviceSaid(DeviceSaid said) {
    said.body().deliverTo(this);
    return this;
  }

  private Behavior<Command> onCpuSaid(CpuSaid said) {
    said.body().deliverTo(this);
    return this;
  }

  private Behavior<Command> onTableAnswered(TableAnswered answered) {
    answered.body().deliverTo(this);
    return this;
  }

  private Behavior<Command> onLookedUp(LookedUp lookedUp) {
    translate(lookedUp.request());
    return this;
  }

  private Behavior<Command> onLeafReached(LeafReached reached) {
    Ats.TranslationRequest request = walks.read(reached.walker());
    ctx.send(tables.at(layout.tableOf(request.pasid())), new PageWalk.Walk(layout.walkerNumber(),
        reached.walker(), request.pasid(), request.page(), request.forWrite()));
    return this;
  }

  private Behavior<Command> onIotlbSwept(IotlbSwept swept) {
    iotlb.invalidate(swept.pasid(), swept.range());
    ctx.mark(new MachineFact.Dropped(
        swept.pasid(), swept.range(), MachineFact.Cause.INVALIDATED));
    walks.overtake(swept.pasid(), swept.range());
    sweeping.iotlbDone(ctx.nowPs());
    sweeping = null;
    workQueue();
    return this;
  }

  @Override
  public void on(Ats.TranslationRequest request) {
    ctx.after(spec.iotlbLatencyPs(), new LookedUp(request));
  }

  @Override
  public void on(Ats.InvalidateCompletion completion) {
    InvalidationQueue.Batch batch = itags.release(completion.device(), completion.itag());
    if (batch == null) {
      ctx.mark(new MachineFact.ProtocolBreach("a device answered an ITag that is not in use"));
      return;
    }
    batch.deviceDone(ctx.nowPs());
    workQueue();
  }

  @Override
  public void on(Invalidation.Submit submit) {
    queue.submit(submit);
    workQueue();
  }

  @Override
  public void on(PageWalk.Entry entry) {
    if (!walks.isReading(entry.tag())) {
      ctx.mark(new MachineFact.ProtocolBreach("a page table answered a walk that is not open"));
      return;
    }
    int walker = (int) entry.tag();
    if (walks.isOvertaken(walker) && spec.dropRacingWalks()) {
      ctx.mark(new MachineFact.FillDiscarded(entry.mm(), entry.page()));
      walks.restart(walker);
      ctx.after(spec.walkLatencyPs(), new LeafReached(walker));
      return;
    }
    Ats.TranslationRequest request = walks.finish(walker);
    boolean writable = entry.writable() && request.forWrite();
    if (entry.isPresent()) {
      fill(new TranslationCache.Entry(
          entry.mm(), entry.page(), entry.pfn(), writable, entry.readAtPs()));
    }
    answer(request, entry.pfn(), writable, entry.readAtPs());
    while (walks.isAwaited() && !walks.isFull()) {
      translate(walks.nextWaiting());
    }
  }

  private void translate(Ats.TranslationRequest request) {
    if (layout.tableOf(request.pasid()) < 0) {
      answer(request, DENIED, false, ctx.nowPs());
      return;
    }
    Optional<TranslationCache.Entry> hit = iotlb.lookup(request.pasid(), request.page())
        .filter(entry -> entry.writable() || !request.forWrite());
    if (hit.isPresent()) {
      answer(request, hit.get().pfn(), hit.get().writable(), hit.get().readAtPs());
    } else if (walks.isFull()) {
      walks.await(request);
    } else {
      ctx.after(spec.walkLatencyPs(), new LeafReached(walks.start(request)));
    }
  }

  private void fill(TranslationCache.Entry entry) {
    Optional<TranslationCache.Entry> evicted = iotlb.insert(entry);
    evicted.ifPresent(victim -> ctx.mark(new MachineFact.Dropped(
        victim.mm(), PageRange.of(victim.page()), MachineFact.Cause.EVICTED)));
    ctx.mark(new MachineFact.Filled(
        entry.mm(), entry.page(), entry.pfn(), entry.writable(), entry.readAtPs()));
  }

  private void answer(
      Ats.TranslationRequest request, long pfn, boolean writable, long readAtPs) {
    ctx.send(devices.at(request.device()), new Ats.TranslationCompletion(
        request.tag(), request.pasid(), request.page(), pfn, writable, readAtPs));
  }

  /** Takes descriptors and answers submissions until neither is possible. */
  private void workQueue() {
    boolean moved = true;
    while (moved) {
      moved = takeDescriptor() || answerSubmission();
    }
  }

  private boolean answerSubmission() {
    InvalidationQueue.Batch complete = queue.retire();
    if (complete == null) {
      return false;
    }
    ctx.send(cpus.at(complete.cpu()), complete.completed());
    return true;
  }

  /** Takes the next descriptor, if it can start; the ring has no way around one that can't. */
  private boolean takeDescriptor() {
    InvalidationQueue.Batch batch = queue.current();
    if (batch == null) {
      return false;
    }
    if (batch.isAtWait()) {
      queue.take(ctx.nowPs());
      return true;
    }
    if (batch.descriptor() instanceof Invalidation.Iotlb own) {
      return takeIotlb(own);
    }
    return takeDeviceTlb((Invalidation.DeviceTlb) batch.descriptor());
  }

  private boolean takeIotlb(Invalidation.Iotlb descriptor) {
    if (sweeping != null) {
      return false;
    }
    sweeping = queue.take(ctx.nowPs());
    ctx.after(spec.iotlbInvalidationPs(),
        new IotlbSwept(descriptor.pasid(), descriptor.range()));
    return true;
  }

  private boolean takeDeviceTlb(Invalidation.DeviceTlb descriptor) {
    int device = descriptor.device();
    int itag = itags.free(device);
    if (itag < 0 || (sweeping != null && spec.deviceTlbAfterIotlb())) {
      return false;
    }
    itags.use(device, itag, queue.take(ctx.nowPs()));
    ctx.mark(new MachineFact.InvalidationSent(
        device, descriptor.pasid(), descriptor.range(), itag));
    ctx.send(devices.at(device),
        new Ats.InvalidateRequest(itag, descriptor.pasid(), descriptor.range()));
    return true;
  }
}
