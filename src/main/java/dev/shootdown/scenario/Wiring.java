package dev.shootdown.scenario;

import dev.shootdown.engine.Blueprint;
import dev.shootdown.engine.Inlet;
import dev.shootdown.engine.Link;
import dev.shootdown.hardware.ats.AtsDevice;
import dev.shootdown.hardware.ats.BypassDevice;
import dev.shootdown.hardware.ats.DmaDevice;
import dev.shootdown.hardware.cpu.Cpu;
import dev.shootdown.hardware.cpu.Dvm;
import dev.shootdown.hardware.iommu.Iommu;
import dev.shootdown.hardware.memory.Memory;
import dev.shootdown.kernel.iommu.FaultQueue;
import dev.shootdown.kernel.mm.AddressSpace;
import dev.shootdown.kernel.mm.FrameTable;
import dev.shootdown.kernel.mm.PageTable;
import dev.shootdown.kernel.mm.Rendezvous;
import dev.shootdown.kernel.mm.ReverseMap;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Broadcast;
import dev.shootdown.protocol.DeviceFaults;
import dev.shootdown.protocol.Dma;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.Ipi;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.scenario.Links.End;
import dev.shootdown.scenario.Scenario.DeviceKind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Connects everything that talks. */
final class Wiring {
  /** The name of the interconnect that propagates invalidations. */
  static final String DVM = "dvm";

  private final Scenario.Machine machine;
  private final Scenario scenario;
  private final Numbering numbers;
  private final MachineKit kit;
  private final Blueprint.Builder builder;
  private final KernelMap map;

  Wiring(Scenario scenario, Numbering numbers, MachineKit kit) {
    this.scenario = scenario;
    this.machine = scenario.machine();
    this.numbers = numbers;
    this.kit = kit;
    this.builder = kit.builder();
    this.map = numbers.map;
  }

  void connect() {
    cpusAnswered();
    domains();
    iommus();
    devices();
    memory();
    if (scenario.kernel().arch().isBroadcast()) {
      broadcast();
    }
    if (Numbering.hasFaultQueue(scenario)) {
      faults();
    }
  }

  /** What CPUs and walkers listen to. */
  private void cpusAnswered() {
    List<End> cpus = numbers.cpus;
    List<Inlet<Ipi>> interrupts = kit.inlets(cpus, "interrupts", Cpu.Interrupted::new);
    List<Inlet<KernelCall.ToCpu>> answers =
        kit.inlets(cpus, "answers", Cpu.KernelAnswered::new);
    List<Inlet<Invalidation.ToCpu>> status = kit.inlets(cpus, "status", Cpu.IommuAnswered::new);
    List<Inlet<PageWalk.ToWalker>> walkers = new ArrayList<>();
    walkers.addAll(kit.inlets(cpus, "entries", Cpu.TableAnswered::new));
    walkers.addAll(kit.inlets(numbers.iommus, "entries", Iommu.TableAnswered::new));
    numbers.walkers.forEach(
        walker -> walkers.add(builder.inlet(walker.component(), "entries", walker.wrap())));
    for (End cpu : cpus) {
      List<Link> wires = new ArrayList<>();
      for (End other : cpus) {
        wires.add(
            new IpiLink(
                kit.links().link("ipi", cpu, other), kit.links().link("ack", cpu, other)));
      }
      builder.connectFamily(cpu.name(), "cpus", interrupts, wires);
    }
    for (End domain : numbers.domains) {
      builder.connectFamily(domain.name(), "cpus", answers, kit.wires("reach", domain, cpus));
    }
    for (End table : numbers.tables) {
      List<Link> wires = new ArrayList<>(kit.wires("walk", table, cpus));
      wires.addAll(kit.wires("table-entry", table, numbers.iommus));
      numbers.walkers.forEach(
          walker ->
              wires.add(
                  kit.links().link(
                      "walk", table, new End(walker.component(), walker.socket()))));
      builder.connectFamily(table.name(), "walkers", walkers, wires);
    }
    for (End iommu : numbers.iommus) {
      builder.connectFamily(
          iommu.name(), "cpus", status, kit.wires("status-write", iommu, cpus));
    }
  }

