package dev.shootdown.kernel.kvm;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.SharedTable;
import dev.shootdown.protocol.Vcpu;
import dev.shootdown.trace.MachineFact;
import java.io.Serializable;
import java.util.List;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * KVM's MMU of one VM: the second-stage table, its lock, and the protocol that keeps it right while
 * the host's table changes. It is where all threads meet that are in KVM's code for this VM.
 *
 * <ol>
 *   <li>Notifier brackets of the host process call it: see {@link RangeStart} and {@link RangeEnd};
 *       and up to Linux 6.9 who replaces an entry: see {@link ChangePte}.
 *   <li>vCPUs ask it to map pages, and for the address of the APIC page: see {@link Fault} and
 *       {@link ApicReload}. It reads the host's table by message, as GUP-fast does.
 *   <li>Walkers of vCPUs and of an IOMMU read the second-stage table, without a lock.
 *   <li>Its own mappings of guest pages are {@link PfnCache}s.
 * </ol>
 *
 * <p>Can: one hull, retry tests and each of their known mistakes, a lock that is given up in
 * between, several slots, an importer; pages that the process brings in, if a thread serves that.
 * Can't: 2 MiB entries, changing slots, write tracking, aging.
 *
 * <p>Invariant, with all tests in place: after a start callback returns and until its end callback,
 * nothing is mapped in the range.
 *
 * <p>Ports: {@code cpus}, {@code tables} (of the host, by address space); {@code vcpus},
 * {@code kicks} and {@code broadcast} by number; {@code walkers}: vCPUs by number, then the IOMMU;
 * {@code importer} and {@code frames} of one member each, or none.
 */
