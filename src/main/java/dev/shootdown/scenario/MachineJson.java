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
    machine.iommus().forEach(p -> parts.add(part(p.name(), "iommu", p.socket(), "")));
    machine
        .devices()
        .forEach(
            p -> {
              Scenario.IommuPart iommu = machine.iommus().get(p.iommu());
              parts.add(part(p.name(), "ats-device", iommu.socket(), iommu.name()));
            });
    machine.memory().ifPresent(p -> parts.add(part(p.name(), "memory", p.socket(), "")));
    for (Scenario.Process process : scenario.processes()) {
      parts.add(part(process.name() + ".mm", "address-space", process.socket(), ""));
      parts.add(part(process.name() + ".pt", "page-table", process.socket(), ""));
    }
    parts.add(part("frames", "frame-table", 0, ""));
    scenario.files().forEach(f -> parts.add(part(f.name() + ".rmap", "rmap", f.socket(), "")));
    return "{\"schema\":1,\"parts\":[\n  " + String.join(",\n  ", parts) + "\n]}\n";
  }

  private static String part(String name, String type, int socket, String behind) {
    String link = behind.isEmpty() ? "" : ",\"behind\":\"" + behind + "\"";
    return "{\"name\":\"" + name + "\",\"type\":\"" + type + "\",\"socket\":" + socket + link + "}";
  }
}
