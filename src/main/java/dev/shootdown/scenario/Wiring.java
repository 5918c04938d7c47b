package dev.shootdown.scenario;

import dev.shootdown.engine.Blueprint;
import dev.shootdown.engine.Inlet;
import dev.shootdown.engine.Link;
import dev.shootdown.hardware.cpu.Cpu;
import dev.shootdown.hardware.cpu.Dvm;
import dev.shootdown.hardware.iommu.Iommu;
import dev.shootdown.kernel.iommu.FaultQueue;
import dev.shootdown.kernel.mm.AddressSpace;
import dev.shootdown.kernel.mm.FrameTable;
import dev.shootdown.kernel.mm.PageTable;
import dev.shootdown.kernel.mm.Rendezvous;
import dev.shootdown.kernel.mm.ReverseMap;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.protocol.Broadcast;
import dev.shootdown.protocol.DeviceFaults;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.Ipi;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.scenario.Links.End;
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
    doorbells();
    new PcieWiring(machine, numbers, kit).connect();
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
    status.addAll(numbers.emptyTables.inlets(kit));
    for (End iommu : numbers.iommus) {
      List<Link> wires = new ArrayList<>(kit.wires("status-write", iommu, cpus));
      wires.addAll(numbers.emptyTables.answers(kit, iommu));
      builder.connectFamily(iommu.name(), "cpus", status, wires);
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
    int drivers = numbers.firstDriverDomain();
    if (domain >= drivers) {
      return numbers.driverDomains.get(domain - drivers).wrap();
    } else if (domain < map.frames()) {
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

  private void doorbells() {
    List<Inlet<Invalidation.ToIommu>> doorbells =
        kit.inlets(numbers.iommus, "doorbell", Iommu.CpuSaid::new);
    for (End cpu : numbers.cpus) {
      builder.connectFamily(
          cpu.name(), "iommus", doorbells, kit.wires("doorbell", cpu, numbers.iommus));
    }
    numbers.emptyTables.ring(kit, numbers.iommus);
  }

  private void broadcast() {
    End dvm = new End(DVM, 0);
    Inlet<Broadcast.ToInterconnect> said = builder.inlet(DVM, "cpus", Dvm.Arrived::new);
    List<End> listeners = new ArrayList<>(numbers.cpus);
    List<Inlet<Broadcast.ToCpu>> snooped =
        new ArrayList<>(kit.inlets(numbers.cpus, "snooped", Cpu.Snooped::new));
    for (PartFamily.Snooper snooper : numbers.snoopers) {
      listeners.add(new End(snooper.component(), snooper.socket()));
      snooped.add(builder.inlet(snooper.component(), "snooped", snooper.wrap()));
    }
    builder.connectFamily(DVM, "cpus", snooped, kit.wires("broadcast", dvm, listeners));
    for (End end : listeners) {
      builder.connectFamily(
          end.name(), "dvm", List.of(said), List.of(kit.links().link("broadcast", end, dvm)));
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
