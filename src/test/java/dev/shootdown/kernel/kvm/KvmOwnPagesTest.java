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

/** KVM's own ways to a guest's page: the APIC page's address and a gfn_to_pfn cache. */
class KvmOwnPagesTest {
  private static final int MM = 0;
  private static final long HOST = 0x7f00;
  private static final long GFN = 0x100;
  private static final PageRange ALL = new PageRange(HOST, 8);
  private static final long WAIT_PS = 1_000;
  private static final KvmCosts COSTS =
      new KvmCosts(200, 20, 100, WAIT_PS, 100, 30, 2, 10, 500);

  private final PartHarness<KvmMmu.Command> kvm = new PartHarness<>(
      new RecordingCtx<KvmMmu.Command>("vm0")
          .withPorts("cpus", 2).withPorts("tables", 1).withPorts("vcpus", 1)
          .withPorts("kicks", 1).withPorts("broadcast", 1).withPorts("walkers", 1),
      ctx -> KvmMmu.create(
          new KvmSpec(
              KvmSpec.Flush.INVEPT, KvmSpec.ApicPolicy.RETRY, KvmSpec.LockKind.SHARED, true,
              new ChecksSpec(true, true, true, true, true), COSTS,
              new PfnCacheSpec(PfnCacheSpec.Waiting.GLOBAL_SPIN, false, 200, 100)),
          new KvmLayout(
              MM, 900, 5, List.of(new Vcpu.Slot(GFN, ALL)), GFN + 2, List.of(GFN + 3)), ctx));

  private void call(KernelCall.Request request) {
    kvm.tell(new KvmMmu.Called(new KernelCall.Call(1, 9, 1, request)));
  }

  private List<KernelCall.Result> results() {
    return kvm.take("cpus", KernelCall.Reply.class).stream()
        .map(KernelCall.Reply::result).toList();
  }

  private void said(Vcpu.ToKvm message) {
    kvm.tell(new KvmMmu.VcpuSaid(message));
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

  private List<MachineFact.Resolution> resolutions() {
    return kvm.marks(MachineFact.FaultResolved.class).stream()
        .map(MachineFact.FaultResolved::how).toList();
  }

  @Test
  void shouldHaveTheApicPageBroughtInWhenTheHostHasNone() {
    call(new KernelCall.TakeFault());
    said(new Vcpu.ReloadApic(0));
    hostHas(-1);
    assertThat(results()).containsExactly(new KernelCall.WantedFault(0, MM, HOST + 2, true));
    served(true);
    hostHas(70);

    assertThat(answers()).singleElement().isInstanceOfSatisfying(
        Vcpu.ApicAddress.class, address -> assertThat(address.pfn()).isEqualTo(70));
  }

  @Test
  void shouldSayThatTheApicPageIsGoneWhenTheProcessRefuses() {
    call(new KernelCall.TakeFault());
    said(new Vcpu.ReloadApic(0));
    hostHas(-1);
    served(false);

    assertThat(answers()).containsExactly(new Vcpu.ApicGone());
  }

  @Test
  void shouldHaveTheCachesPageBroughtInWhenTheHostHasNone() {
    call(new KernelCall.TakeFault());
    said(new Vcpu.WriteCache(0, 0));
    hostHas(-1);
    assertThat(results()).containsExactly(new KernelCall.WantedFault(0, MM, HOST + 3, true));
    served(true);
    hostHas(70);

    assertThat(answers()).containsExactly(new Vcpu.Written());
    assertThat(kvm.marks(MachineFact.Used.class)).extracting(MachineFact.Used::pfn)
        .containsExactly(70L);
  }

  @Test
  void shouldGoOnWithoutWritingWhenTheProcessRefusesAndTryAnewNextTime() {
    call(new KernelCall.TakeFault());
    said(new Vcpu.WriteCache(0, 0));
    hostHas(-1);
    served(false);
    assertThat(answers()).containsExactly(new Vcpu.Written());
    assertThat(kvm.marks(MachineFact.Used.class)).isEmpty();
    assertThat(resolutions()).containsExactly(MachineFact.Resolution.FAILED);

    said(new Vcpu.WriteCache(0, 0));
    hostHas(71);
    assertThat(answers()).containsExactly(new Vcpu.Written());
    assertThat(resolutions()).last().isEqualTo(MachineFact.Resolution.SERVED);
  }

  @Test
  void shouldLookAgainWhenNobodyBringsPagesInUntilTheAreaIsUnmapped() {
    said(new Vcpu.WriteCache(0, 0));
    hostHas(-1);
    kvm.runUntil(kvm.nowPs() + WAIT_PS);
    hostHas(-1);
    call(new KernelCall.SubscriberStart(MM, ALL, MachineFact.Event.UNMAP, true));
    kvm.runUntil(kvm.nowPs() + WAIT_PS);
    hostHas(-1);
    assertThat(answers()).contains(new Vcpu.Written());

    said(new Vcpu.ReloadApic(0));
    hostHas(-1);
    assertThat(answers()).contains(new Vcpu.ApicGone());
  }

  /** What stands in the table of an address space that was released is no longer for use. */
  @Test
  void shouldUseNothingWhenTheAddressSpaceWasReleased() {
    call(
        new KernelCall.SubscriberStart(
            MM, PageRange.ALL, MachineFact.Event.RELEASE, true));
    kvm.runUntil(kvm.nowPs() + WAIT_PS);
    kvm.takeSent("vcpus");
    said(new Vcpu.WriteCache(0, 0));
    hostHas(70);
    said(new Vcpu.ReloadApic(0));
    hostHas(71);

    assertThat(answers()).containsExactly(new Vcpu.Written(), new Vcpu.ApicGone());
  }
}
