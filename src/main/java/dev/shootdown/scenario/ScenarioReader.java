package dev.shootdown.scenario;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.shootdown.address.PageRange;
import dev.shootdown.config.Nearest;
import dev.shootdown.config.Problems;
import dev.shootdown.config.Settings;
import dev.shootdown.check.Verdict;
import dev.shootdown.hardware.ats.AtsDeviceSpec;
import dev.shootdown.hardware.cpu.CpuSpec;
import dev.shootdown.hardware.iommu.IommuSpec;
import dev.shootdown.hardware.memory.MemorySpec;
import dev.shootdown.kernel.mm.Costs;
import dev.shootdown.kernel.mm.Path;
import dev.shootdown.kernel.mm.PathStep;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.scenario.Scenario.Area;
import dev.shootdown.scenario.Scenario.CpuPart;
import dev.shootdown.scenario.Scenario.DevicePart;
import dev.shootdown.scenario.Scenario.Home;
import dev.shootdown.scenario.Scenario.IommuPart;
import dev.shootdown.scenario.Scenario.MemoryPart;
import dev.shootdown.scenario.Scenario.Process;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads one scenario out of its effective configuration, with all its problems. */
final class ScenarioReader {
  private static final List<String> TYPES = List.of("cpu", "iommu", "ats-device", "memory");

  private final Settings root;
  private final Problems problems;
  private final List<CpuPart> cpus = new ArrayList<>();
  private final List<IommuPart> iommus = new ArrayList<>();
  private final List<DevicePart> devices = new ArrayList<>();
  private final List<MemoryPart> memories = new ArrayList<>();
  private final TreeSet<String> names = new TreeSet<>();

  ScenarioReader(Settings root) {
    this.root = root;
    this.problems = root.problems();
  }

  Scenario read() {
    String title = root.text("title");
    String question = root.text("question");
    String expect = expect();
    RunSpec run = RunSpec.read(root.child("run"));
    Scenario.Kernel kernel = kernel();
    Scenario.Machine machine = machine();
    List<Home> files = files();
    List<Process> processes = processes(files);
    WorkReader work = new WorkReader(kernel.paths(), processes, cpus, devices);
    Scenario scenario =
        new Scenario(
            title, question, expect, run, machine, kernel, processes, files,
            work.work(root.children("workload")), work.dma(root.children("dma")));
    root.ignore("variants");
    root.finish();
    return scenario;
  }

  private String expect() {
    String text = root.text("expect");
    for (Verdict verdict : Verdict.values()) {
      if (verdict.text().equals(text)) {
        return text;
      }
    }
    List<String> known = new ArrayList<>();
    for (Verdict verdict : Verdict.values()) {
      known.add(verdict.text());
    }
    root.problem("expect", "'" + text + "' is no verdict; there are " + known);
    return Verdict.CLEAN.text();
  }

  private Scenario.Kernel kernel() {
    Settings at = root.child("kernel");
    Era era = era(at);
    int ceiling = at.count("flush-ceiling", 0, 1 << 20);
    long submitPs = at.timePs("submit");
    int maxMask = at.count("max-mask", 0, 45);
    Settings tracing = at.child("tracing");
    Scenario.TracingCosts recording = tracing.bind(Scenario.TracingCosts.class);
    Costs costs = at.child("costs").bind(Costs.class);
    at.finish();
    return new Scenario.Kernel(era, ceiling, submitPs, maxMask, costs, recording, paths());
  }

  private static Era era(Settings at) {
    String text = at.text("era");
    for (Era era : Era.values()) {
      if (era.name().equals(text)) {
        return era;
      }
    }
    at.problem("era", "'" + text + "' is not modelled; write B (4.15 to 6.5) or C (6.6 and later)");
    return Era.C;
  }

  private Map<String, Path> paths() {
    Map<String, Path> paths = new TreeMap<>();
    Settings all = root.child("paths");
    for (Settings at : all.objects()) {
      List<PathStep> steps = new ArrayList<>();
      for (Settings.Item item : at.items("steps")) {
        try {
          steps.add(PathStep.parse(item.text()));
        } catch (IllegalArgumentException wrong) {
          problems.add(item.origin(), item.path(), wrong.getMessage());
        }
      }
      PathRules.check(steps).ifPresent(wrong -> at.problem("steps", wrong));
      paths.put(at.name(), new Path(at.name(), at.text("title"), at.text("site"), steps));
      at.finish();
    }
    all.finish();
    return paths;
  }

  private Scenario.Machine machine() {
    Settings at = root.child("machine");
    Settings types = root.child("parts");
    Settings tune = root.child("tune");
    for (Settings part : at.children("parts")) {
      part(part, types, tune);
    }
    for (Settings tuned : tune.objects()) {
      if (!names.contains(tuned.name())) {
        tune.problem(tuned.name(), "there is no part '" + tuned.name() + "'" + near(tuned.name()));
      }
      tuned.keys().forEach(tuned::ignore);
    }
    tune.finish();
    types.keys().forEach(types::ignore);
    if (cpus.isEmpty()) {
      at.problem("parts", "a machine needs at least one part of type cpu");
    }
    if (memories.size() > 1 || (memories.isEmpty() && !devices.isEmpty())) {
      at.problem("parts", "devices need exactly one part of type memory, not " + memories.size());
    }
    WireReader wires = new WireReader(root, at, names, joined());
    Scenario.Machine machine =
        new Scenario.Machine(
            cpus, iommus, devices, memories.stream().findFirst(), wires.wires(),
            wires.trouble());
    at.finish();
    return machine;
  }

