package dev.shootdown.scenario;

import dev.shootdown.engine.Inlet;
import dev.shootdown.engine.Link;
import dev.shootdown.hardware.iommu.Iommu;
import dev.shootdown.hardware.vcpu.VcpuLayout;
import dev.shootdown.hardware.vcpu.VirtualCpu;
import dev.shootdown.kernel.kvm.KvmLayout;
import dev.shootdown.kernel.kvm.KvmMmu;
import dev.shootdown.kernel.kvm.KvmSpec;
import dev.shootdown.kernel.mm.FrameTable;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.Vcpu;
import dev.shootdown.scenario.Links.End;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One virtual machine and its vCPUs, connected. */
final class KvmWiring {
  private static final String REACH = "kvm-reach";

  private final MachineKit kit;
  private final KvmParts.Vm vm;
  private final List<KvmParts.VcpuPart> vcpus;
  private final int space;

  KvmWiring(MachineKit kit, KvmParts.Vm vm, List<KvmParts.VcpuPart> vcpus) {
    this.kit = kit;
    this.vm = vm;
    this.vcpus = vcpus;
    this.space = KvmParts.space(vm.number);
  }

  /** Adds the components. */
  void declare() {
    KvmLayout layout =
        new KvmLayout(
            vm.mm, space, kit.walkerNumber(vm.part.name()), vm.slots, vm.apicGfn, vm.cacheGfns);
    kit.builder().<KvmMmu.Command>component(
        vm.part.name(), ctx -> KvmMmu.create(vm.spec, layout, ctx), vm.part.pin());
    for (int i = 0; i < vcpus.size(); i++) {
      KvmParts.VcpuPart vcpu = vcpus.get(i);
      VcpuLayout place = new VcpuLayout(i, vm.mm, space, vm.slots, vm.apicGfn);
      kit.builder().<VirtualCpu.Command>component(
          vcpu.part().name(), ctx -> VirtualCpu.create(vcpu.spec(), place, vcpu.work(), ctx),
          vcpu.part().pin());
    }
  }

  /** Adds the wires; {@code iommu} walks the table as well. */
  void connect(Optional<End> iommu) {
    toVcpus();
    fromVcpus();
    walkers(iommu);
    if (vm.spec.apic() == KvmSpec.ApicPolicy.PIN) {
      Inlet<KernelCall.ToKernel> pins =
          kit.builder().inlet("frames", "pins", FrameTable.Arrived::new);
      kit.builder().connectFamily(
          vm.part.name(), "frames", List.of(pins),
          List.of(kit.links().link("reach", vm.end(), new End("frames", 0))));
    }
  }

  private void toVcpus() {
    List<End> ends = vcpus.stream().map(KvmParts.VcpuPart::end).toList();
    List<Inlet<Vcpu.ToVcpu>> said = kit.inlets(ends, "kvm", VirtualCpu.KvmSaid::new);
    kit.builder().connectFamily(
        vm.part.name(), "vcpus", said, kit.wires(REACH, vm.end(), ends));
    kit.builder().connectFamily(
        vm.part.name(), "kicks", said, kit.wires("kick", vm.end(), ends));
    kit.builder().connectFamily(
        vm.part.name(), "broadcast", said, kit.wires("stage2-broadcast", vm.end(), ends));
  }

  private void walkers(Optional<End> iommu) {
    List<End> ends = vcpus.stream().map(KvmParts.VcpuPart::end).toList();
    List<Inlet<PageWalk.ToWalker>> said =
        new ArrayList<>(kit.inlets(ends, "table", VirtualCpu.TableAnswered::new));
    List<Link> wires = new ArrayList<>(kit.wires("stage2-walk", vm.end(), ends));
    iommu.ifPresent(
        end -> {
          said.add(kit.builder().inlet(end.name(), "entries", Iommu.TableAnswered::new));
          wires.add(kit.links().link("table-entry", vm.end(), end));
        });
    kit.builder().connectFamily(vm.part.name(), "walkers", said, wires);
  }

  private void fromVcpus() {
    String name = vm.part.name();
    Inlet<Vcpu.ToKvm> said = kit.builder().inlet(name, "vcpus", KvmMmu.VcpuSaid::new);
    Inlet<PageWalk.ToTable> walks = kit.builder().inlet(name, "walks", KvmMmu.Walked::new);
    for (KvmParts.VcpuPart vcpu : vcpus) {
      Link reach = kit.links().link(REACH, vcpu.end(), vm.end());
      kit.builder().connect(vcpu.part().name(), "kvm", said, reach);
      Link walk = kit.links().link("stage2-walk", vcpu.end(), vm.end());
      kit.builder().connect(vcpu.part().name(), "table", walks, walk);
    }
  }
}
