package dev.shootdown.hardware.ats;

import dev.shootdown.address.Access;
import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Dma;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.translation.TranslationCache;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * A PCIe device with an address translation cache (ATC) that moves data by DMA.
 *
 * <ol>
 *   <li>A transfer looks its page up in the ATC; a hit is used at once.
 *   <li>A miss, or a hit that doesn't allow the write wanted, asks the IOMMU. Transfers that want
 *       the same page share a request; requests beyond the tags wait.
 *   <li>The completion fills the ATC and lets the transfers go. A refusal ends them.
 *   <li>An invalidation occupies the device for a while and then drops matching entries. It is
 *       answered when all transfers that used them are over.
 *   <li>A completion that was under way when an invalidation of its page arrived is thrown away,
 *       and the page asked for again: the invalidation may have overtaken it.
 * </ol>
 *
 * <p>Can: bounded tags, a set-associative ATC, DMA that drains, both classic mistakes as switches.
 * Can't: page requests (PRI), so a refused transfer is given up; untranslated DMA; large pages;
 * invalidations for all PASIDs; several traffic classes (one completion per invalidation).
 *
 * <p>Invariants: at most {@link AtsDeviceSpec#outstandingMax} tags; one completion per
 * invalidation; the ATC holds nothing that Filled and Dropped don't tell. (PCIe Base Specification,
 * 10.2, 10.3.)
 *
 * <p>Ports: {@code iommu} and {@code memory}.
 */
