package dev.shootdown.hardware.ats;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.protocol.Ats;
import dev.shootdown.trace.MachineFact;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * A device of untranslated DMA: it has no translation cache, and its IOMMU translates each access.
 *
 * <ol>
 *   <li>A transfer takes a tag, or waits for one, and goes to the IOMMU with its address as it is.
 *   <li>The IOMMU answers when memory has done it, or that it can't be done.
 * </ol>
 *
 * <p>Can: bounded tags, a least gap between starts, completion in order. Can't: invalidations and
 * page requests, as it caches nothing; what it does is stated by the IOMMU, where the translation
 * is used.
 *
 * <p>Invariants: at most {@link DmaDeviceSpec#outstandingMax} transfers under way.
 *
 * <p>Ports: {@code iommu}.
 */
public final class DmaDevice extends AbstractBehavior<DmaDevice.Command>
    implements Ats.DeviceSide {
  /** What this part is told. */
  public sealed interface Command {}

  /** Off the wire, from the IOMMU. */
  public record IommuSaid(Ats.ToDevice body) implements Command {}

  /** To itself: transfer number {@code nth} of a job is due. */
  private record Due(DmaJob job, int nth) implements Command {}

  /** To itself: the next transfers of the trace are due. */
  private record TraceDue() implements Command {}

  /** To itself: the gap after the last transfer's start is over. */
  private record GapOver() implements Command {}

  private final DmaDeviceSpec spec;
  private final int numberAtIommu;
  private final Ctx<Command> ctx;
  private final Port<Ats.ToIommu> iommu;
  private final Tags tags;
  private final TraceCursor<Command> traced;
  private long freeAtPs;
  private boolean waits;

  private DmaDevice(ActorContext<Command> context, DmaDeviceSpec spec, int numberAtIommu,
      DmaWork work, Ctx<Command> ctx) {
    super(context);
    this.spec = spec;
    this.numberAtIommu = numberAtIommu;
    this.ctx = ctx;
    this.iommu = ctx.port("iommu", Ats.ToIommu.class);
    this.tags = new Tags(
        spec.outstandingMax(), spec.completion() == DmaDeviceSpec.Completion.IN_ORDER);
    for (DmaJob job : work.jobs()) {
      ctx.after(job.atPs() - ctx.nowPs(), new Due(job, 1));
    }
    this.traced = new TraceCursor<>(work.trace(), ctx, new TraceDue());
  }

  /** A device that will do {@code work}; it is created at time 0. */
  public static Behavior<Command> create(
      DmaDeviceSpec spec, int numberAtIommu, DmaWork work, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new DmaDevice(context, spec, numberAtIommu, work, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(IommuSaid.class, this::onIommuSaid)
        .onMessage(Due.class, this::onDue)
        .onMessage(TraceDue.class, this::onTraceDue)
        .onMessage(GapOver.class, this::onGapOver)
        .build();
  }

  private Behavior<Command> onIommuSaid(IommuSaid said) {
    said.body().deliverTo(this);
    return this;
  }

  private Behavior<Command> onDue(Due due) {
    DmaJob job = due.job();
    if (due.nth() < job.count()) {
      ctx.after(job.everyPs(), new Due(job, due.nth() + 1));
    }
    start(Touch.of(job));
    return this;
  }

  private Behavior<Command> onTraceDue(TraceDue due) {
    traced.start(this::start);
    return this;
  }

  private Behavior<Command> onGapOver(GapOver over) {
    waits = false;
    send();
    return this;
  }

  @Override
  public void on(Ats.TranslationCompletion completion) {
    breach("an IOMMU answered a translation request that is not open");
  }

  @Override
  public void on(Ats.InvalidateRequest request) {
    breach("an IOMMU sent an invalidation to a device that caches nothing");
  }

  @Override
  public void on(Ats.PrgResponse response) {
    breach("an IOMMU answered a page request group that is not open");
  }

  @Override
  public void on(Ats.UntranslatedDone done) {
    Touch touch = tags.finish(done.tag());
    if (touch == null) {
      breach("an IOMMU answered DMA that is not under way");
      return;
    }
    ctx.mark(
        done.status() == Ats.Status.SC
            ? new MachineFact.DmaEnded(touch.pasid(), touch.page(), touch.write())
            : new MachineFact.Denied(touch.pasid(), touch.page(), touch.write()));
    send();
  }

  @Override
  public void on(Ats.PasidReady ready) {
    breach("an IOMMU let a device work in a PASID that didn't ask");
  }

  private void start(Touch touch) {
    tags.await(touch);
    send();
  }

  private void send() {
    while (tags.isSendable() && isFree()) {
      freeAtPs = ctx.nowPs() + spec.gapPs();
      long tag = tags.send();
      Touch touch = tags.touch(tag);
      ctx.send(iommu, new Ats.UntranslatedDma(numberAtIommu, tag, touch.pasid(), touch.page(),
          touch.write(), touch.sizeBytes()));
    }
  }

  /** Whether another transfer may start; if not, it is looked at again when it may. */
  private boolean isFree() {
    boolean free = freeAtPs <= ctx.nowPs();
    if (!free && !waits) {
      waits = true;
      ctx.after(freeAtPs - ctx.nowPs(), new GapOver());
    }
    return free;
  }

  private void breach(String rule) {
    ctx.mark(new MachineFact.ProtocolBreach(rule));
  }
}