  private void domains() {
    List<Inlet<KernelCall.ToKernel>> calls = new ArrayList<>();
    for (int i = 0; i < numbers.domains.size(); i++) {
      calls.add(builder.inlet(numbers.domains.get(i).name(), "calls", wrapCall(i)));
    }
    List<Inlet<PageWalk.ToTable>> walks =
        kit.inlets(numbers.tables, "walks", PageTable.Walked::new);
    for (End cpu : numbers.cpus) {
      builder.connectFamily(
          cpu.name(), "domains", calls, kit.wires("reach", cpu, numbers.domains));
      builder.connectFamily(cpu.name(), "tables", walks, kit.wires("walk", cpu, numbers.tables));
    }
    for (PartFamily.Walker walker : numbers.walkers) {
      End end = new End(walker.component(), walker.socket());
      builder.connectFamily(
          walker.component(), "tables", walks, kit.wires("walk", end, numbers.tables));
    }
    for (int i = 0; i < numbers.iommus.size(); i++) {
      List<Inlet<PageWalk.ToTable>> bound = new ArrayList<>();
      List<End> ends = new ArrayList<>();
      for (int mm : numbers.mmsByIommu.get(i)) {
        bound.add(walks.get(mm));
        ends.add(numbers.tables.get(mm));
      }
      End iommu = numbers.iommus.get(i);
      builder.connectFamily(iommu.name(), "tables", bound, kit.wires("table-read", iommu, ends));
    }
  }

  private Function<KernelCall.ToKernel, ?> wrapCall(int domain) {
    if (domain < map.frames()) {
      return domain % 2 == 0 ? AddressSpace.Arrived::new : PageTable.Arrived::new;
    } else if (domain == map.frames()) {
      return FrameTable.Arrived::new;
    } else if (domain < map.subscriber(0)) {
      return ReverseMap.Arrived::new;
    } else if (domain < map.rendezvous()) {
      return numbers.subscriptions.get(domain - map.subscriber(0)).wrap();
    }
    return domain < map.size() ? Rendezvous.Arrived::new : FaultQueue.Arrived::new;
  }

  private void iommus() {
    List<Inlet<Invalidation.ToIommu>> doorbells =
        kit.inlets(numbers.iommus, "doorbell", Iommu.CpuSaid::new);
    for (End cpu : numbers.cpus) {
      builder.connectFamily(
          cpu.name(), "iommus", doorbells, kit.wires("doorbell", cpu, numbers.iommus));
    }
    for (int i = 0; i < numbers.iommus.size(); i++) {
      End iommu = numbers.iommus.get(i);
      List<Inlet<Ats.ToDevice>> said = new ArrayList<>();
      List<End> behind = new ArrayList<>();
      for (int device : numbers.devicesByIommu.get(i)) {
        End end = numbers.devices.get(device);
        behind.add(end);
        said.add(
            builder.inlet(end.name(), "iommu", wrapSaid(machine.devices().get(device).kind())));
      }
      builder.connectFamily(iommu.name(), "devices", said, kit.wires("pcie", iommu, behind));
    }
  }

  private static Function<Ats.ToDevice, ?> wrapSaid(DeviceKind kind) {
    if (kind instanceof DeviceKind.Own own) {
      return own.part().orElseThrow()::iommuSaid;
    }
    return kind.isCaching() ? AtsDevice.IommuSaid::new : DmaDevice.IommuSaid::new;
  }

