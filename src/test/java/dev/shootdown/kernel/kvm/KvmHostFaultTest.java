package dev.shootdown.kernel.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.protocol.Vcpu;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A guest's fault on a page that its host doesn't have. */
class KvmHostFaultTest {
  private static final int MM = 0;
  private static final long HOST = 0x7f00;
  private static final long GFN = 0x100;
  private static final PageRange ALL = new PageRange(HOST, 8);
  private static final KvmCosts COSTS = new KvmCosts(200, 20, 100, 1000, 100, 30, 2, 10, 500);

  private final PartHarness<KvmMmu.Command> kvm = new PartHarness<>(
      new RecordingCtx<KvmMmu.Command>("vm0")
          .withPorts("cpus", 2).withPorts("tables", 1).withPorts("vcpus", 1)
          .withPorts("kicks", 1).withPorts("broadcast", 1).withPorts("walkers", 1),
      ctx -> KvmMmu.create(
          new KvmSpec(
              KvmSpec.Flush.INVEPT, KvmSpec.ApicPolicy.RETRY, KvmSpec.LockKind.SHARED, true,
              new ChecksSpec(true, true, true, true, true), COSTS,
              new PfnCacheSpec(PfnCacheSpec.Waiting.GLOBAL_SPIN, false, 200, 100)),
          new KvmLayout(MM, 900, 5, List.of(new Vcpu.Slot(GFN, ALL)), -1, List.of()), ctx));

  private void call(int cpu, KernelCall.Request request) {
    kvm.tell(new KvmMmu.Called(new KernelCall.Call(cpu, 9, 1, request)));
  }

  private List<KernelCall.Result> results() {
    return kvm.take("cpus", KernelCall.Reply.class).stream()
        .map(KernelCall.Reply::result).toList();
  }

  /** The guest faults; the host's table is read, and says {@code pfn}. */
  private void fault() {
    kvm.tell(new KvmMmu.VcpuSaid(new Vcpu.Fault(0, 4, GFN + 1, true)));
    kvm.runUntil(kvm.nowPs() + 200);
  }

  private void hostHas(long pfn) {
    PageWalk.Walk walk = kvm.take("tables", PageWalk.Walk.class).get(0);
    kvm.tell(
        new KvmMmu.HostAnswered(
            new PageWalk.Entry(walk.tag(), MM, walk.page(), pfn, pfn >= 0, kvm.nowPs())));
  }

  private void served(boolean served) {
    kvm.tell(
        new KvmMmu.Called(
            new KernelCall.Post(1, -1, new KernelCall.FaultServed(0, served))));
  }

  private List<Vcpu.ToVcpu> answers() {
    kvm.runUntil(kvm.nowPs() + 500);
    return kvm.take("vcpus", Vcpu.ToVcpu.class);
  }

  @Test
  void shouldMapThePageWhenTheProcessHasBroughtItIn() {
    call(1, new KernelCall.TakeFault());
    fault();
    hostHas(-1);
    assertThat(results())
        .containsExactly(new KernelCall.WantedFault(0, MM, HOST + 1, true));
    assertThat(answers()).isEmpty();
    served(true);
    hostHas(70);

    assertThat(answers()).containsExactly(new Vcpu.FaultAnswered(4, false));
    assertThat(kvm.marks(MachineFact.Filled.class)).hasSize(1);
  }

  /** The sequence is from before the host's fault, which slept: what ended since counts. */
  @Test
  void shouldTryAgainWhenAnInvalidationEndedWhileTheProcessBroughtThePageIn() {
    call(1, new KernelCall.TakeFault());
    fault();
    hostHas(-1);
    call(0, new KernelCall.SubscriberStart(MM, ALL, MachineFact.Event.CLEAR, true));
    kvm.runUntil(kvm.nowPs() + 2_000);
    call(0, new KernelCall.SubscriberEnd(MM, ALL));
    kvm.runUntil(kvm.nowPs() + 2_000);
    served(true);
    hostHas(70);

    assertThat(answers()).containsExactly(new Vcpu.FaultAnswered(4, true));
    assertThat(kvm.marks(MachineFact.Filled.class)).isEmpty();
  }

  @Test
  void shouldRefuseTheGuestWhenTheProcessRefuses() {
    call(1, new KernelCall.TakeFault());
    fault();
    hostHas(-1);
    served(false);

    assertThat(answers()).containsExactly(new Vcpu.FaultRefused(4));
  }

  @Test
  void shouldSleepAndLookAgainWhenNobodyBringsPagesIn() {
    fault();
    hostHas(-1);
    assertThat(answers()).isEmpty();
    kvm.runUntil(kvm.nowPs() + 1_000);
    hostHas(70);

    assertThat(answers()).containsExactly(new Vcpu.FaultAnswered(4, false));
  }
}
