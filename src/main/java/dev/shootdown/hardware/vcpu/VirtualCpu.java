package dev.shootdown.hardware.vcpu;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.Vcpu;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.translation.TranslationCache;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * A virtual CPU, and the thread that runs it, on a physical CPU that it has to itself.
 *
 * <ol>
 *   <li>Before it enters, its thread serves requests: forgetting all second-stage translations,
 *       asking anew where the APIC page is. Entering takes a while, and a request that comes then
 *       sends it back.
 *   <li>In the guest it looks accesses up in its second-stage TLB. A miss walks the second-stage
 *       table by message; what isn't mapped there makes it leave the guest and ask KVM.
 *   <li>KVM's answer may be to try again. It enters and tries again; nobody counts.
 *   <li>If the host has no page for an access, its thread returns to the VMM with an error, which
 *       doesn't run it again.
 *   <li>A kick makes it leave, whatever it does; it is taken when the vCPU is out. What the guest
 *       did is resumed after the next entry. The time in between is stolen for whom it was kicked.
 *   <li>A broadcast is obeyed in any mode; a walk that it overtakes is walked again.
 *   <li>An access to the APIC page is known by the frame that it leads to: if that is the one in
 *       the register, the vCPU leaves and KVM emulates; if not, the guest reaches raw memory.
 * </ol>
 *
 * <p>Can: the modes of vcpu-requests.rst, a set-associative TLB, halting. Can't: share its physical
 * CPU with other threads, first-stage tables, posted interrupts.
 *
 * <p>Invariants: in the guest only without a request that was set before the entry; one answer per
 * request and kick; the TLB and the register hold nothing that Filled and Dropped don't tell.
 *
 * <p>Ports: {@code kvm} and {@code table}.
 */