  private void devices() {
    for (int i = 0; i < numbers.devices.size(); i++) {
      int behind = machine.devices().get(i).iommu();
      if (behind >= 0) {
        End device = numbers.devices.get(i);
        End iommu = numbers.iommus.get(behind);
        Inlet<Ats.ToIommu> said = builder.inlet(iommu.name(), "devices", Iommu.DeviceSaid::new);
        builder.connect(
            device.name(), "iommu", said, kit.links().link("pcie", device, iommu));
      }
    }
  }

  /** Devices and IOMMUs reach memory; IOMMUs come behind the devices there. */
  private void memory() {
    if (machine.memory().isEmpty()) {
      for (End iommu : numbers.iommus) {
        builder.connectFamily(
            iommu.name(), "memory", List.<Inlet<Dma.ToMemory>>of(), List.of());
      }
      return;
    }
    Scenario.MemoryPart part = machine.memory().get();
    End memory = new End(part.name(), part.socket());
    Inlet<Dma.ToMemory> transfers =
        builder.inlet(memory.name(), "transfers", Memory.Arrived::new);
    List<Inlet<Dma.ToDevice>> answers = new ArrayList<>();
    List<End> ends = new ArrayList<>(numbers.devices);
    ends.addAll(numbers.iommus);
    for (int i = 0; i < ends.size(); i++) {
      answers.add(builder.inlet(ends.get(i).name(), "memory", wrapAnswer(i)));
    }
    builder.connectFamily(memory.name(), "devices", answers, kit.wires("dma", memory, ends));
    for (int i = 0; i < numbers.devices.size(); i++) {
      DeviceKind kind = machine.devices().get(i).kind();
      if (kind.isCaching() || kind instanceof DeviceKind.Bypass) {
        End device = numbers.devices.get(i);
        builder.connect(
            device.name(), "memory", transfers, kit.links().link("dma", device, memory));
      }
    }
    for (End iommu : numbers.iommus) {
      builder.connectFamily(
          iommu.name(), "memory", List.of(transfers),
          List.of(kit.links().link("dma", iommu, memory)));
    }
  }

  private Function<Dma.ToDevice, ?> wrapAnswer(int end) {
    if (end >= numbers.devices.size()) {
      return Iommu.MemoryAnswered::new;
    }
    DeviceKind kind = machine.devices().get(end).kind();
    if (kind instanceof DeviceKind.Own own) {
      return own.part().orElseThrow()::memoryAnswered;
    }
    // A device whose accesses its IOMMU translates is never answered by memory itself.
    return kind instanceof DeviceKind.Bypass
        ? BypassDevice.MemoryAnswered::new : AtsDevice.MemoryAnswered::new;
  }

  private void broadcast() {
    End dvm = new End(DVM, 0);
    Inlet<Broadcast.ToInterconnect> said = builder.inlet(DVM, "cpus", Dvm.Arrived::new);
    List<Inlet<Broadcast.ToCpu>> snooped =
        kit.inlets(numbers.cpus, "snooped", Cpu.Snooped::new);
    builder.connectFamily(DVM, "cpus", snooped, kit.wires("broadcast", dvm, numbers.cpus));
    for (End cpu : numbers.cpus) {
      builder.connectFamily(
          cpu.name(), "dvm", List.of(said), List.of(kit.links().link("broadcast", cpu, dvm)));
    }
  }

  private void faults() {
    End queue = numbers.domains.get(numbers.faultQueue());
    Inlet<DeviceFaults.ToKernel> raised =
        builder.inlet(queue.name(), "iommus", FaultQueue.IommuSaid::new);
    List<Inlet<DeviceFaults.ToIommu>> taken =
        kit.inlets(numbers.iommus, "faults", Iommu.KernelSaid::new);
    builder.connectFamily(
        queue.name(), "iommus", taken, kit.wires("status-write", queue, numbers.iommus));
    for (End iommu : numbers.iommus) {
      builder.connectFamily(
          iommu.name(), "faults", List.of(raised),
          List.of(kit.links().link("status-write", iommu, queue)));
    }
  }
}
