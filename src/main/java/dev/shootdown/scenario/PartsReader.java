package dev.shootdown.scenario;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.shootdown.config.Nearest;
import dev.shootdown.config.Problems;
import dev.shootdown.config.Settings;
import dev.shootdown.hardware.ats.AtsDeviceSpec;
import dev.shootdown.hardware.ats.BypassDeviceSpec;
import dev.shootdown.hardware.ats.DmaDeviceSpec;
import dev.shootdown.hardware.cpu.CpuSpec;
import dev.shootdown.hardware.cpu.DvmSpec;
import dev.shootdown.hardware.iommu.IommuSpec;
import dev.shootdown.hardware.memory.MemorySpec;
import dev.shootdown.interconnect.PcieSwitchSpec;
import dev.shootdown.scenario.Board.SwitchPart;
import dev.shootdown.scenario.PartFamily.Declared;
import dev.shootdown.scenario.Scenario.CpuPart;
import dev.shootdown.scenario.Scenario.DeviceKind;
import dev.shootdown.scenario.Scenario.DevicePart;
import dev.shootdown.scenario.Scenario.IommuPart;
import dev.shootdown.scenario.Scenario.MemoryPart;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads the parts of a machine: each part's keys over its tuning over the defaults of its type. */
final class PartsReader {
  private static final List<String> TYPES = List.of(
          "cpu", "iommu", "amd-iommu", "smmu", "ats-device", "dma-device", "bypass-device",
          "own", "pcie-switch", "memory");

  private static final List<String> TAKEN =
      List.of("frames", "rendezvous", "page-requests", Wiring.DVM);

  private final Settings root;
  private final Problems problems;
  private final Names names = new Names();
  private final List<PartFamily> families = Families.all();
  private final List<CpuPart> cpus = new ArrayList<>();
  private final List<IommuPart> iommus = new ArrayList<>();
  private final List<DevicePart> devices = new ArrayList<>();
  private final List<MemoryPart> memories = new ArrayList<>();
  private final List<SwitchPart> switches = new ArrayList<>();
  private final MeshReader meshes = new MeshReader();
  private final TreeMap<String, String> steady = new TreeMap<>();
  private final TreeSet<String> used = new TreeSet<>();

  PartsReader(Settings root) {
    this.root = root;
    this.problems = root.problems();
  }

  Names names() {
    return names;
  }

  List<PartFamily> families() {
    return families;
  }

  /** The machine, but for what families read when processes are known. */
  Scenario.Machine machine() {
    Settings at = root.child("machine");
    Settings types = root.child("parts");
    Settings tune = root.child("tune");
    for (Settings part : at.children("parts")) {
      part(part, types, tune);
    }
    for (Settings tuned : tune.objects()) {
      if (!names.parts().contains(tuned.name())) {
        String near =
            Nearest.to(tuned.name(), names.parts())
                .map(n -> "; did you mean '" + n + "'?").orElse("");
        tune.problem(tuned.name(), "there is no part '" + tuned.name() + "'" + near);
      }
      // Those set to null as well: they take a default back.
      new TreeSet<>(tuned.object().keySet()).forEach(tuned::ignore);
    }
    tune.finish();
    DvmSpec broadcast = types.child("dvm").bind(DvmSpec.class);
    used.add("dvm");
    new UnusedDefaults(knownTypes()).check(types, used);
    types.keys().forEach(types::ignore);
    if (cpus.isEmpty()) {
      at.problem("parts", "a machine needs at least one part of type cpu");
    }
    boolean transfers = !devices.isEmpty() || !switches.isEmpty();
    if (memories.isEmpty() && transfers) {
      at.problem("parts", "devices need at least one part of type memory");
    }
    MemoryNodes.Policy policy = at.choice("memory-policy", MemoryNodes.Policy.class);
    families.forEach(family -> family.cpus(cpus));
    WireEnds ends = new WireEnds(cpus, iommus, memories, devices, switches, families);
    WireReader reader = new WireReader(root, at, new TreeSet<>(names.parts()), ends.joined());
    Scenario.Wires wires = reader.wires();
    reader.readTrouble(wires, ends.kinds(), steady);
    Scenario.Machine machine =
        new Scenario.Machine(
            cpus, iommus, devices, memories, policy, wires, reader.trouble(),
            reader.partTrouble(), broadcast, meshes.board(at, switches), families);
    at.finish();
    return machine;
  }

