package dev.shootdown.kernel.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.protocol.Vcpu;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An invalidation for each entry of the second stage, or one for all. */
class KvmUnmapTest {
  private static final long HOST = 0x7f00;
  private static final long GFN = 0x100;
  private static final PageRange ALL = new PageRange(HOST, 8);

  private static PartHarness<KvmMmu.Command> vm(KvmSpec.Unmap unmap) {
    KvmSpec spec =
        new KvmSpec(
            KvmSpec.Flush.VMID_BROADCAST, KvmSpec.ApicPolicy.RETRY, KvmSpec.LockKind.SHARED,
            false, new ChecksSpec(true, true, true, true, true),
            new KvmCosts(200, 20, 100, 1000, 100, 30, 8, 10, 500),
            new PfnCacheSpec(PfnCacheSpec.Waiting.GLOBAL_SPIN, false, 200, 100), unmap);
    KvmLayout layout =
        new KvmLayout(0, 900, 5, List.of(new Vcpu.Slot(GFN, ALL)), -1, List.of());
    return new PartHarness<>(
        new RecordingCtx<KvmMmu.Command>("vm0")
            .withPorts("cpus", 1).withPorts("tables", 1).withPorts("vcpus", 1)
            .withPorts("kicks", 1).withPorts("broadcast", 1).withPorts("walkers", 1),
        ctx -> KvmMmu.create(spec, layout, ctx));
  }

  private static void map(PartHarness<KvmMmu.Command> vm, int pages) {
    for (int page = 0; page < pages; page++) {
      vm.tell(new KvmMmu.VcpuSaid(new Vcpu.Fault(0, page, GFN + page, true)));
      vm.settle();
      for (PageWalk.Walk walk : vm.take("tables", PageWalk.Walk.class)) {
        vm.tell(
            new KvmMmu.HostAnswered(
                new PageWalk.Entry(walk.tag(), 0, walk.page(), walk.page() + 1000, true, 1)));
      }
      vm.settle();
    }
  }

  /** Takes all of it away; the ranges that the vCPU was told to forget, one after the other. */
  private static List<PageRange> zap(PartHarness<KvmMmu.Command> vm) {
    vm.tell(
        new KvmMmu.Called(
            new KernelCall.Call(
                0, 77, 4,
                new KernelCall.SubscriberStart(0, ALL, MachineFact.Event.UNMAP, true))));
    List<PageRange> told = new ArrayList<>();
    for (int round = 0; round < 2 * ALL.pages(); round++) {
      vm.settle();
      for (Vcpu.Forget forget : vm.take("broadcast", Vcpu.Forget.class)) {
        told.add(forget.gfns());
        vm.tell(new KvmMmu.VcpuSaid(new Vcpu.Forgotten(0, forget.round())));
      }
    }
    return told;
  }

  @Test
  void shouldMakeVcpusForgetEachEntryWhenItIsTakenAway() {
    PartHarness<KvmMmu.Command> vm = vm(KvmSpec.Unmap.PER_ENTRY);
    map(vm, 3);

    assertThat(zap(vm))
        .containsExactly(
            PageRange.of(GFN), PageRange.of(GFN + 1), PageRange.of(GFN + 2));
    assertThat(vm.take("cpus", KernelCall.Reply.class)).hasSize(1);
  }

  @Test
  void shouldMakeVcpusForgetOnceWhenAllIsTakenAway() {
    PartHarness<KvmMmu.Command> vm = vm(KvmSpec.Unmap.ONCE);
    map(vm, 3);

    assertThat(zap(vm)).containsExactly(new PageRange(GFN, 8));
    assertThat(vm.take("cpus", KernelCall.Reply.class)).hasSize(1);
  }
}