public final class AtsDevice extends AbstractBehavior<AtsDevice.Command>
    implements Ats.DeviceSide, Dma.DeviceSide {
  /** What this part is told. */
  public sealed interface Command {}

  /** Off the wire, from the IOMMU. */
  public record IommuSaid(Ats.ToDevice body) implements Command {}

  /** Off the wire, from memory. */
  public record MemoryAnswered(Dma.ToDevice body) implements Command {}

  /** To itself: transfer number {@code nth} of a job is due. */
  private record Due(DmaJob job, int nth) implements Command {}

  /** To itself: the ATC has been searched. */
  private record LookedUp(Touch touch) implements Command {}

  /** To itself: the time that an invalidation takes is over. */
  private record Swept(int itag) implements Command {}

  private final AtsDeviceSpec spec;
  private final AtsDeviceLayout layout;
  private final Ctx<Command> ctx;
  private final Port<Ats.ToIommu> iommu;
  private final Port<Dma.ToMemory> memory;
  private final TranslationCache atc;
  private final Asks asks;
  private final Drains drains = new Drains();
  private long transfersBegun;
  private long sweeperFreeAtPs;

  private AtsDevice(ActorContext<Command> context, AtsDeviceSpec spec, AtsDeviceLayout layout,
      List<DmaJob> jobs, Ctx<Command> ctx) {
    super(context);
    this.spec = spec;
    this.layout = layout;
    this.ctx = ctx;
    this.iommu = ctx.port("iommu", Ats.ToIommu.class);
    this.memory = ctx.port("memory", Dma.ToMemory.class);
    this.atc = new TranslationCache(spec.atcEntries(), spec.atcWays());
    this.asks = new Asks(spec.outstandingMax());
    for (DmaJob job : jobs) {
      ctx.after(job.atPs() - ctx.nowPs(), new Due(job, 1));
    }
  }

  /** A device with nothing cached that will do {@code jobs}; it is created at time 0. */
  public static Behavior<Command> create(AtsDeviceSpec spec, AtsDeviceLayout layout,
      List<DmaJob> jobs, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new AtsDevice(context, spec, layout, jobs, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(IommuSaid.class, this::onIommuSaid)
        .onMessage(MemoryAnswered.class, this::onMemoryAnswered)
        .onMessage(Due.class, this::onDue)
        .onMessage(LookedUp.class, this::onLookedUp)
        .onMessage(Swept.class, this::onSwept)
        .build();
  }

  private Behavior<Command> onIommuSaid(IommuSaid said) {
    said.body().deliverTo(this);
    return this;
  }

  private Behavior<Command> onMemoryAnswered(MemoryAnswered answered) {
    answered.body().deliverTo(this);
    return this;
  }

  private Behavior<Command> onDue(Due due) {
    DmaJob job = due.job();
    if (due.nth() < job.count()) {
      ctx.after(job.everyPs(), new Due(job, due.nth() + 1));
    }
    ctx.after(spec.atcLatencyPs(), new LookedUp(new Touch(job.pasid(), job.page(),
        job.access() == Access.WRITE, Math.toIntExact(job.sizeBytes()))));
    return this;
  }

  private Behavior<Command> onLookedUp(LookedUp lookedUp) {
    Touch touch = lookedUp.touch();
    Optional<TranslationCache.Entry> hit = atc.lookup(touch.pasid(), touch.page())
        .filter(entry -> entry.writable() || !touch.write());
    if (hit.isPresent()) {
      transfer(touch, hit.get().pfn());
    } else {
      asks.await(touch);
      sendAsks();
    }
    return this;
  }

  private Behavior<Command> onSwept(Swept swept) {
    Drains.Pending pending = drains.pending(swept.itag());
    atc.invalidate(pending.pasid(), pending.range());
    ctx.mark(new MachineFact.Dropped(
        pending.pasid(), pending.range(), MachineFact.Cause.INVALIDATED));
    if (!spec.drainBeforeCompletion() || drains.isDrainedNow(swept.itag())) {
      complete(swept.itag());
    }
    return this;
  }

  @Override
  public void on(Ats.TranslationCompletion completion) {
    Asks.Ask ask = asks.finish(completion.tag(), completion.pasid(), completion.page());
    if (ask == null) {
      breach("an IOMMU answered a translation request that is not open");
      return;
    }
    sendAsks();
    if (ask.isOvertaken() && spec.dropRacingFills()) {
      ctx.mark(new MachineFact.FillDiscarded(ask.pasid(), ask.page()));
      ask.touches().forEach(asks::await);
      sendAsks();
      return;
    }
    if (completion.isGranted()) {
      fill(new TranslationCache.Entry(completion.pasid(), completion.page(), completion.pfn(),
          completion.writable(), completion.readAtPs()));
    }
    for (Touch touch : ask.touches()) {
      serve(touch, ask, completion);
    }
  }

  @Override
  public void on(Ats.InvalidateRequest request) {
    ctx.mark(new MachineFact.InvalidationTaken(
        request.pasid(), request.range(), request.itag()));
    if (!drains.open(request.itag(), request.pasid(), request.range())) {
      breach("an IOMMU used an ITag that is still open");
      return;
    }
    if (drains.openCount() > spec.invalidateQueueDepth()) {
      breach("an IOMMU sent more invalidations than the device takes");
    }
    // Only what was asked for before now can carry an old translation: the IOTLB was swept first.
    asks.overtake(request.pasid(), request.range());
    sweeperFreeAtPs =
        Math.max(ctx.nowPs(), sweeperFreeAtPs) + spec.invalidationProcessingPs();
    ctx.after(sweeperFreeAtPs - ctx.nowPs(), new Swept(request.itag()));
  }

  @Override
  public void on(Dma.Transferred transferred) {
    if (!drains.finish(transferred.tag())) {
      breach("memory answered a transfer that is not under way");
      return;
    }
    ctx.mark(new MachineFact.Drained(transferred.tag()));
    drains.drainedBy(transferred.tag()).forEach(this::complete);
  }

  private void sendAsks() {
    for (int tag = asks.sendable(); tag >= 0; tag = asks.sendable()) {
      Asks.Ask ask = asks.send(tag);
      ctx.send(iommu, new Ats.TranslationRequest(
          layout.numberAtIommu(), tag, ask.pasid(), ask.page(), ask.forWrite()));
    }
  }

  private void fill(TranslationCache.Entry entry) {
    Optional<TranslationCache.Entry> evicted = atc.insert(entry);
    evicted.ifPresent(victim -> ctx.mark(new MachineFact.Dropped(
        victim.mm(), PageRange.of(victim.page()), MachineFact.Cause.EVICTED)));
    ctx.mark(new MachineFact.Filled(
        entry.mm(), entry.page(), entry.pfn(), entry.writable(), entry.readAtPs()));
  }

  /** Lets {@code touch} go on with what came for {@code ask}. */
  private void serve(Touch touch, Asks.Ask ask, Ats.TranslationCompletion completion) {
    boolean writeMissing = touch.write() && !completion.writable();
    if (completion.isGranted() && !writeMissing) {
      transfer(touch, completion.pfn());
    } else if (completion.isGranted() && !ask.forWrite()) {
      asks.await(touch);
      sendAsks();
    } else {
      ctx.mark(new MachineFact.Denied(touch.pasid(), touch.page(), touch.write()));
    }
  }

  private void transfer(Touch touch, long pfn) {
    long transfer = transfersBegun++;
    drains.start(transfer, touch);
    ctx.mark(new MachineFact.Used(
        touch.pasid(), touch.page(), pfn, touch.write(), transfer));
    ctx.send(memory, new Dma.Transfer(
        layout.numberAtMemory(), transfer, pfn, touch.write(), touch.sizeBytes()));
  }

  private void complete(int itag) {
    drains.close(itag);
    ctx.mark(new MachineFact.InvalidationDone(itag));
    ctx.send(iommu, new Ats.InvalidateCompletion(layout.numberAtIommu(), itag));
  }

  private void breach(String rule) {
    ctx.mark(new MachineFact.ProtocolBreach(rule));
  }
}