public final class KvmMmu extends AbstractBehavior<KvmMmu.Command>
    implements KernelCall.KernelSide, Vcpu.KvmSide, PageWalk.WalkerSide, PageWalk.TableSide,
        SharedTable.KvmSide {
  /** What this part is told. */
  public sealed interface Command {}

  /** Off the wire, from a CPU in a notifier bracket. */
  public record Called(KernelCall.ToKernel body) implements Command {}

  /** Off the wire, from the host's page table. */
  public record HostAnswered(PageWalk.ToWalker body) implements Command {}

  /** Off the wire, from a vCPU. */
  public record VcpuSaid(Vcpu.ToKvm body) implements Command {}

  /** Off the wire, from a walker of the second-stage table. */
  public record Walked(PageWalk.ToTable body) implements Command {}

  /** Off the wire, from whoever imported the table. */
  public record ImporterSaid(SharedTable.ToKvm body) implements Command {}

  /** To itself: a thread goes on. */
  record Due(long thread) implements Command {}

  private final VmState vm;
  private final Ctx<Command> ctx;
  private final Ports<KernelCall.ToCpu> cpus;
  private final Ports<Vcpu.ToVcpu> vcpus;
  private final Ports<PageWalk.ToWalker> walkers;
  private final Ports<KernelCall.ToKernel> frames;
  private boolean pinned;

  private KvmMmu(
      ActorContext<Command> context, KvmSpec spec, KvmLayout layout, Ctx<Command> ctx) {
    super(context);
    this.vm = new VmState(spec, layout, ctx);
    this.ctx = ctx;
    this.cpus = ctx.ports("cpus", KernelCall.ToCpu.class);
    this.vcpus = ctx.ports("vcpus", Vcpu.ToVcpu.class);
    this.walkers = ctx.ports("walkers", PageWalk.ToWalker.class);
    this.frames = ctx.ports("frames", KernelCall.ToKernel.class);
  }

  /** A VM whose second-stage table is empty. */
  public static Behavior<Command> create(
      KvmSpec spec, KvmLayout layout, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new KvmMmu(context, spec, layout, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Called.class, called -> does(() -> called.body().deliverTo(this)))
        .onMessage(HostAnswered.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(VcpuSaid.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(Walked.class, walked -> does(() -> walked.body().deliverTo(this)))
        .onMessage(ImporterSaid.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(Due.class, due -> does(() -> vm.threads.wake(due.thread())))
        .build();
  }

  private Behavior<Command> does(Runnable handler) {
    handler.run();
    return this;
  }

  @Override
  public void on(KernelCall.Call call) {
    long arrivedPs = ctx.nowPs();
    if (call.request() instanceof KernelCall.SubscriberStart start) {
      new RangeStart(
              vm, start, call.operation(), grantedPs -> answer(call, arrivedPs, grantedPs))
          .begin();
    } else if (call.request() instanceof KernelCall.SubscriberEnd end) {
      new RangeEnd(
              vm, end, call.operation(), grantedPs -> answer(call, arrivedPs, grantedPs))
          .begin();
    } else if (call.request() instanceof KernelCall.ChangePte change) {
      new ChangePte(
              vm, change, call.operation(), grantedPs -> answer(call, arrivedPs, grantedPs))
          .begin();
    } else if (call.request() instanceof KernelCall.TakeFault) {
      vm.host.take(wanted -> answer(call, wanted, arrivedPs, ctx.nowPs()));
    } else {
      refuse(call.request());
    }
  }

  private void answer(KernelCall.Call call, long arrivedPs, long grantedPs) {
    answer(call, new KernelCall.Ok(), arrivedPs, grantedPs);
  }

  private void answer(
      KernelCall.Call call, KernelCall.Result result, long arrivedPs, long grantedPs) {
    ctx.send(
        cpus.at(call.cpu()),
        new KernelCall.Reply(call.ticket(), result, arrivedPs, grantedPs, ctx.nowPs()));
  }

  @Override
  public void on(KernelCall.Post post) {
    if (!(post.request() instanceof KernelCall.FaultServed served)) {
      refuse(post.request());
    } else if (!vm.host.served(served)) {
      breach("a fault was served that nobody waits for");
    }
  }

  private void breach(String rule) {
    ctx.mark(new MachineFact.ProtocolBreach(rule));
  }

  /** Whether a vCPU of this VM says that; a breach if not. */
  private boolean isOwn(int vcpu) {
    boolean own = vcpu >= 0 && vcpu < vcpus.size();
    if (!own) {
      breach(ctx.name() + " has no vCPU " + vcpu);
    }
    return own;
  }

  /** It is never answered, so whoever waits for it hangs. */
  private void refuse(KernelCall.Request request) {
    breach(ctx.name() + " cannot serve " + request.getClass().getSimpleName());
  }

  @Override
  public void on(PageWalk.Entry entry) {
    vm.walks.answered(entry);
  }

  @Override
  public void on(PageWalk.Walk walk) {
    ctx.send(walkers.at(walk.walker()), vm.table.read(walk));
  }

  @Override
  public void on(Vcpu.Fault fault) {
    if (!isOwn(fault.vcpu())) {
      return;
    }
    if (!vm.layout.has(fault.gfn())) {
      breach(String.format("a vCPU wants guest page 0x%x, which is no memory", fault.gfn()));
      say(fault.vcpu(), new Vcpu.FaultRefused(fault.request()));
      return;
    }
    new Fault(
            vm, fault.gfn(), fault.write(),
            outcome -> say(fault.vcpu(), answer(fault.request(), outcome)))
        .begin();
  }

  private static Vcpu.ToVcpu answer(long request, Fault.Outcome outcome) {
    return outcome == Fault.Outcome.REFUSED
        ? new Vcpu.FaultRefused(request)
        : new Vcpu.FaultAnswered(request, outcome == Fault.Outcome.RETRY);
  }

  @Override
  public void on(Vcpu.ReloadApic reload) {
    if (!isOwn(reload.vcpu())) {
      return;
    }
    if (vm.layout.apicGfn() < 0) {
      breach("a vCPU asks for the APIC page of a guest without one");
      say(reload.vcpu(), new Vcpu.ApicGone());
      return;
    }
    new ApicReload(vm, new ApicReload.Answer() {
      @Override
      public void found(Vcpu.ApicAddress address) {
        reloaded(reload.vcpu(), address);
      }

      @Override
      public void gone() {
        say(reload.vcpu(), new Vcpu.ApicGone());
      }
    }).begin();
  }

  /** A pinned page gets a reference that nobody gives back. */
  private void reloaded(int vcpu, Vcpu.ApicAddress address) {
    if (vm.spec.apic() == KvmSpec.ApicPolicy.PIN && !pinned) {
      pinned = true;
      ctx.send(
          frames.at(0),
          new KernelCall.Post(0, -1, new KernelCall.Get(List.of(address.pfn()))));
    }
    say(vcpu, address);
  }

  @Override
  public void on(Vcpu.WriteCache write) {
    if (!isOwn(write.vcpu())) {
      return;
    }
    if (!vm.caches.has(write.cache())) {
      breach("a vCPU writes through cache " + write.cache() + ", which is none");
      say(write.vcpu(), new Vcpu.Written());
      return;
    }
    vm.caches.write(
        write.cache(), (Job & Serializable) () -> say(write.vcpu(), new Vcpu.Written()));
  }

  private void say(int vcpu, Vcpu.ToVcpu answer) {
    ctx.send(vcpus.at(vcpu), answer);
  }

  @Override
  public void on(Vcpu.Noted noted) {
    vm.vcpus.noted(noted);
  }

  @Override
  public void on(Vcpu.Taken taken) {
    vm.vcpus.answered(taken.round());
  }

  @Override
  public void on(Vcpu.Forgotten forgotten) {
    vm.vcpus.answered(forgotten.round());
  }

  @Override
  public void on(SharedTable.Invalidated invalidated) {
    if (!vm.importer.invalidated(invalidated.ticket())) {
      breach("an importer has forgotten what it was not told of");
    }
  }

  /** A page that the guest doesn't have is denied for good: the device is never told to retry. */
  @Override
  public void on(SharedTable.Fault fault) {
    if (!vm.layout.has(fault.gfn())) {
      breach(String.format("a device wants guest page 0x%x, which is no memory", fault.gfn()));
      vm.importer.answer(fault.request(), false);
      return;
    }
    new Fault(
            vm, fault.gfn(), fault.write(),
            outcome ->
                vm.importer.answer(fault.request(), outcome == Fault.Outcome.RETRY))
        .begin();
  }
}
