package dev.shootdown.scenario;

import dev.shootdown.engine.Blueprint;
import dev.shootdown.engine.Inlet;
import dev.shootdown.engine.Link;
import dev.shootdown.hardware.ats.AtsDevice;
import dev.shootdown.hardware.ats.AtsDeviceLayout;
import dev.shootdown.hardware.cpu.Cpu;
import dev.shootdown.hardware.cpu.CpuLayout;
import dev.shootdown.hardware.iommu.Iommu;
import dev.shootdown.hardware.iommu.IommuLayout;
import dev.shootdown.hardware.memory.Memory;
import dev.shootdown.kernel.arch.X86FlushHandler;
import dev.shootdown.kernel.arch.X86Rules;
import dev.shootdown.kernel.iommu.VtdDriver;
import dev.shootdown.kernel.mm.AddressSpace;
import dev.shootdown.kernel.mm.CpuWorkload;
import dev.shootdown.kernel.mm.FrameTable;
import dev.shootdown.kernel.mm.PageTable;
import dev.shootdown.kernel.mm.ReverseMap;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Dma;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.Ipi;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.scenario.Links.End;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Wires a machine: one component per part and per lock domain, one wire per pair that talks.
 *
 * <p>Numbering follows declaration order: CPU n is walker n at every page table, IOMMU k is walker
 * (number of CPUs) + k; address space m has PASID m.
 */
final class MachineBuilder {
  private final Scenario scenario;
  private final Scenario.Machine machine;
  private final Blueprint.Builder builder = Blueprint.builder();
  private final Links links;
  private final KernelMap map;
  private final VtdDriver driver;
  private final List<End> cpus = new ArrayList<>();
  private final List<End> iommus = new ArrayList<>();
  private final List<End> devices = new ArrayList<>();
  private final List<End> domains = new ArrayList<>();
  private final List<End> tables = new ArrayList<>();
  private final List<List<Integer>> mmsByIommu = new ArrayList<>();
  private final List<List<Integer>> devicesByIommu = new ArrayList<>();

  MachineBuilder(Scenario scenario) {
    this.scenario = scenario;
    this.machine = scenario.machine();
    this.links = new Links(machine);
    this.map = new KernelMap(scenario.processes().size(), scenario.files().size());
    this.driver = new VtdDriver(scenario.kernel().submitPs(), scenario.kernel().maxMask());
  }

  Blueprint build() {
    number();
    bindDevices();
    kernel();
    cpus();
    iommus();
    devices();
    wireCpus();
    wireDomains();
    wireIommus();
    wireDevices();
    return builder.build();
  }

  private void number() {
    machine.cpus().forEach(cpu -> cpus.add(new End(cpu.name(), cpu.socket())));
    for (Scenario.IommuPart iommu : machine.iommus()) {
      iommus.add(new End(iommu.name(), iommu.socket()));
      mmsByIommu.add(new ArrayList<>());
      devicesByIommu.add(new ArrayList<>());
    }
    for (int i = 0; i < machine.devices().size(); i++) {
      Scenario.DevicePart device = machine.devices().get(i);
      devices.add(new End(device.name(), iommus.get(device.iommu()).socket()));
      devicesByIommu.get(device.iommu()).add(i);
    }
    for (Scenario.Process process : scenario.processes()) {
      domains.add(new End(process.name() + ".mm", process.socket()));
      End table = new End(process.name() + ".pt", process.socket());
      domains.add(table);
      tables.add(table);
    }
    domains.add(new End("frames", 0));
    scenario.files().forEach(f -> domains.add(new End(f.name() + ".rmap", f.socket())));
  }

  private void bindDevices() {
    for (int mm = 0; mm < scenario.processes().size(); mm++) {
      for (int device : scenario.processes().get(mm).devices()) {
        int iommu = machine.devices().get(device).iommu();
        driver.bind(
            mm, new VtdDriver.Bound(iommu, devicesByIommu.get(iommu).indexOf(device)));
        if (!mmsByIommu.get(iommu).contains(mm)) {
          mmsByIommu.get(iommu).add(mm);
        }
      }
    }
  }