  private void part(Settings at, Settings types, Settings tune) {
    String name = Named.read(at);
    String type = at.text("type");
    if (!names.add(name, type)) {
      at.problem("name", "two parts are named '" + name + "'");
    }
    if (TAKEN.contains(name)) {
      at.problem("name", "'" + name + "' is a part of the kernel or the board; choose another");
    }
    Optional<PartFamily> family = Families.of(families, type);
    if (!TYPES.contains(type) && family.isEmpty()) {
      List<String> known = knownTypes();
      at.problem("type", "'" + type + "' is no part; there are " + known
          + Nearest.to(type, known).map(n -> "; did you mean '" + n + "'?").orElse(""));
      at.keys().forEach(at::ignore);
      return;
    }
    used.add(type);
    Settings spec = layered(at, types, tune, name, type);
    spec.text("name");
    spec.text("type");
    int pin = spec.countOr("pin", 0, 63, -1);
    if (family.isPresent()) {
      steady.put(name, type);
      family.get().part(new Declared(name, type, socket(spec), pin), spec, names);
      spec.finish();
    } else {
      own(name, type, pin, spec);
    }
  }

  private static List<String> knownTypes() {
    List<String> known = new ArrayList<>(TYPES);
    Families.types().forEach(entry -> known.add(entry.name()));
    return known;
  }

  private void own(String name, String type, int pin, Settings spec) {
    switch (type) {
      case "cpu" -> {
        int socket = meshes.place(spec, name, socket(spec));
        cpus.add(new CpuPart(name, socket, pin, spec.bind(CpuSpec.class)));
      }
      case "iommu", "amd-iommu", "smmu" -> {
        int socket = meshes.place(spec, name, socket(spec));
        iommus.add(new IommuPart(name, type, socket, pin, spec.bind(IommuSpec.class)));
      }
      case "memory" -> {
        int socket = meshes.place(spec, name, socket(spec));
        memories.add(new MemoryPart(name, socket, pin, spec.bind(MemorySpec.class)));
      }
      case "pcie-switch" -> {
        Upstream up = upstream(spec);
        switches.add(
            new SwitchPart(
                name, up.iommu(), up.above(), socketOf(up.iommu()), pin,
                spec.bind(PcieSwitchSpec.class)));
      }
      case "bypass-device" -> {
        int above = spec.has("switch") ? names.pcieSwitch(spec, "switch") : -1;
        devices.add(
            new DevicePart(
                name, -1, above, socket(spec), pin,
                new DeviceKind.Bypass(spec.bind(BypassDeviceSpec.class))));
      }
      default -> behindIommu(name, type, pin, spec);
    }
  }

  private void behindIommu(String name, String type, int pin, Settings spec) {
    Upstream up = upstream(spec);
    DeviceKind kind =
        switch (type) {
          case "dma-device" -> new DeviceKind.Dma(spec.bind(DmaDeviceSpec.class));
          case "own" -> new DeviceKind.Own(OwnPartReader.read(spec));
          default -> new DeviceKind.Ats(spec.bind(AtsDeviceSpec.class));
        };
    spec.finish();
    devices.add(new DevicePart(name, up.iommu(), up.above(), socketOf(up.iommu()), pin, kind));
  }

  /** What something on PCIe is behind: an IOMMU, and a switch or −1 for none. */
  private record Upstream(int iommu, int above) {}

  /** A part behind a switch has the switch's IOMMU, and need not say so. */
  private Upstream upstream(Settings spec) {
    if (!spec.has("switch")) {
      return new Upstream(names.iommu(spec, "iommu"), -1);
    }
    int above = names.pcieSwitch(spec, "switch");
    int iommu = above < switches.size() ? switches.get(above).iommu() : 0;
    if (spec.has("iommu") && names.iommu(spec, "iommu") != iommu) {
      spec.problem(
          "iommu", "the switch '" + switches.get(above).name() + "' leads to '"
              + iommus.get(iommu).name() + "'; leave this out, or change one of them");
    }
    return new Upstream(iommu, above);
  }

  private int socketOf(int iommu) {
    return iommu < iommus.size() ? iommus.get(iommu).socket() : 0;
  }

  /** The part's own keys over what `tune` says over the defaults of its type. */
  private Settings layered(
      Settings at, Settings types, Settings tune, String name, String type) {
    ConfigObject own = at.object();
    ConfigValue tuned = tune.object().get(name);
    ConfigValue defaults = types.object().get(type);
    ConfigObject merged = own.withFallback(defaults == null ? empty() : defaults);
    if (tuned instanceof ConfigObject overlay) {
      merged = overlay.withFallback(merged);
    }
    at.keys().forEach(at::ignore);
    return Settings.of(merged, at.path(), problems);
  }

  private static ConfigObject empty() {
    return ConfigFactory.empty().root();
  }

  private static int socket(Settings at) {
    return at.countOr("socket", 0, 63, 0);
  }
}
