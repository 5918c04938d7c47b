package dev.shootdown.scenario;

import dev.shootdown.engine.Blueprint;
import dev.shootdown.engine.Ctx;
import dev.shootdown.hardware.ats.AtsDevice;
import dev.shootdown.hardware.ats.AtsDeviceLayout;
import dev.shootdown.hardware.ats.BypassDevice;
import dev.shootdown.hardware.ats.DmaDevice;
import dev.shootdown.hardware.ats.DmaJob;
import dev.shootdown.hardware.ats.DmaWork;
import dev.shootdown.hardware.cpu.Cpu;
import dev.shootdown.hardware.cpu.CpuLayout;
import dev.shootdown.hardware.cpu.Dvm;
import dev.shootdown.hardware.iommu.CommandInterface;
import dev.shootdown.hardware.iommu.Iommu;
import dev.shootdown.hardware.iommu.IommuLayout;
import dev.shootdown.hardware.memory.Memory;
import dev.shootdown.hardware.memory.MemoryLayout;
import dev.shootdown.interconnect.PcieSwitch;
import dev.shootdown.kernel.iommu.FaultQueue;
import dev.shootdown.kernel.iommu.PageFault;
import dev.shootdown.kernel.mm.AddressSpace;
import dev.shootdown.kernel.mm.FrameTable;
import dev.shootdown.kernel.mm.PageTable;
import dev.shootdown.kernel.mm.Rendezvous;
import dev.shootdown.kernel.mm.ReverseMap;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.scenario.Scenario.DeviceKind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** Builds a machine: one component per part and per lock domain, one wire per pair that talks. */
final class MachineBuilder {
  /** Page-table pages of different address spaces have different numbers. */
  private static final long TABLES_PER_SPACE = 1L << 32;

  private final Scenario scenario;
  private final Scenario.Machine machine;
  private final Blueprint.Builder builder = Blueprint.builder();
  private final Numbering numbers;
  private final Links links;

  MachineBuilder(Scenario scenario) {
    this.scenario = scenario;
    this.machine = scenario.machine();
    this.numbers = new Numbering(scenario);
    this.links = new Links(machine);
  }

  Blueprint build() {
    kernel();
    cpus();
    iommus();
    devices();
    switches();
    List<String> walkers = new ArrayList<>();
    numbers.cpus.forEach(end -> walkers.add(end.name()));
    numbers.iommus.forEach(end -> walkers.add(end.name()));
    numbers.walkers.forEach(walker -> walkers.add(walker.component()));
    MachineKit kit =
        new MachineKit(
            builder, links, numbers.map, numbers.cpus, numbers.iommus, numbers.tables, walkers);
    machine.families().forEach(family -> family.build(kit));
    numbers.emptyTables.declare(kit, scenario, numbers);
    numbers.queueTails.declare(kit);
    numbers.driverLocks.declare(kit);
    new Wiring(scenario, numbers, kit).connect();
    return builder.build();
  }

  private void kernel() {
    MemoryNodes nodes = new MemoryNodes(machine);
    InitialPages pages = new InitialPages(scenario.processes(), nodes);
    pinned(pages);
    for (int mm = 0; mm < scenario.processes().size(); mm++) {
      int number = mm;
      builder.<AddressSpace.Command>component(
          name(numbers.map.addressSpace(mm)),
          ctx ->
              AddressSpace.create(
                  pages.areas(number), scenario.kernel().costs().together(), ctx));
      builder.<PageTable.Command>component(
          name(numbers.map.table(mm)),
          ctx ->
              PageTable.create(
                  number, new TreeMap<>(pages.leaves(number)), number * TABLES_PER_SPACE + 1,
                  ctx));
    }
    builder.<FrameTable.Command>component(
        name(numbers.map.frames()),
        ctx -> FrameTable.create(nodes.frames(pages.firstPfns()), pages.frames(), ctx));
    for (int i = 0; i < scenario.files().size(); i++) {
      builder.<ReverseMap.Command>component(name(numbers.map.file(i)), ReverseMap::create);
    }
    for (int i = 0; i < numbers.map.anonMapCount(); i++) {
      builder.<ReverseMap.Command>component(name(numbers.map.anonMap(i)), ReverseMap::create);
    }
    if (numbers.map.meets()) {
      builder.<Rendezvous.Command>component(
          name(numbers.map.rendezvous()), Rendezvous::create);
    }
    if (Numbering.hasFaultQueue(scenario)) {
      builder.<FaultQueue.Command>component(
          name(numbers.faultQueue()),
          ctx ->
              FaultQueue.create(
                  KernelCall.TakePageRequests.class, MachineBuilder::requests,
                  Pasids.pool(scenario.processes()), ctx));
    }
  }

  /** A part's context, with the trouble that was injected into it. */
  private <C> Ctx<C> around(Ctx<C> ctx) {
    return links.troubles().around(ctx);
  }

  private String name(int domain) {
    return numbers.domains.get(domain).name();
  }

  private static KernelCall.PageRequests requests(PageFault fault) {
    return new KernelCall.PageRequests(
        fault.iommu(), fault.device(), fault.pasid(), fault.group(), fault.stalled(),
        fault.wants().stream()
            .map(want -> new KernelCall.WantedPage(want.page(), want.write())).toList(),
        new KernelCall.BoundTo(fault.mm(), fault.bound()));
  }

