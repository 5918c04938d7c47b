package dev.shootdown.hardware.ats;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Dma;
import dev.shootdown.trace.MachineFact;
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
 * A PCIe device with an address translation cache (ATC) that moves data by DMA.
 *
 * <ol>
 *   <li>A transfer looks its page up in the ATC; a hit is used at once.
 *   <li>A miss, or a hit that doesn't allow the write wanted, asks the IOMMU. Transfers that want
 *       the same page share a request; requests beyond the tags wait.
 *   <li>The completion fills the ATC and lets the transfers go. A refusal ends them, or with PRI
 *       makes the device ask software for the page, see {@link PageFaults}.
 *   <li>An invalidation occupies the device for a while and then drops matching entries. It is
 *       answered once in each traffic class, when all transfers there that used them are over.
 *   <li>A completion that was under way when an invalidation of its page arrived is thrown away,
 *       and the page asked for again: the invalidation may have overtaken it.
 * </ol>
 *
 * <p>Can: bounded tags, a set-associative ATC, DMA that drains, page requests with groups and
 * credits, giving up after too many refaults, being stopped in an address space, being pulled out,
 * saying in which PASIDs it works, the classic mistakes as switches.
 * Can't: untranslated DMA beside translated; a smallest translation unit above 4 KiB.
 *
 * <p>Invariants: at most {@link AtsDeviceSpec#outstandingMax} tags; one completion per
 * invalidation and traffic class; at most {@link PageRequestSpec#allocation} page requests without
 * an answer; the ATC holds nothing that Filled and Dropped don't tell. (PCIe Base Specification,
 * 10.2 to 10.4.)
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

  /** To itself: the next transfers of the trace are due. */
  private record TraceDue() implements Command {}

  /** To itself: the ATC has been searched. */
  private record LookedUp(Touch touch, long untilPs) implements Command {}

  /** To itself: the time that an invalidation takes is over. */
  record Swept(int itag) implements Command {}

  /** To itself: a while ago it had nothing to do in a PASID. */
  record Lull(int pasid, long lulls) implements Command {}

  /** To itself: software has seen to the pages of these touches. */
  private record Retry(List<Touch> touches, long raisedAtPs) implements Command {}

  /** To itself: its driver has it work no more in an address space. */
  private record Stopped(int pasid) implements Command {}

  /** To itself: somebody pulls the device out. */
  private record Removed() implements Command {}

  private record Stop(long atPs, int pasid) {}

  private enum State {
    /** All is well. */
    WORKING,
    /** The IOMMU doesn't serve it any more; what is cached may be used until it is dropped. */
    WITHOUT_SERVICE,
    /** It has given up and needs a reset; it still answers invalidations. */
    FAILED,
    /** It isn't there any more, and answers nothing. */
    REMOVED
  }

  private static final long NEVER_PS = -1;

  private final AtsDeviceSpec spec;
  private final AtsDeviceLayout layout;
  private final Ctx<Command> ctx;
  private final Port<Ats.ToIommu> iommu;
  private final Atc atc;
  private final Asks asks;
  private final Transfers transfers;
  private final PageFaults faults;
  private final Wishes wishes;
  private final PasidStates<LookedUp> pasids;
  private final TraceCursor<Command> traced;
  private final Map<Integer, Long> stoppedPs = new TreeMap<>();
  private State state = State.WORKING;

  private AtsDevice(ActorContext<Command> context, AtsDeviceSpec spec, AtsDeviceLayout layout,
      DmaWork work, Ctx<Command> ctx) {
    super(context);
    this.spec = spec;
    this.layout = layout;
    this.ctx = ctx;
    this.iommu = ctx.port("iommu", Ats.ToIommu.class);
    this.atc = new Atc(spec, ctx);
    this.asks = new Asks(spec.outstandingMax(), layout.numberAtIommu(), ctx, iommu);
    this.transfers = new Transfers(spec, layout, ctx, iommu, atc);
    this.faults = new PageFaults(spec.pageRequests(), layout.numberAtIommu(), ctx, iommu);
    this.wishes = new Wishes(work);
    this.pasids = new PasidStates<>(spec, layout.numberAtIommu(), ctx, iommu);
    spec.refusal(wishes.pasids()).ifPresent(why -> {
      throw new IllegalArgumentException(ctx.name() + ": " + why);
    });
    for (DmaJob job : work.jobs()) {
      ctx.after(job.atPs() - ctx.nowPs(), new Due(job, 1));
    }
    this.traced = new TraceCursor<>(work.trace(), ctx, new TraceDue());
    work.jobs().stream().filter(job -> job.untilPs() != DmaJob.FOR_EVER)
        .map(job -> new Stop(job.untilPs(), job.pasid())).distinct()
        .forEach(stop -> ctx.after(stop.atPs() - ctx.nowPs(), new Stopped(stop.pasid())));
    spec.removeAtPs().ifPresent(atPs -> ctx.after(atPs - ctx.nowPs(), new Removed()));
  }

  /**
   * A device with nothing cached that will do {@code work}; it is created at time 0.
   *
   * @throws IllegalArgumentException if the work is of more address spaces than it has PASIDs
   */
  public static Behavior<Command> create(AtsDeviceSpec spec, AtsDeviceLayout layout,
      DmaWork work, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new AtsDevice(context, spec, layout, work, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(IommuSaid.class, said -> does(() -> onIommuSaid(said)))
        .onMessage(MemoryAnswered.class, answer -> does(() -> answer.body().deliverTo(this)))
        .onMessage(Due.class, due -> does(() -> onDue(due)))
        .onMessage(TraceDue.class, due -> does(() -> traced.start(this::onTraced)))
        .onMessage(LookedUp.class, lookedUp -> does(() -> onLookedUp(lookedUp)))
        .onMessage(Swept.class, swept -> does(() -> onSwept(swept)))
        .onMessage(Lull.class, lull -> does(() -> pasids.lull(lull.pasid(), lull.lulls())))
        .onMessage(Retry.class, retry -> does(() -> onRetry(retry)))
        .onMessage(Stopped.class, stopped -> does(() -> onStopped(stopped.pasid())))
        .onMessage(Removed.class, removed -> does(this::onRemoved))
        .build();
  }

  private Behavior<Command> does(Runnable handler) {
    handler.run();
    return this;
  }

  private void onIommuSaid(IommuSaid said) {
    if (state != State.REMOVED) {
      said.body().deliverTo(this);
    }
  }

  private void onDue(Due due) {
    DmaJob job = due.job();
    if (isOver()) {
      return;
    }
    if (ctx.nowPs() >= job.untilPs()) {
      for (int nth = due.nth(); nth <= job.count(); nth++) {
        ended(job.pasid());
      }
      return;
    }
    if (due.nth() < job.count()) {
      ctx.after(job.everyPs(), new Due(job, due.nth() + 1));
    }
    ctx.after(spec.atcLatencyPs(), new LookedUp(Touch.of(job), job.untilPs()));
  }

  private void onTraced(Touch touch) {
    if (!isOver()) {
      ctx.after(spec.atcLatencyPs(), new LookedUp(touch, DmaJob.FOR_EVER));
    }
  }

  private void onLookedUp(LookedUp lookedUp) {
    if (pasids.begin(lookedUp.touch().pasid(), lookedUp)) {
      use(lookedUp);
    }
  }

  private void use(LookedUp lookedUp) {
    Touch touch = lookedUp.touch();
    if (ctx.nowPs() >= lookedUp.untilPs()) {
      deny(touch);
      return;
    }
    long pfn = atc.frame(touch);
    if (pfn >= 0 && !isOver()) {
      transfers.begin(touch, pfn);
    } else {
      ask(List.of(touch));
    }
  }

  private void onRetry(Retry retry) {
    int pasid = retry.touches().get(0).pasid();
    if (retry.raisedAtPs() > stoppedPs.getOrDefault(pasid, NEVER_PS)) {
      ask(retry.touches());
    }
  }

  private void onSwept(Swept swept) {
    if (state != State.REMOVED) {
      transfers.swept(swept.itag());
    }
  }

  /**
   * What waits in that address space ends here. Requests that are under way are answered yet; an
   * answer to a page request then means nothing to anybody (PCIe Base Specification, 10.4.1.2).
   */
  private void onStopped(int pasid) {
    stoppedPs.put(pasid, ctx.nowPs());
    List<Touch> over = faults.stop(pasid);
    asks.abandon(pasid).stream()
        .filter(asked -> over.stream().noneMatch(each -> each == asked))
        .toList().forEach(over::add);
    over.forEach(this::deny);
  }

  private void onRemoved() {
    state = State.REMOVED;
    asks.abandon();
    faults.stop(MachineFact.Resolution.FAILED);
    ctx.mark(new MachineFact.DeviceFailed("removed"));
    ctx.send(iommu, new Ats.LinkDown(layout.numberAtIommu()));
  }

  @Override
  public void on(Ats.TranslationCompletion completion) {
    Asks.Ask ask = asks.finish(completion.tag(), completion.pasid(), completion.page());
    if (ask == null) {
      if (state == State.WORKING) {
        breach("an IOMMU answered a translation request that is not open");
      }
      return;
    }
    asks.send();
    if (ask.isOvertaken() && spec.dropRacingFills()) {
      ctx.mark(new MachineFact.FillDiscarded(ask.pasid(), ask.page()));
      ask(ask.touches());
      return;
    }
    if (completion.isGranted()) {
      atc.fill(completion);
    }
    for (Touch touch : ask.touches()) {
      serve(touch, ask, completion);
    }
    if (completion.status() == Ats.Status.UR) {
      loseService();
    }
  }

  @Override
  public void on(Ats.InvalidateRequest request) {
    if (transfers.invalidate(request)) {
      // Only what was asked for before now can carry an old translation: the IOTLB was swept first.
      asks.overtake(request);
    }
  }

  @Override
  public void on(Ats.PrgResponse response) {
    PageFaults.Verdict verdict = faults.answered(response);
    if (verdict == null) {
      breach("an IOMMU answered a page request group that is not open");
      return;
    }
    if (!verdict.again().isEmpty()) {
      ctx.after(spec.pageRequests().retryDelayPs(), new Retry(verdict.again(), ctx.nowPs()));
    }
    verdict.over().forEach(this::deny);
  }

  @Override
  public void on(Ats.UntranslatedDone done) {
    breach("an IOMMU answered DMA that was not left to it");
  }

  /** What it still held of the PASID it may not use. */
  @Override
  public void on(Ats.PasidReady ready) {
    Deque<LookedUp> waited = pasids.ready(ready.pasid());
    if (waited == null) {
      breach("an IOMMU let a device use a PASID for which it had not asked");
      return;
    }
    if (ready.forget()) {
      atc.forget(ready.pasid());
    }
    waited.forEach(this::onLookedUp);
  }

  @Override
  public void on(Dma.Transferred transferred) {
    Touch touch = transfers.end(transferred);
    if (touch != null && state != State.REMOVED) {
      transfers.drained(transferred);
      end(touch);
    }
  }

  /** Whether it does no more work. */
  private boolean isOver() {
    return state == State.FAILED || state == State.REMOVED;
  }

  private void ask(List<Touch> touches) {
    if (state == State.WORKING) {
      asks.request(touches);
    } else if (state == State.WITHOUT_SERVICE) {
      touches.forEach(this::refuse);
    }
  }

  /** Lets {@code touch} go on with what came for {@code ask}. */
  private void serve(Touch touch, Asks.Ask ask, Ats.TranslationCompletion completion) {
    boolean writeMissing = touch.write() && !completion.writable();
    if (completion.isGranted() && !writeMissing) {
      faults.served(touch);
      transfers.begin(touch, completion.pfn());
    } else if (completion.isGranted() && !ask.forWrite()) {
      ask(List.of(touch));
    } else if (completion.status() != Ats.Status.SC || faults.isStopped()) {
      refuse(touch);
    } else if (state == State.WORKING && !faults.raise(touch)) {
      fail();
    }
  }

  private void refuse(Touch touch) {
    faults.giveUp(touch);
    deny(touch);
  }

  private void deny(Touch touch) {
    ctx.mark(new MachineFact.Denied(touch.pasid(), touch.page(), touch.write()));
    end(touch);
  }

  private void end(Touch touch) {
    pasids.end(touch.pasid());
    ended(touch.pasid());
  }

  private void ended(int pasid) {
    if (wishes.ended(pasid) && spec.pageRequests().stopMarker()) {
      ctx.send(iommu, new Ats.StopMarker(layout.numberAtIommu(), pasid));
    }
  }

  /** Too many refaults: everything that waits ends here, what is under way drains. */
  private void fail() {
    state = State.FAILED;
    asks.abandon();
    faults.stop(MachineFact.Resolution.FAILED);
    ctx.mark(new MachineFact.DeviceFailed("gave up: a page failed "
        + spec.pageRequests().refaultsMax() + " times after it was said to be there"));
  }

  /** An unsupported request: the device must not ask again until it is set up anew. */
  private void loseService() {
    if (state == State.WORKING) {
      state = State.WITHOUT_SERVICE;
      ctx.mark(new MachineFact.DeviceFailed("no translation service"));
      asks.abandon().forEach(this::refuse);
    }
  }

  private void breach(String rule) {
    ctx.mark(new MachineFact.ProtocolBreach(rule));
  }
}
