package dev.shootdown.scenario;

import dev.shootdown.scenario.Board.SwitchPart;
import dev.shootdown.scenario.Scenario.CpuPart;
import dev.shootdown.scenario.Scenario.DevicePart;
import dev.shootdown.scenario.Scenario.IommuPart;
import dev.shootdown.scenario.Scenario.MemoryPart;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which parts have a wire between them, and of what kind. */
final class WireEnds {
  /** Between a device, or a switch, and the switch that it is behind. */
  static final String PORT = "pcie-port";

  /** Between a switch and the IOMMU or the memory that it leads to. */
  static final String UPSTREAM = "pcie-upstream";

  /** Between two memory nodes. */
  static final String MEMORY = "memory-link";

  private final TreeSet<String> joined = new TreeSet<>();
  private final TreeMap<String, String> kinds = new TreeMap<>();

  WireEnds(
      List<CpuPart> cpus, List<IommuPart> iommus, List<MemoryPart> memories,
      List<DevicePart> devices, List<SwitchPart> switches, List<PartFamily> families) {
    for (CpuPart cpu : cpus) {
      cpus.stream().filter(other -> other != cpu)
          .forEach(other -> add(cpu.name(), other.name(), "ipi"));
      for (IommuPart iommu : iommus) {
        add(cpu.name(), iommu.name(), "doorbell");
        add(iommu.name(), cpu.name(), "status-write");
      }
    }
    for (DevicePart device : devices) {
      if (device.above() >= 0 && device.above() < switches.size()) {
        join(device.name(), switches.get(device.above()).name(), PORT);
        continue;
      }
      if (device.iommu() >= 0 && device.iommu() < iommus.size()) {
        join(device.name(), iommus.get(device.iommu()).name(), "pcie");
      }
      memories.forEach(memory -> join(device.name(), memory.name(), "dma"));
    }
    for (SwitchPart own : switches) {
      if (own.above() >= 0) {
        join(own.name(), switches.get(own.above()).name(), PORT);
      } else if (own.iommu() < iommus.size()) {
        join(own.name(), iommus.get(own.iommu()).name(), UPSTREAM);
        memories.forEach(memory -> join(own.name(), memory.name(), UPSTREAM));
      }
    }
    for (IommuPart iommu : iommus) {
      memories.forEach(memory -> join(iommu.name(), memory.name(), "dma"));
    }
    for (MemoryPart one : memories) {
      memories.stream().filter(other -> other != one)
          .forEach(other -> add(one.name(), other.name(), MEMORY));
    }
    for (PartFamily family : families) {
      family.wires().forEach(pair -> joined.add(pair.from() + " -> " + pair.to()));
    }
  }

  /** All wires, as {@code "from -> to"}. */
  TreeSet<String> joined() {
    return joined;
  }

  /** The kind of each wire that doesn't belong to a family. */
  TreeMap<String, String> kinds() {
    return kinds;
  }

  private void join(String one, String other, String kind) {
    add(one, other, kind);
    add(other, one, kind);
  }

  private void add(String from, String to, String kind) {
    joined.add(from + " -> " + to);
    kinds.put(from + " -> " + to, kind);
  }
}