  private void cpus() {
    Software software = new Software(scenario, numbers);
    for (int i = 0; i < machine.cpus().size(); i++) {
      int cpu = i;
      Scenario.CpuPart part = machine.cpus().get(i);
      builder.<Cpu.Command>component(
          part.name(),
          ctx -> {
            Software.OnCpu on = software.on(cpu);
            return Cpu.create(
                Tracing.onto(part.spec(), scenario.kernel().tracing().eventPs()),
                new CpuLayout(cpu, on.program(), on.handler()), around(ctx));
          },
          part.pin());
    }
    if (scenario.kernel().arch().isBroadcast()) {
      builder.<Dvm.Command>component(
          Wiring.DVM, ctx -> Dvm.create(machine.broadcast(), ctx));
    }
  }

  private void iommus() {
    for (int i = 0; i < machine.iommus().size(); i++) {
      Scenario.IommuPart part = machine.iommus().get(i);
      List<Integer> depths = new ArrayList<>();
      for (int device : numbers.devicesByIommu.get(i)) {
        depths.add(queueDepth(machine.devices().get(device).kind()));
      }
      IommuLayout layout =
          new IommuLayout(
              numbers.cpus.size() + i, numbers.mmsByIommu.get(i), depths, i,
              numbers.devices.size() + i);
      CommandInterface commands =
          switch (part.type()) {
            case "iommu" -> CommandInterface.VTD;
            case "amd-iommu" -> CommandInterface.AMD;
            default -> CommandInterface.SMMU;
          };
      builder.<Iommu.Command>component(
          part.name(), ctx -> Iommu.create(commands, part.spec(), layout, around(ctx)), part.pin());
    }
  }

  private static int queueDepth(DeviceKind kind) {
    if (!kind.isCaching()) {
      return 0;
    }
    return kind instanceof DeviceKind.Ats ats
        ? ats.spec().invalidateQueueDepth()
        : ((DeviceKind.Own) kind).part().orElseThrow().invalidateQueueDepth();
  }

  private void devices() {
    InitialPages pages =
        new InitialPages(scenario.processes(), new MemoryNodes(machine));
    for (int i = 0; i < machine.devices().size(); i++) {
      int number = i;
      Scenario.DevicePart part = machine.devices().get(i);
      DmaWork work = scenario.workOf(part);
      if (part.kind() instanceof DeviceKind.Ats ats) {
        AtsDeviceLayout layout =
            new AtsDeviceLayout(numbers.numberAtIommu(i, part.iommu()), i);
        builder.<AtsDevice.Command>component(
            part.name(),
            ctx -> AtsDevice.create(ats.spec(), layout, work, around(ctx)), part.pin());
      } else if (part.kind() instanceof DeviceKind.Dma dma) {
        int atIommu = numbers.numberAtIommu(i, part.iommu());
        builder.<DmaDevice.Command>component(
            part.name(),
            ctx -> DmaDevice.create(dma.spec(), atIommu, work, around(ctx)), part.pin());
      } else if (part.kind() instanceof DeviceKind.Bypass bypass) {
        List<BypassDevice.Pin> pins = pins(pages, work);
        builder.<BypassDevice.Command>component(
            part.name(),
            ctx -> BypassDevice.create(bypass.spec(), number, work, pins, around(ctx)), part.pin());
      } else if (part.kind() instanceof DeviceKind.Own own) {
        AtsDeviceLayout layout =
            new AtsDeviceLayout(numbers.numberAtIommu(i, part.iommu()), i);
        own(part, own.part().orElseThrow(), layout, work);
      }
    }
    memories();
  }

  private void memories() {
    int before = numbers.devices.size() + numbers.iommus.size();
    for (int node = 0; node < machine.memories().size(); node++) {
      Scenario.MemoryPart memory = machine.memories().get(node);
      MemoryLayout layout = new MemoryLayout(node, before);
      builder.<Memory.Command>component(
          memory.name(), ctx -> Memory.create(memory.spec(), layout, around(ctx)),
          memory.pin());
    }
  }

  private void switches() {
    for (Board.SwitchPart part : machine.board().switches()) {
      builder.<PcieSwitch.Command>component(
          part.name(), ctx -> PcieSwitch.create(part.spec(), around(ctx)), part.pin());
    }
  }

  private <C> void own(
      Scenario.DevicePart part, OwnPart<C> own, AtsDeviceLayout layout, DmaWork work) {
    List<DmaJob> jobs = new ArrayList<>(work.jobs());
    jobs.addAll(work.trace().asJobs());
    builder.<C>component(
        part.name(), ctx -> own.create(layout, jobs, around(ctx)), part.pin());
  }

  /** Each device of physical addresses keeps the frames of its pages, once each. */
  private void pinned(InitialPages pages) {
    for (Scenario.DevicePart part : machine.devices()) {
      if (part.kind() instanceof DeviceKind.Bypass) {
        pins(pages, scenario.workOf(part)).forEach(pin -> pages.pin(pin.pasid(), pin.page()));
      }
    }
  }

  /** What a device works on was pinned before time starts. */
  private static List<BypassDevice.Pin> pins(InitialPages pages, DmaWork work) {
    Set<BypassDevice.Pin> pins = new LinkedHashSet<>();
    work.jobs().forEach(job -> pin(pages, job.pasid(), job.page(), pins));
    for (int i = 0; i < work.trace().size(); i++) {
      pin(pages, work.trace().pasid(i), work.trace().page(i), pins);
    }
    return List.copyOf(pins);
  }

  private static void pin(
      InitialPages pages, int mm, long page, Set<BypassDevice.Pin> pins) {
    PageTable.Leaf leaf = pages.leaves(mm).get(page);
    if (leaf != null) {
      pins.add(new BypassDevice.Pin(mm, page, leaf.pfn()));
    }
  }
}
