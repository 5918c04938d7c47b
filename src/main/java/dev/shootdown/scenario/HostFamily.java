package dev.shootdown.scenario;

import dev.shootdown.config.Settings;
import dev.shootdown.engine.Inlet;
import dev.shootdown.hardware.cpu.Cpu;
import dev.shootdown.hardware.cpu.Host;
import dev.shootdown.hardware.cpu.HostSpec;
import dev.shootdown.protocol.Hosting;
import dev.shootdown.scenario.Links.End;
import java.util.ArrayList;
import java.util.List;

/** A host that runs all CPUs of the machine as vCPUs, on fewer physical CPUs. */
final class HostFamily implements PartFamily {
  private static final String HOST = "host";
  private static final String WIRE = "hosting";

  private final List<Declared> parts = new ArrayList<>();
  private Settings at;
  private List<String> cpus = List.of();
  private HostSpec spec;

  @Override
  public List<Catalogue.Entry> types() {
    return List.of(
        new Catalogue.Entry(
            "part", HOST, "a host: all CPUs of the machine are vCPUs that share its CPUs"));
  }

  @Override
  public void part(Declared part, Settings keys, Names names) {
    at = keys;
    spec = keys.bind(HostSpec.class);
    if (!parts.isEmpty()) {
      keys.notModelled(
          "type", "a machine has one host at most; '" + parts.get(0).name() + "' is one");
    }
    parts.add(part);
  }

  @Override
  public void cpus(List<Scenario.CpuPart> all) {
    cpus = all.stream().map(Scenario.CpuPart::name).toList();
    for (Scenario.CpuPart cpu : all) {
      if (!parts.isEmpty() && cpu.spec().preemption().lengthPs() > 0) {
        at.problem(
            "", "'" + cpu.name() + "' is a vCPU of this host and has a schedule of its own"
                + " (preemption); it can have one of them");
      }
    }
  }

  @Override
  public void complete(Settings root, Names names) {
    // Nothing that concerns several parts is left to read.
  }

  @Override
  public List<Pair> wires() {
    List<Pair> pairs = new ArrayList<>();
    for (Declared part : parts) {
      for (String cpu : cpus) {
        pairs.add(new Pair(part.name(), cpu));
        pairs.add(new Pair(cpu, part.name()));
      }
    }
    return pairs;
  }

  @Override
  public List<Declared> parts() {
    return List.copyOf(parts);
  }

  @Override
  public void build(MachineKit kit) {
    for (Declared part : parts) {
      End host = new End(part.name(), part.socket());
      kit.builder().<Host.Command>component(
          part.name(), ctx -> Host.create(spec, kit.links().troubles().around(ctx)), part.pin());
      kit.builder().connectFamily(
          part.name(), "cpus", kit.inlets(kit.cpus(), "schedule", Cpu.Scheduled::new),
          kit.wires(WIRE, host, kit.cpus()));
      Inlet<Hosting.ToHost> heard =
          kit.builder().inlet(part.name(), "vcpus", Host.Heard::new);
      for (End cpu : kit.cpus()) {
        kit.builder().connectFamily(
            cpu.name(), "host", List.of(heard), List.of(kit.links().link(WIRE, cpu, host)));
      }
    }
  }
}
