package dev.shootdown.scenario;

import java.util.ArrayList;
import java.util.List;

/** The machine as JSON, so that a report can draw it without knowing scenarios. */
final class MachineJson {
  private MachineJson() {}

  /** Names are checked to be plain words, so nothing needs escaping. */
  static String of(Scenario scenario) {
    List<String> parts = new ArrayList<>();
    Scenario.Machine machine = scenario.machine();
    machine.cpus().forEach(p -> parts.add(part(p.name(), "cpu", p.socket(), "")));
    machine.iommus().forEach(p -> parts.add(part(p.name(), p.type(), p.socket(), "")));
    for (Board.SwitchPart own : machine.board().switches()) {
      String behind = behind(machine, own.iommu(), own.above());
      parts.add(part(own.name(), "pcie-switch", own.socket(), behind));
    }
    for (Scenario.DevicePart device : machine.devices()) {
      String behind = behind(machine, device.iommu(), device.above());
      parts.add(part(device.name(), type(device.kind()), device.socket(), behind));
    }
    machine.memories().forEach(
        p -> parts.add(part(p.name(), "memory", p.socket(), "")));
    for (Scenario.Process process : scenario.processes()) {
      parts.add(part(process.name() + ".mm", "address-space", process.socket(), ""));
      parts.add(part(process.name() + ".pt", "page-table", process.socket(), ""));
    }
    parts.add(part("frames", "frame-table", 0, ""));
    scenario.files().forEach(f -> parts.add(part(f.name() + ".rmap", "rmap", f.socket(), "")));
    for (PartFamily family : machine.families()) {
      family.parts().forEach(p -> parts.add(part(p.name(), p.type(), p.socket(), "")));
    }
    return "{\"schema\":1,\"parts\":[\n  " + String.join(",\n  ", parts) + "\n]}\n";
  }

  private static String behind(Scenario.Machine machine, int iommu, int above) {
    if (above >= 0) {
      return machine.board().switches().get(above).name();
    }
    return iommu < 0 ? "" : machine.iommus().get(iommu).name();
  }

  private static String type(Scenario.DeviceKind kind) {
    if (kind instanceof Scenario.DeviceKind.Ats) {
      return "ats-device";
    }
    if (kind instanceof Scenario.DeviceKind.Own) {
      return "own";
    }
    return kind instanceof Scenario.DeviceKind.Dma ? "dma-device" : "bypass-device";
  }

  private static String part(String name, String type, int socket, String behind) {
    String link = behind.isEmpty() ? "" : ",\"behind\":\"" + behind + "\"";
    return "{\"name\":\"" + name + "\",\"type\":\"" + type + "\",\"socket\":" + socket + link + "}";
  }
}
