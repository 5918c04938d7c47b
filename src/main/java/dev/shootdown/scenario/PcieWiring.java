package dev.shootdown.scenario;

import dev.shootdown.engine.Blueprint;
import dev.shootdown.engine.Inlet;
import dev.shootdown.engine.Link;
import dev.shootdown.hardware.ats.AtsDevice;
import dev.shootdown.hardware.ats.BypassDevice;
import dev.shootdown.hardware.ats.DmaDevice;
import dev.shootdown.hardware.iommu.Iommu;
import dev.shootdown.hardware.memory.Memory;
import dev.shootdown.interconnect.PcieSwitch;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Dma;
import dev.shootdown.scenario.Links.End;
import dev.shootdown.scenario.Scenario.DeviceKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Connects devices with their IOMMUs and with memory, straight or through switches. What goes from
 * one part to another through or from a switch goes over one wire, whatever it is: a device behind
 * a switch has one port.
 */
final class PcieWiring {
  /** What comes next on the way to a device, and the wire there. */
  private record Hop<M>(Inlet<M> inlet, Link link) {}

  private final Scenario.Machine machine;
  private final Numbering numbers;
  private final MachineKit kit;
  private final Blueprint.Builder builder;
  private final Map<String, Link> shared = new TreeMap<>();

  PcieWiring(Scenario.Machine machine, Numbering numbers, MachineKit kit) {
    this.machine = machine;
    this.numbers = numbers;
    this.kit = kit;
    this.builder = kit.builder();
  }

  void connect() {
    for (int i = 0; i < numbers.iommus.size(); i++) {
      End iommu = numbers.iommus.get(i);
      List<Hop<Ats.ToDevice>> hops = new ArrayList<>();
      for (int device : numbers.devicesByIommu.get(i)) {
        hops.add(toDevice(iommu, -1, device, "pcie"));
      }
      family(iommu, "devices", hops);
    }
    for (int i = 0; i < numbers.devices.size(); i++) {
      Scenario.DevicePart device = machine.devices().get(i);
      if (device.iommu() >= 0) {
        toIommu(numbers.devices.get(i), device.iommu(), device.above(), "pcie");
      }
    }
    memory();
    switches();
  }

  private void switches() {
    for (int i = 0; i < numbers.switches.size(); i++) {
      End own = numbers.switches.get(i);
      Board.SwitchPart part = machine.board().switches().get(i);
      List<Hop<Ats.ToDevice>> devices = new ArrayList<>();
      List<Hop<Dma.ToDevice>> dma = new ArrayList<>();
      for (int device : numbers.devicesBySwitch.get(i)) {
        if (machine.devices().get(device).iommu() >= 0) {
          devices.add(toDevice(own, i, device, WireEnds.PORT));
        }
        dma.add(answer(own, i, device, WireEnds.PORT));
      }
      family(own, "devices", devices);
      family(own, "dma", dma);
      toIommu(own, part.iommu(), part.above(), WireEnds.UPSTREAM);
      toMemory(own, part.above(), WireEnds.UPSTREAM);
    }
  }

  private <M> void family(End from, String port, List<Hop<M>> hops) {
    builder.connectFamily(
        from.name(), port, hops.stream().map(Hop::inlet).toList(),
        hops.stream().map(Hop::link).toList());
  }

  /**
   * Devices and IOMMUs reach the memory node of their socket, which reaches the others. At each
   * node IOMMUs come behind the devices, and the other nodes behind those.
   */
  private void memory() {
    if (machine.memories().isEmpty()) {
      for (End iommu : numbers.iommus) {
        builder.connectFamily(
            iommu.name(), "memory", List.<Inlet<Dma.ToMemory>>of(), List.of());
      }
      return;
    }
    for (int i = 0; i < numbers.devices.size(); i++) {
      Scenario.DevicePart device = machine.devices().get(i);
      if (device.kind().isCaching() || device.kind() instanceof DeviceKind.Bypass) {
        toMemory(numbers.devices.get(i), device.above(), "dma");
      }
    }
    for (End iommu : numbers.iommus) {
      End memory = memoryOf(iommu);
      builder.connectFamily(
          iommu.name(), "memory", List.of(transfers(memory)),
          List.of(kit.links().link("dma", iommu, memory)));
    }
    for (int node = 0; node < machine.memories().size(); node++) {
      node(node);
    }
  }

  private void node(int node) {
    End memory = memoryEnd(node);
    List<Hop<Dma.ToDevice>> answers = new ArrayList<>();
    List<Hop<Dma.ToMemory>> others = new ArrayList<>();
    for (int i = 0; i < numbers.devices.size(); i++) {
      answers.add(answer(memory, -1, i, "dma"));
    }
    for (End iommu : numbers.iommus) {
      answers.add(
          new Hop<>(
              builder.inlet(iommu.name(), "memory", Iommu.MemoryAnswered::new),
              kit.links().link("dma", memory, iommu)));
    }
    for (int other = 0; other < machine.memories().size(); other++) {
      if (other != node) {
        End end = memoryEnd(other);
        answers.add(
            new Hop<>(
                builder.inlet(end.name(), "nodes", Memory.NodeAnswered::new),
                kit.links().link(WireEnds.MEMORY, memory, end)));
        others.add(
            new Hop<>(transfers(end), kit.links().link(WireEnds.MEMORY, memory, end)));
      }
    }
    family(memory, "devices", answers);
    family(memory, "nodes", others);
  }