  private void kernel() {
    long pfn = 1;
    for (int mm = 0; mm < scenario.processes().size(); mm++) {
      int number = mm;
      List<AddressSpace.Area> areas = new ArrayList<>();
      Map<Long, PageTable.Leaf> leaves = new TreeMap<>();
      for (Scenario.Area area : scenario.processes().get(mm).areas()) {
        if (!area.reserved()) {
          areas.add(new AddressSpace.Area(area.range(), area.writable()));
        }
        for (long i = 0; area.mapped() && i < area.range().pages(); i++) {
          leaves.put(
              area.range().firstPage() + i, new PageTable.Leaf(pfn++, area.writable()));
        }
      }
      builder.<AddressSpace.Command>component(
          domains.get(map.addressSpace(mm)).name(), ctx -> AddressSpace.create(areas, ctx));
      builder.<PageTable.Command>component(
          tables.get(mm).name(), ctx -> PageTable.create(number, leaves, ctx));
    }
    long firstPfn = pfn;
    builder.<FrameTable.Command>component(
        domains.get(map.frames()).name(), ctx -> FrameTable.create(firstPfn, ctx));
    for (int i = 0; i < scenario.files().size(); i++) {
      builder.<ReverseMap.Command>component(domains.get(map.file(i)).name(), ReverseMap::create);
    }
  }

  private void cpus() {
    for (int i = 0; i < machine.cpus().size(); i++) {
      int cpu = i;
      Scenario.CpuPart part = machine.cpus().get(i);
      Scenario.Kernel kernel = scenario.kernel();
      builder.<Cpu.Command>component(
          part.name(),
          ctx -> {
            X86Rules rules =
                new X86Rules(
                    cpu, map, kernel.flushCeilingPages(), kernel.era(), driver::flush);
            CpuWorkload program =
                new CpuWorkload(
                    cpu, scenario.work().getOrDefault(part.name(), List.of()), map,
                    Tracing.onto(kernel), kernel.era(), rules);
            return Cpu.create(
                Tracing.onto(part.spec(), kernel.tracing().eventPs()),
                new CpuLayout(cpu, program, new X86FlushHandler()), ctx);
          },
          part.pin());
    }
  }

  private void iommus() {
    for (int i = 0; i < machine.iommus().size(); i++) {
      Scenario.IommuPart part = machine.iommus().get(i);
      List<Integer> depths = new ArrayList<>();
      for (int device : devicesByIommu.get(i)) {
        depths.add(machine.devices().get(device).spec().invalidateQueueDepth());
      }
      IommuLayout layout = new IommuLayout(cpus.size() + i, mmsByIommu.get(i), depths);
      builder.<Iommu.Command>component(
          part.name(), ctx -> Iommu.create(part.spec(), layout, ctx), part.pin());
    }
  }

  private void devices() {
    for (int i = 0; i < machine.devices().size(); i++) {
      Scenario.DevicePart part = machine.devices().get(i);
      AtsDeviceLayout layout =
          new AtsDeviceLayout(devicesByIommu.get(part.iommu()).indexOf(i), i);
      builder.<AtsDevice.Command>component(
          part.name(),
          ctx ->
              AtsDevice.create(
                  part.spec(), layout, scenario.dma().getOrDefault(part.name(), List.of()), ctx),
          part.pin());
    }
    machine.memory().ifPresent(
        memory ->
            builder.<Memory.Command>component(
                memory.name(), ctx -> Memory.create(memory.spec(), ctx), memory.pin()));
  }

  private void wireCpus() {
    List<Inlet<Ipi>> interrupts = inlets(cpus, "interrupts", Cpu.Interrupted::new);
    List<Inlet<KernelCall.ToCpu>> answers = inlets(cpus, "answers", Cpu.KernelAnswered::new);
    List<Inlet<PageWalk.ToWalker>> entries = inlets(cpus, "entries", Cpu.TableAnswered::new);
    List<Inlet<Invalidation.ToCpu>> status = inlets(cpus, "status", Cpu.IommuAnswered::new);
    List<Inlet<PageWalk.ToWalker>> walkers = new ArrayList<>(entries);
    walkers.addAll(inlets(iommus, "entries", Iommu.TableAnswered::new));
    for (End cpu : cpus) {
      List<Link> wires = new ArrayList<>();
      for (End other : cpus) {
        wires.add(new IpiLink(links.link("ipi", cpu, other), links.link("ack", cpu, other)));
      }
      builder.connectFamily(cpu.name(), "cpus", interrupts, wires);
    }
    for (End domain : domains) {
      builder.connectFamily(domain.name(), "cpus", answers, wires("reach", domain, cpus));
    }
    for (End table : tables) {
      List<Link> wires = new ArrayList<>(wires("walk", table, cpus));
      wires.addAll(wires("table-entry", table, iommus));
      builder.connectFamily(table.name(), "walkers", walkers, wires);
    }
    for (End iommu : iommus) {
      builder.connectFamily(iommu.name(), "cpus", status, wires("status-write", iommu, cpus));
    }
  }

