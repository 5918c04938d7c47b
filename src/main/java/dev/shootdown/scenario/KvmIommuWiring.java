package dev.shootdown.scenario;

import dev.shootdown.engine.Inlet;
import dev.shootdown.engine.Link;
import dev.shootdown.hardware.ats.AtsDevice;
import dev.shootdown.hardware.ats.AtsDeviceLayout;
import dev.shootdown.hardware.ats.DmaWork;
import dev.shootdown.hardware.iommu.CommandInterface;
import dev.shootdown.hardware.iommu.Iommu;
import dev.shootdown.hardware.iommu.IommuLayout;
import dev.shootdown.hardware.iommu.Nesting;
import dev.shootdown.hardware.memory.Memory;
import dev.shootdown.hardware.memory.MemorySpec;
import dev.shootdown.kernel.iommufd.KvmDomain;
import dev.shootdown.kernel.iommufd.KvmDomainLayout;
import dev.shootdown.kernel.kvm.KvmMmu;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.DeviceFaults;
import dev.shootdown.protocol.Dma;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.SharedTable;
import dev.shootdown.scenario.Links.End;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What walks a virtual machine's table besides its vCPUs, and the software and memory with it. */
final class KvmIommuWiring {
  private static final String REACH = "kvm-reach";
  private static final String STATUS = "status-write";

  private final MachineKit kit;
  private final KvmParts.Vm vm;
  private final int walker;
  private final KvmParts.IommuPart part;
  private final List<KvmParts.DevicePart> devices;
  private final End iommu;
  private final End domain;
  private final End memory;
  private final List<End> ends;
  private final Optional<NestedWiring> nested;

  /** The IOMMU is walker number {@code walker} at the VM's table, behind the vCPUs. */
  KvmIommuWiring(MachineKit kit, KvmParts.Vm vm, int walker, KvmParts.IommuPart part,
      List<KvmParts.DevicePart> devices, Optional<KvmParts.GuestPart> guest) {
    this.kit = kit;
    this.vm = vm;
    this.walker = walker;
    this.part = part;
    this.devices = devices;
    this.iommu = part.end();
    this.domain = new End(iommu.name() + ".domain", iommu.socket());
    this.memory = new End(iommu.name() + ".memory", iommu.socket());
    this.ends = devices.stream().map(KvmParts.DevicePart::end).toList();
    this.nested = guest.map(own -> new NestedWiring(kit, vm, own, iommu, domain));
  }

  /** Adds the components. */
  void declare(MemorySpec memorySpec) {
    int space = KvmParts.space(vm.number);
    List<Integer> depths =
        devices.stream().map(device -> device.spec().invalidateQueueDepth()).toList();
    IommuLayout layout =
        nested.isPresent()
            ? new IommuLayout(
                NestedWiring.IOMMU_AT_GUEST, List.of(KvmParts.stageOne(vm.number), space),
                depths, 0, devices.size())
            : new IommuLayout(walker, List.of(space), depths, 0, devices.size());
    Optional<Nesting> nesting =
        nested.map(
            own ->
                new Nesting(
                    part.nested(), space, walker, KvmParts.firstFrame(vm.number), vm.mm,
                    vm.slots));
    kit.builder().<Iommu.Command>component(
        iommu.name(),
        ctx -> Iommu.create(CommandInterface.VTD, part.spec(), layout, nesting, ctx),
        part.part().pin());
    KvmDomainLayout behind =
        new KvmDomainLayout(
            space, devices.size(),
            nested.map(
                own ->
                    new KvmDomainLayout.StageOne(
                        KvmParts.stageOne(vm.number), NestedWiring.DOMAIN_AT_GUEST,
                        KvmParts.firstFrame(vm.number))));
    kit.builder().<KvmDomain.Command>component(
        domain.name(), ctx -> KvmDomain.create(part.domain(), behind, ctx));
    nested.ifPresent(own -> own.declare(devices.size()));
    kit.builder().<Memory.Command>component(
        memory.name(), ctx -> Memory.create(memorySpec, ctx));
    for (int i = 0; i < devices.size(); i++) {
      KvmParts.DevicePart device = devices.get(i);
      AtsDeviceLayout place = new AtsDeviceLayout(i, i);
      kit.builder().<AtsDevice.Command>component(
          device.part().name(),
          ctx -> AtsDevice.create(device.spec(), place, DmaWork.of(device.jobs()), ctx),
          device.part().pin());
    }
  }