  private End memoryEnd(int node) {
    Scenario.MemoryPart part = machine.memories().get(node);
    return new End(part.name(), part.socket());
  }

  /** The node that is nearest to {@code end}. */
  private End memoryOf(End end) {
    return memoryEnd(new MemoryNodes(machine).of(end.socket()));
  }

  private Inlet<Dma.ToMemory> transfers(End memory) {
    return builder.inlet(memory.name(), "transfers", Memory.Arrived::new);
  }

  /** Upwards: a device or a switch, which is behind switch {@code above}, speaks to its IOMMU. */
  private void toIommu(End from, int iommu, int above, String kind) {
    Inlet<Ats.ToIommu> said;
    if (above >= 0) {
      int port = port(from, above);
      said =
          builder.inlet(
              numbers.switches.get(above).name(), "up",
              body -> new PcieSwitch.ToIommu(port, body));
    } else {
      said =
          builder.inlet(numbers.iommus.get(iommu).name(), "devices", Iommu.DeviceSaid::new);
    }
    builder.connect(
        from.name(), "iommu", said, upLink(from, numbers.iommus.get(iommu), above, kind));
  }

  private void toMemory(End from, int above, String kind) {
    Inlet<Dma.ToMemory> said;
    if (above >= 0) {
      int port = port(from, above);
      said =
          builder.inlet(
              numbers.switches.get(above).name(), "up",
              body -> new PcieSwitch.ToMemory(port, body));
    } else {
      said = transfers(memoryOf(from));
    }
    builder.connect(from.name(), "memory", said, upLink(from, memoryOf(from), above, kind));
  }

  /** The port of switch {@code above} that {@code from} is at: first devices, then switches. */
  private int port(End from, int above) {
    List<End> below = new ArrayList<>();
    for (int i = 0; i < numbers.devices.size(); i++) {
      if (machine.devices().get(i).above() == above) {
        below.add(numbers.devices.get(i));
      }
    }
    for (int i = 0; i < numbers.switches.size(); i++) {
      if (machine.board().switches().get(i).above() == above) {
        below.add(numbers.switches.get(i));
      }
    }
    return below.indexOf(from);
  }

  private Link upLink(End from, End top, int above, String kind) {
    return above < 0
        ? kit.links().link(kind, from, top)
        : shared(WireEnds.PORT, from, numbers.switches.get(above));
  }

  /** Downwards: from an IOMMU or from switch {@code at} (−1 for an IOMMU) towards a device. */
  private Hop<Ats.ToDevice> toDevice(End from, int at, int device, String kind) {
    Optional<Integer> below = below(at, device);
    DeviceKind of = machine.devices().get(device).kind();
    return below.isEmpty()
        ? hop(from, at, numbers.devices.get(device), "iommu", wrapSaid(of), kind)
        : hop(
            from, at, numbers.switches.get(below.get()), "down",
            body -> new PcieSwitch.FromIommu(numberAt(below.get(), device), body), kind);
  }

  /** The same for an answer from memory. */
  private Hop<Dma.ToDevice> answer(End from, int at, int device, String kind) {
    Optional<Integer> below = below(at, device);
    DeviceKind of = machine.devices().get(device).kind();
    return below.isEmpty()
        ? hop(from, at, numbers.devices.get(device), "memory", wrapAnswer(of), kind)
        : hop(
            from, at, numbers.switches.get(below.get()), "down",
            body -> new PcieSwitch.FromMemory(numberAt(below.get(), device), body), kind);
  }

  private <M> Hop<M> hop(
      End from, int at, End to, String inlet, Function<? super M, ?> wrap, String kind) {
    boolean straight = at < 0 && !numbers.switches.contains(to);
    String through = at < 0 ? WireEnds.UPSTREAM : kind;
    return new Hop<>(
        builder.inlet(to.name(), inlet, wrap),
        straight ? kit.links().link(kind, from, to) : shared(through, from, to));
  }

  /** The switch next below switch {@code at} on the way to {@code device}; empty if none is. */
  private Optional<Integer> below(int at, int device) {
    int next = machine.devices().get(device).above();
    while (next >= 0 && next != at && machine.board().switches().get(next).above() != at) {
      next = machine.board().switches().get(next).above();
    }
    return next < 0 || next == at ? Optional.empty() : Optional.of(next);
  }

  private int numberAt(int pcieSwitch, int device) {
    return numbers.devicesBySwitch.get(pcieSwitch).indexOf(device);
  }

  private Link shared(String kind, End from, End to) {
    return shared.computeIfAbsent(
        from.name() + " -> " + to.name(), ends -> kit.links().link(kind, from, to));
  }

  private static Function<Ats.ToDevice, ?> wrapSaid(DeviceKind kind) {
    if (kind instanceof DeviceKind.Own own) {
      return own.part().orElseThrow()::iommuSaid;
    }
    return kind.isCaching() ? AtsDevice.IommuSaid::new : DmaDevice.IommuSaid::new;
  }

  private static Function<Dma.ToDevice, ?> wrapAnswer(DeviceKind kind) {
    if (kind instanceof DeviceKind.Own own) {
      return own.part().orElseThrow()::memoryAnswered;
    }
    // A device whose accesses its IOMMU translates is never answered by memory itself.
    return kind instanceof DeviceKind.Bypass
        ? BypassDevice.MemoryAnswered::new : AtsDevice.MemoryAnswered::new;
  }
}