  private void wireDomains() {
    List<Inlet<KernelCall.ToKernel>> calls = new ArrayList<>();
    for (int i = 0; i < domains.size(); i++) {
      calls.add(builder.inlet(domains.get(i).name(), "calls", wrapCall(i)));
    }
    List<Inlet<PageWalk.ToTable>> walks = inlets(tables, "walks", PageTable.Walked::new);
    for (End cpu : cpus) {
      builder.connectFamily(cpu.name(), "domains", calls, wires("reach", cpu, domains));
      builder.connectFamily(cpu.name(), "tables", walks, wires("walk", cpu, tables));
    }
    for (int i = 0; i < iommus.size(); i++) {
      List<Inlet<PageWalk.ToTable>> bound = new ArrayList<>();
      List<End> ends = new ArrayList<>();
      for (int mm : mmsByIommu.get(i)) {
        bound.add(walks.get(mm));
        ends.add(tables.get(mm));
      }
      End iommu = iommus.get(i);
      builder.connectFamily(iommu.name(), "tables", bound, wires("table-read", iommu, ends));
    }
  }

  private Function<KernelCall.ToKernel, ?> wrapCall(int domain) {
    if (domain == map.frames()) {
      return FrameTable.Arrived::new;
    } else if (domain > map.frames()) {
      return ReverseMap.Arrived::new;
    }
    return domain % 2 == 0 ? AddressSpace.Arrived::new : PageTable.Arrived::new;
  }

  private void wireIommus() {
    List<Inlet<Invalidation.ToIommu>> doorbells = inlets(iommus, "doorbell", Iommu.CpuSaid::new);
    for (End cpu : cpus) {
      builder.connectFamily(cpu.name(), "iommus", doorbells, wires("doorbell", cpu, iommus));
    }
    for (int i = 0; i < iommus.size(); i++) {
      List<End> behind = new ArrayList<>();
      for (int device : devicesByIommu.get(i)) {
        behind.add(devices.get(device));
      }
      List<Inlet<Ats.ToDevice>> said = inlets(behind, "iommu", AtsDevice.IommuSaid::new);
      End iommu = iommus.get(i);
      builder.connectFamily(iommu.name(), "devices", said, wires("pcie", iommu, behind));
    }
  }

  private void wireDevices() {
    List<Inlet<Dma.ToDevice>> answers = inlets(devices, "memory", AtsDevice.MemoryAnswered::new);
    machine.memory().ifPresent(
        part -> {
          End memory = new End(part.name(), part.socket());
          Inlet<Dma.ToMemory> transfers =
              builder.inlet(memory.name(), "transfers", Memory.Arrived::new);
          builder.connectFamily(memory.name(), "devices", answers, wires("dma", memory, devices));
          for (End device : devices) {
            builder.connect(
                device.name(), "memory", transfers, links.link("dma", device, memory));
          }
        });
    for (int i = 0; i < devices.size(); i++) {
      End iommu = iommus.get(machine.devices().get(i).iommu());
      Inlet<Ats.ToIommu> said = builder.inlet(iommu.name(), "devices", Iommu.DeviceSaid::new);
      builder.connect(
          devices.get(i).name(), "iommu", said, links.link("pcie", devices.get(i), iommu));
    }
  }

  private List<Link> wires(String kind, End from, List<End> to) {
    List<Link> wires = new ArrayList<>();
    for (End end : to) {
      wires.add(links.link(kind, from, end));
    }
    return wires;
  }

  private <M> List<Inlet<M>> inlets(List<End> at, String name, Function<? super M, ?> wrap) {
    List<Inlet<M>> inlets = new ArrayList<>();
    for (End end : at) {
      inlets.add(builder.inlet(end.name(), name, wrap));
    }
    return inlets;
  }
}