public final class VirtualCpu extends AbstractBehavior<VirtualCpu.Command>
    implements Vcpu.VcpuSide, PageWalk.WalkerSide {
  /** What this part is told. */
  public sealed interface Command {}

  /** Off the wire, from KVM. */
  public record KvmSaid(Vcpu.ToVcpu body) implements Command {}

  /** Off the wire, from the second-stage table. */
  public record TableAnswered(PageWalk.ToWalker body) implements Command {}

  /** To itself: what began under {@code number} is over, unless it was interrupted. */
  private record Over(long number, Stretch what) implements Command {}

  /** What takes time. */
  private enum Stretch {
    /** The beginning. */
    BOOT,
    /** Forgetting before an entry. */
    FLUSH,
    /** Around the entry loop. */
    LOOP,
    /** Into the guest. */
    ENTRY,
    /** A load or store. */
    ACCESS,
    /** The walk up to the second-stage leaf. */
    WALK,
    /** Computing. */
    SPIN,
    /** Out of the guest. */
    EXIT,
    /** Reading the second-stage table in software. */
    READING,
    /** Halted, or emulating: nothing of the guest goes on. */
    HOST
  }

  /** Why it leaves the guest. */
  private enum Reason {
    KICK, FAULT, APIC, HALT, CACHE, END
  }

  private final VcpuSpec spec;
  private final VcpuLayout layout;
  private final Ctx<Command> ctx;
  private final Port<Vcpu.ToKvm> kvm;
  private final Port<PageWalk.ToTable> table;
  private final GuestTlb tlb;
  private final Progress progress;
  private final Faults faults;
  private final List<Vcpu.Kick> kicks = new ArrayList<>();
  private Vcpu.Mode mode = Vcpu.Mode.OUTSIDE;
  private Reason reason = Reason.END;
  private boolean entering;
  private boolean flushAsked;
  private boolean reloadAsked;
  private long stretch;
  private Stretch doing = Stretch.BOOT;
  private long stretchEndsPs;
  private long wantedGfn = -1;
  private boolean wantedForWrite;
  private boolean walking;
  private boolean overtaken;
  private long stolenFromPs = -1;
  private long stolenFor = -1;

  private VirtualCpu(ActorContext<Command> context, VcpuSpec spec, VcpuLayout layout,
      GuestWork work, Ctx<Command> ctx) {
    super(context);
    this.spec = spec;
    this.layout = layout;
    this.ctx = ctx;
    this.kvm = ctx.port("kvm", Vcpu.ToKvm.class);
    this.table = ctx.port("table", PageWalk.ToTable.class);
    this.tlb = new GuestTlb(spec, layout, ctx);
    this.progress = new Progress(work);
    this.faults = new Faults(layout, ctx);
    this.reloadAsked = layout.apicGfn() >= 0;
    take(0, Stretch.BOOT);
  }

  /** A vCPU outside the guest, with nothing cached. */
  public static Behavior<Command> create(
      VcpuSpec spec, VcpuLayout layout, GuestWork work, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new VirtualCpu(context, spec, layout, work, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(KvmSaid.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(TableAnswered.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(Over.class, over -> does(() -> onOver(over)))
        .build();
  }

  private Behavior<Command> does(Runnable handler) {
    handler.run();
    return this;
  }

  private void take(long durationPs, Stretch what) {
    stretch++;
    doing = what;
    stretchEndsPs = ctx.nowPs() + durationPs;
    ctx.after(durationPs, new Over(stretch, what));
  }

  private void onOver(Over over) {
    if (over.number() != stretch) {
      return;
    }
    switch (over.what()) {
      case BOOT -> {
        ctx.mark(new MachineFact.ContextTaken(layout.mm(), false));
        prepare();
      }
      case FLUSH -> {
        tlb.forgetAll();
        prepare();
      }
      case LOOP, HOST -> prepare();
      case ENTRY -> entered();
      case ACCESS -> guest();
      case WALK -> walk();
      case SPIN -> {
        progress.next(ctx.nowPs());
        guest();
      }
      case EXIT -> left();
      case READING -> fault();
    }
  }

  /** Serves requests, and enters when there are none. */
  private void prepare() {
    if (progress.now() == null) {
      settle();
    } else if (flushAsked) {
      flushAsked = false;
      take(spec.flushPs(), Stretch.FLUSH);
    } else if (reloadAsked) {
      reloadAsked = false;
      stretch++;
      faults.asks(Faults.Asked.APIC);
      ctx.send(kvm, new Vcpu.ReloadApic(layout.number()));
    } else {
      mode = Vcpu.Mode.IN_GUEST;
      entering = true;
      take(spec.entryPs(), Stretch.ENTRY);
    }
  }

  private void entered() {
    entering = false;
    if (!kicks.isEmpty() || flushAsked || reloadAsked) {
      outside();
      prepare();
    } else {
      settle();
      guest();
    }
  }

  /** What was stolen ends here. */
  private void settle() {
    if (stolenFromPs >= 0) {
      ctx.mark(new MachineFact.Stolen(stolenFor, stolenFromPs));
      stolenFromPs = -1;
    }
  }

  /** Goes on in the guest. */
  private void guest() {
    GuestAction action = progress.now();
    if (action == null) {
      leave(Reason.END);
    } else if (action instanceof GuestAction.Touch touch) {
      want(touch.gfn(), touch.write());
    } else if (action instanceof GuestAction.Apic) {
      want(layout.apicGfn(), false);
    } else if (action instanceof GuestAction.Spin spin) {
      take(progress.leftPs(spin.durationPs()), Stretch.SPIN);
    } else {
      leave(action instanceof GuestAction.Halt ? Reason.HALT : Reason.CACHE);
    }
  }

  private void want(long gfn, boolean write) {
    wantedGfn = gfn;
    wantedForWrite = write;
    Optional<TranslationCache.Entry> hit = tlb.lookup(gfn, write);
    if (hit.isEmpty()) {
      take(spec.walkPs(), Stretch.WALK);
      return;
    }
    faults.served();
    if (gfn != layout.apicGfn()) {
      tlb.used(gfn, hit.get().pfn(), write);
    } else if (tlb.isApic(hit.get().pfn())) {
      leave(Reason.APIC);
      return;
    }
    progress.next(ctx.nowPs());
    take(spec.accessPs(), Stretch.ACCESS);
  }

  private void walk() {
    walking = true;
    overtaken = false;
    ctx.send(
        table,
        new PageWalk.Walk(
            layout.number(), stretch, layout.space(), wantedGfn, wantedForWrite));
  }

  @Override
  public void on(PageWalk.Entry entry) {
    if (!walking || entry.tag() != stretch || !tlb.accepts(entry, wantedGfn)) {
      return;
    }
    walking = false;
    if (overtaken) {
      walk();
    } else if (entry.isPresent() && (entry.writable() || !wantedForWrite)) {
      tlb.fill(entry);
      guest();
    } else {
      leave(Reason.FAULT);
    }
  }

  private void leave(Reason why) {
    reason = why;
    mode = Vcpu.Mode.EXITING;
    take(spec.exitPs(), Stretch.EXIT);
  }

  /** Out of the guest. */
  private void left() {
    if (reason == Reason.FAULT) {
      mode = Vcpu.Mode.READING;
      take(spec.readingPs(), Stretch.READING);
      return;
    }
    outside();
    GuestAction action = progress.now();
    switch (reason) {
      case APIC -> {
        progress.next(ctx.nowPs());
        take(spec.emulatePs(), Stretch.HOST);
      }
      case HALT -> {
        progress.next(ctx.nowPs());
        take(((GuestAction.Halt) action).durationPs(), Stretch.HOST);
      }
      case CACHE -> {
        progress.next(ctx.nowPs());
        int cache = ((GuestAction.WriteCache) action).cache();
        faults.asks(Faults.Asked.CACHE);
        ctx.send(kvm, new Vcpu.WriteCache(layout.number(), cache));
      }
      default -> prepare();
    }
  }

  private void fault() {
    outside();
    long request = faults.failed(wantedGfn, wantedForWrite);
    ctx.send(kvm, new Vcpu.Fault(layout.number(), request, wantedGfn, wantedForWrite));
  }

  private void outside() {
    mode = Vcpu.Mode.OUTSIDE;
    kicks.forEach(kick -> ctx.send(kvm, new Vcpu.Taken(layout.number(), kick.round())));
    kicks.clear();
  }

  @Override
  public void on(Vcpu.Asked asked) {
    flushAsked |= asked.flush();
    reloadAsked |= asked.reloadApic() && layout.apicGfn() >= 0;
    ctx.send(kvm, new Vcpu.Noted(layout.number(), asked.round(), mode));
  }

  @Override
  public void on(Vcpu.Kick kick) {
    kicks.add(kick);
    if (mode == Vcpu.Mode.OUTSIDE) {
      outside();
      return;
    }
    if (stolenFromPs < 0) {
      stolenFromPs = ctx.nowPs();
      stolenFor = kick.operation();
    }
    if (mode == Vcpu.Mode.IN_GUEST && !entering) {
      if (doing == Stretch.SPIN) {
        progress.interrupted(stretchEndsPs - ctx.nowPs());
      }
      walking = false;
      leave(Reason.KICK);
    }
  }

  @Override
  public void on(Vcpu.Forget forget) {
    tlb.forget(forget.gfns());
    overtaken |= walking && forget.gfns().contains(wantedGfn);
    ctx.send(kvm, new Vcpu.Forgotten(layout.number(), forget.round()));
  }

  @Override
  public void on(Vcpu.FaultAnswered answered) {
    if (faults.isAnswer(answered.request())) {
      prepare();
    }
  }

  @Override
  public void on(Vcpu.FaultRefused refused) {
    if (!faults.isAnswer(refused.request())) {
      return;
    }
    faults.refused();
    ctx.mark(
        new MachineFact.Denied(layout.mm(), layout.hostPage(wantedGfn), wantedForWrite));
    progress.end();
    prepare();
  }

  @Override
  public void on(Vcpu.ApicAddress address) {
    if (!faults.isAnswer(Faults.Asked.APIC)) {
      return;
    }
    if (address.pfn() >= 0) {
      tlb.loadApic(address);
      faults.reloaded();
      prepare();
    } else {
      faults.notReloaded();
      reloadAsked = true;
      take(spec.loopPs(), Stretch.LOOP);
    }
  }

  @Override
  public void on(Vcpu.ApicGone gone) {
    if (faults.isAnswer(Faults.Asked.APIC)) {
      faults.gone();
      prepare();
    }
  }

  @Override
  public void on(Vcpu.Written written) {
    if (faults.isAnswer(Faults.Asked.CACHE)) {
      prepare();
    }
  }
}