  /** Adds the wires. */
  void connect() {
    table();
    software();
    traffic();
    nested.ifPresent(NestedWiring::connect);
  }

  private Link link(String kind, End from, End to) {
    return kit.links().link(kind, from, to);
  }

  private void table() {
    Inlet<PageWalk.ToTable> walks =
        kit.builder().inlet(vm.part.name(), "iommu-walks", KvmMmu.Walked::new);
    List<Inlet<PageWalk.ToTable>> tables = new ArrayList<>();
    List<Link> wires = new ArrayList<>();
    nested.ifPresent(
        own -> {
          tables.add(own.walks());
          wires.add(link("table-read", iommu, own.guest()));
        });
    tables.add(walks);
    wires.add(link("table-read", iommu, vm.end()));
    kit.builder().connectFamily(iommu.name(), "tables", tables, wires);
  }

  private void software() {
    Inlet<SharedTable.ToImporter> told =
        kit.builder().inlet(domain.name(), "kvm", KvmDomain.KvmSaid::new);
    kit.builder().connectFamily(
        vm.part.name(), "importer", List.of(told), List.of(link(REACH, vm.end(), domain)));
    Inlet<SharedTable.ToKvm> answered =
        kit.builder().inlet(vm.part.name(), "importer", KvmMmu.ImporterSaid::new);
    kit.builder().connect(domain.name(), "kvm", answered, link(REACH, domain, vm.end()));
    Inlet<Invalidation.ToIommu> doorbell =
        kit.builder().inlet(iommu.name(), "doorbell", Iommu.CpuSaid::new);
    kit.builder().connect(domain.name(), "iommu", doorbell, link("doorbell", domain, iommu));
    Inlet<DeviceFaults.ToIommu> taken =
        kit.builder().inlet(iommu.name(), "faults", Iommu.KernelSaid::new);
    kit.builder().connect(domain.name(), "faults", taken, link("doorbell", domain, iommu));
    Inlet<Invalidation.ToCpu> status =
        kit.builder().inlet(domain.name(), "status", KvmDomain.IommuAnswered::new);
    List<Inlet<Invalidation.ToCpu>> cpus = new ArrayList<>(List.of(status));
    List<Link> wires = new ArrayList<>(List.of(link(STATUS, iommu, domain)));
    nested.filter(NestedWiring::isDirect).ifPresent(
        own -> {
          cpus.add(own.status());
          wires.add(link(STATUS, iommu, own.queue()));
        });
    kit.builder().connectFamily(iommu.name(), "cpus", cpus, wires);
    Inlet<DeviceFaults.ToKernel> raised =
        kit.builder().inlet(domain.name(), "faults", KvmDomain.Requested::new);
    kit.builder().connectFamily(
        iommu.name(), "faults", List.of(raised), List.of(link(STATUS, iommu, domain)));
  }

  private void traffic() {
    List<Inlet<Ats.ToDevice>> said = kit.inlets(ends, "iommu", AtsDevice.IommuSaid::new);
    kit.builder().connectFamily(
        iommu.name(), "devices", said, kit.wires("pcie", iommu, ends));
    Inlet<Ats.ToIommu> asked =
        kit.builder().inlet(iommu.name(), "devices", Iommu.DeviceSaid::new);
    Inlet<Dma.ToMemory> transfers =
        kit.builder().inlet(memory.name(), "transfers", Memory.Arrived::new);
    for (End device : ends) {
      kit.builder().connect(device.name(), "iommu", asked, link("pcie", device, iommu));
      kit.builder().connect(device.name(), "memory", transfers, link("dma", device, memory));
    }
    kit.builder().connectFamily(
        iommu.name(), "memory", List.of(transfers), List.of(link("dma", iommu, memory)));
    List<Inlet<Dma.ToDevice>> answers =
        new ArrayList<>(kit.inlets(ends, "memory", AtsDevice.MemoryAnswered::new));
    answers.add(kit.builder().inlet(iommu.name(), "memory", Iommu.MemoryAnswered::new));
    List<End> all = new ArrayList<>(ends);
    all.add(iommu);
    kit.builder().connectFamily(
        memory.name(), "devices", answers, kit.wires("dma", memory, all));
  }
}