  /** Which parts have a wire between them. */
  private TreeSet<String> joined() {
    TreeSet<String> joined = new TreeSet<>();
    for (CpuPart cpu : cpus) {
      cpus.stream().filter(other -> other != cpu)
          .forEach(other -> join(joined, cpu.name(), other.name()));
      iommus.forEach(iommu -> join(joined, cpu.name(), iommu.name()));
    }
    for (DevicePart device : devices) {
      iommus.stream().skip(device.iommu()).limit(1)
          .forEach(iommu -> join(joined, device.name(), iommu.name()));
      memories.forEach(memory -> join(joined, device.name(), memory.name()));
    }
    return joined;
  }

  private static void join(TreeSet<String> joined, String one, String other) {
    joined.add(one + " -> " + other);
    joined.add(other + " -> " + one);
  }

  private void part(Settings at, Settings types, Settings tune) {
    String name = name(at);
    String type = at.text("type");
    if (!names.add(name)) {
      at.problem("name", "two parts are named '" + name + "'");
    }
    if (name.equals("frames")) {
      at.problem("name", "'frames' is the kernel's frame table; choose another name");
    }
    if (!TYPES.contains(type)) {
      at.problem("type", "'" + type + "' is no part; there are " + TYPES
          + Nearest.to(type, TYPES).map(n -> "; did you mean '" + n + "'?").orElse(""));
      at.keys().forEach(at::ignore);
      return;
    }
    Settings spec = layered(at, types, tune, name, type);
    spec.text("name");
    spec.text("type");
    int pin = spec.countOr("pin", 0, 63, -1);
    switch (type) {
      case "cpu" ->
          cpus.add(new CpuPart(name, socket(spec), pin, spec.bind(CpuSpec.class)));
      case "iommu" ->
          iommus.add(new IommuPart(name, socket(spec), pin, spec.bind(IommuSpec.class)));
      case "memory" ->
          memories.add(new MemoryPart(name, socket(spec), pin, spec.bind(MemorySpec.class)));
      default ->
          devices.add(
              new DevicePart(name, iommu(spec), pin, spec.bind(AtsDeviceSpec.class)));
    }
  }

  private static String name(Settings at) {
    String name = at.text("name");
    if (!name.matches("[a-z][a-z0-9-]{0,31}")) {
      at.problem("name", "'" + name + "' is no name; write a letter and up to 31 of a-z, 0-9, -");
    }
    return name;
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

  private int iommu(Settings at) {
    String name = at.text("iommu");
    for (int i = 0; i < iommus.size(); i++) {
      if (iommus.get(i).name().equals(name)) {
        return i;
      }
    }
    at.problem("iommu", "there is no iommu '" + name + "' before this part" + near(name));
    return 0;
  }

  private String near(String name) {
    return Nearest.to(name, names).map(n -> "; did you mean '" + n + "'?").orElse("");
  }

  private List<Home> files() {
    List<Home> files = new ArrayList<>();
    TreeSet<String> seen = new TreeSet<>();
    for (Settings at : root.children("files")) {
      String name = name(at);
      if (!seen.add(name)) {
        at.problem("name", "two files are named '" + name + "'");
      }
      files.add(new Home(name, at.countOr("home", 0, 63, 0)));
      at.finish();
    }
    return files;
  }

  private List<Process> processes(List<Home> files) {
    List<Process> processes = new ArrayList<>();
    TreeSet<String> seen = new TreeSet<>();
    for (Settings at : root.children("processes")) {
      String name = name(at);
      if (!seen.add(name) || names.contains(name)) {
        at.problem("name", "two things are named '" + name + "'");
      }
      List<Integer> bound = new ArrayList<>();
      for (String device : at.textsOr("devices", List.of())) {
        bound.add(device(at, device));
      }
      int socket = at.countOr("home", 0, 63, 0);
      List<Area> areas = new ArrayList<>();
      for (Settings area : at.children("areas")) {
        area(area, files, areas);
      }
      at.finish();
      processes.add(new Process(name, socket, bound, areas));
    }
    if (processes.isEmpty()) {
      root.problem("processes", "a scenario needs at least one process");
    }
    return processes;
  }

  private int device(Settings at, String name) {
    for (int i = 0; i < devices.size(); i++) {
      if (devices.get(i).name().equals(name)) {
        return i;
      }
    }
    at.problem("devices", "there is no device '" + name + "'" + near(name));
    return 0;
  }

  private void area(Settings at, List<Home> files, List<Area> areas) {
    String name = at.text("name");
    long address = at.address("at");
    int pages = at.count("pages", 1, 1 << 22);
    boolean reserved = at.flagOr("reserved", false);
    boolean mapped = at.flagOr("mapped", !reserved);
    boolean writable = at.flagOr("writable", true);
    if ((address & 0xfff) != 0) {
      at.problem("at", "an area starts at a page, so its address ends in 000");
    }
    if (reserved && mapped) {
      at.problem("mapped", "a reserved address has no pages; leave one of the two out");
    }
    int file = -1;
    if (at.has("file")) {
      String wanted = at.text("file");
      for (int i = 0; i < files.size(); i++) {
        file = files.get(i).name().equals(wanted) ? i : file;
      }
      if (file < 0) {
        at.problem("file", "there is no file '" + wanted + "'");
      }
    }
    PageRange range = new PageRange(address >>> 12, pages);
    for (Area other : areas) {
      if (other.name().equals(name)) {
        at.problem("name", "two areas are named '" + name + "'");
      } else if (other.range().overlaps(range)) {
        at.problem("at", "the area overlaps '" + other.name() + "' (" + other.range() + ")");
      }
    }
    at.finish();
    areas.add(new Area(name, range, mapped, reserved, writable, file));
  }
}
