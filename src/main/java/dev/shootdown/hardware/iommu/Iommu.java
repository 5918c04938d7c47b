package dev.shootdown.hardware.iommu;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.DeviceFaults;
import dev.shootdown.protocol.Dma;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.trace.MachineFact;
import java.util.Optional;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * An IOMMU with a command queue: Intel's, AMD's or Arm's, see {@link CommandInterface}.
 *
 * <ol>
 *   <li>A device's translation request is looked up in the IOTLB; a hit is answered.
 *   <li>A miss waits for a walker. The walk reads the leaf entry by message, fills the IOTLB, and
 *       answers. What isn't present is answered as denied, and cached only in caching mode.
 *   <li>A CPU's submission joins the ring, or waits outside until there is room. Descriptors are
 *       taken in order. An IOTLB descriptor occupies the invalidation unit and then drops its
 *       range; a walk that was reading in that range is done again, and untranslated DMA that used
 *       the range is waited for.
 *   <li>A device-TLB descriptor starts when the IOTLB ones before it are done and the device has an
 *       ITag to spare; the ones behind it wait. It is done when the device has answered.
 *   <li>When all before a wait descriptor is done, the CPU gets its status word.
 *   <li>Untranslated DMA is translated the same way and sent on to memory. Where a fault can stall
 *       it, software is asked; else it is ended.
 *   <li>A page request goes to the log, which software reads; the answer comes by command.
 * </ol>
 *
 * <p>Can: bounded walkers, ring and log, ITags per device, time limits of devices and of software,
 * paging-structure caches, stalls, PASIDs that are given to one address space after the other,
 * invalidations that are left until a device works in a PASID, the classic races as switches; a
 * second stage, see {@link Nesting}: what is cached then is combined of both, and goes with either.
 * Can't: domains, large pages or a paging-structure cache in two stages, guest page tables that are
 * themselves moved under a walk, interrupt remapping.
 *
 * <p>Invariants: one answer per request; an ITag stands for one invalidation; status words go out
 * in the order of submission, but for software that gave up; the caches hold nothing that Filled,
 * Dropped, WalkCached and WalkDropped don't tell. The right to write is only cached by a walk for
 * writing, which is also what sets the dirty bit.
 *
 * <p>Ports: families {@code tables} (see {@link IommuLayout#mms}), {@code devices} and
 * {@code cpus}, by number; families {@code memory} and {@code faults} of one member each, or none.
 */
public final class Iommu extends AbstractBehavior<Iommu.Command>
    implements Ats.IommuSide, Invalidation.IommuSide, PageWalk.WalkerSide, Dma.DeviceSide,
        DeviceFaults.IommuSide, Translator.Client, Commands.Rest {
  /** What this part is told. */
  public sealed interface Command {}

  /** Off the wire, from a device. */
  public record DeviceSaid(Ats.ToIommu body) implements Command {}

  /** Off the wire, from a CPU: a doorbell. */
  public record CpuSaid(Invalidation.ToIommu body) implements Command {}

  /** Off the wire, from a page table. */
  public record TableAnswered(PageWalk.ToWalker body) implements Command {}

  /** Off the wire, from memory: DMA in a device's place is over. */
  public record MemoryAnswered(Dma.ToDevice body) implements Command {}

  /** Off the wire, from the kernel's fault queue. */
  public record KernelSaid(DeviceFaults.ToIommu body) implements Command {}

  /** To itself: the IOTLB has been searched. */
  record LookedUp(Wanted wanted) implements Command {}

  /** To itself: the walk has come to the leaf. */
  record LeafReached(int walker) implements Command {}

  /** To itself: the walk has come to the leaf of the second stage. */
  record SecondLeafReached(int walker) implements Command {}

  /** To itself: the walker whose walk was answered can begin another one. */
  record WalkerFree(int walker) implements Command {}

  /** To itself: the invalidation unit is done with a descriptor. */
  record Swept() implements Command {}

  /** To itself: a PASID whose invalidation was left until now is forgotten. */
  record Forgotten(int device, int pasid) implements Command {}

  /** To itself: a page request's record can be read. */
  record Logged(Ats.PageRequest request) implements Command {}

  /** To itself: time to look whether some CPU has polled for as long as it would. */
  record PatienceOver() implements Command {}

  /** To itself: time to look whether a device has had its time for an invalidation. */
  record TimeOver(int device, int itag, long use, long sincePs, long duePs)
      implements Command {}

  /** To itself: software has seen to an error of the queue. */
  record Cleared() implements Command {}

  private final IommuSpec spec;
  private final Ctx<Command> ctx;
  private final Ports<Ats.ToDevice> devices;
  private final Ports<Invalidation.ToCpu> cpus;
  private final Translator translator;
  private final Commands commands;
  private final PageRequestLog log;
  private final Traffic traffic;
  private final PasidUses uses = new PasidUses();

  private Iommu(ActorContext<Command> context, CommandInterface kind, IommuSpec spec,
      IommuLayout layout, Optional<Nesting> nesting, Ctx<Command> ctx) {
    super(context);
    this.spec = spec;
    this.ctx = ctx;
    this.devices = ctx.ports("devices", Ats.ToDevice.class);
    this.cpus = ctx.ports("cpus", Invalidation.ToCpu.class);
    this.translator = new Translator(spec, layout, nesting, ctx, this);
    this.commands = new Commands(kind, spec, layout, ctx, this);
    this.log = new PageRequestLog(spec.pageRequests(), layout.number(), ctx);
    this.traffic = new Traffic(spec, layout, nesting, ctx);
  }

  /** Intel's IOMMU with nothing cached and an empty ring. */
  public static Behavior<Command> create(
      IommuSpec spec, IommuLayout layout, Ctx<Command> ctx) {
    return create(CommandInterface.VTD, spec, layout, ctx);
  }

  /** An IOMMU with nothing cached and an empty ring. */
  public static Behavior<Command> create(
      CommandInterface kind, IommuSpec spec, IommuLayout layout, Ctx<Command> ctx) {
    return create(kind, spec, layout, Optional.empty(), ctx);
  }

  /** An IOMMU that walks in two stages if {@code nesting} says so. */
  public static Behavior<Command> create(CommandInterface kind, IommuSpec spec,
      IommuLayout layout, Optional<Nesting> nesting, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new Iommu(context, kind, spec, layout, nesting, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(DeviceSaid.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(CpuSaid.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(TableAnswered.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(MemoryAnswered.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(KernelSaid.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(LookedUp.class, up -> does(() -> translator.translate(up.wanted())))
        .onMessage(LeafReached.class, leaf -> does(() -> translator.leafReached(leaf.walker())))
        .onMessage(SecondLeafReached.class,
            leaf -> does(() -> translator.secondLeafReached(leaf.walker())))
        .onMessage(WalkerFree.class, free -> does(() -> translator.walkerFree(free.walker())))
        .onMessage(Swept.class, over -> does(commands::sweepOver))
        .onMessage(Forgotten.class, forgotten -> does(() -> onForgotten(forgotten)))
        .onMessage(Logged.class, logged -> does(() -> onLogged(logged)))
        .onMessage(PatienceOver.class, over -> does(commands::patienceOver))
        .onMessage(TimeOver.class, over -> does(() -> commands.look(over)))
        .onMessage(Cleared.class, cleared -> does(commands::cleared))
        .build();
  }

  private Behavior<Command> does(Runnable handler) {
    handler.run();
    return this;
  }

  private void onLogged(Logged logged) {
    log.written(logged.request());
    commands.work();
  }

  @Override
  public void on(Ats.TranslationRequest request) {
    ctx.after(spec.iotlbLatencyPs(), new LookedUp(Wanted.by(request)));
  }

  @Override
  public void on(Ats.InvalidateCompletion completion) {
    commands.on(completion);
  }

  @Override
  public void on(Ats.PageRequest request) {
    log.on(request);
  }

  /** Not logged: software would drop it (Linux 6.12, io-pgfault.c). */
  @Override
  public void on(Ats.StopMarker marker) {}

  /** The answer waits until what was left to be forgotten is. */
  @Override
  public void on(Ats.PasidUse use) {
    if (!use.begins()) {
      if (!uses.end(use.pasid())) {
        ctx.mark(new MachineFact.ProtocolBreach(
            "a device ended its work in a PASID in which it had not begun"));
      }
    } else if (uses.begin(use.pasid())) {
      ctx.after(spec.iotlbInvalidationPs(), new Forgotten(use.device(), use.pasid()));
    } else {
      ctx.send(devices.at(use.device()), new Ats.PasidReady(use.pasid(), false));
    }
  }

  private void onForgotten(Forgotten forgotten) {
    translator.drop(forgotten.pasid(), PageRange.ALL, false);
    ctx.send(devices.at(forgotten.device()), new Ats.PasidReady(forgotten.pasid(), true));
  }

  @Override
  public void on(Ats.UntranslatedDma dma) {
    ctx.after(spec.iotlbLatencyPs(), new LookedUp(traffic.arrive(dma)));
  }

  @Override
  public void on(Ats.LinkDown down) {
    commands.on(down);
  }

  @Override
  public void on(Invalidation.Submit submit) {
    if (submit.descriptors().size() == 1
        && submit.descriptors().get(0) instanceof Invalidation.LeaveToUse leave) {
      boolean left = uses.defer(leave.pasid());
      if (left) {
        ctx.mark(new MachineFact.FlushLeftToUse(leave.pasid()));
      }
      long nowPs = ctx.nowPs();
      ctx.send(cpus.at(submit.cpu()), new Invalidation.Completed(submit.ticket(), nowPs, nowPs,
          nowPs, left ? Invalidation.Status.DONE : Invalidation.Status.IN_USE));
    } else {
      commands.on(submit);
    }
  }

  @Override
  public void on(PageWalk.Entry entry) {
    translator.on(entry);
  }

  @Override
  public void on(Dma.Transferred transferred) {
    traffic.on(transferred);
    commands.drained();
  }

  @Override
  public void on(DeviceFaults.Taken taken) {
    log.on(taken);
  }

  @Override
  public void on(DeviceFaults.OverflowCleared cleared) {
    log.on(cleared);
  }

  @Override
  public void translated(Wanted wanted, Translator.Answer answer) {
    if (wanted.dma()) {
      traffic.translated(wanted, answer);
    } else {
      ctx.send(devices.at(wanted.device()), new Ats.TranslationCompletion(wanted.tag(),
          wanted.pasid(), wanted.page(), answer.pfn(), answer.writable(), answer.readAtPs(),
          answer.status(), answer.order()));
    }
  }

  @Override
  public void drop(Invalidation.Iotlb command) {
    translator.drop(command.pasid(), command.range(), command.leafOnly());
  }

  @Override
  public boolean isInUse(Invalidation.Iotlb command) {
    return traffic.isInUse(command);
  }

  @Override
  public void apply(Invalidation.Descriptor command) {
    if (command instanceof Invalidation.DeviceEntry entry) {
      translator.device(entry.device(), entry.enabled());
    } else if (command instanceof Invalidation.PasidEntry entry) {
      translator.pasid(entry);
      translator.drop(entry.pasid(), PageRange.ALL, false);
    } else if (command instanceof Invalidation.PageResponse response) {
      ctx.send(devices.at(response.device()),
          new Ats.PrgResponse(response.pasid(), response.group(), response.code()));
    } else if (command instanceof Invalidation.Resume resume) {
      Wanted again = traffic.resume(resume);
      if (again != null) {
        translator.translate(again);
      }
    }
  }

  @Override
  public boolean isLogWritten() {
    return log.isWritten();
  }
}
