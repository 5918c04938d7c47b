package dev.shootdown.scenario;

import dev.shootdown.address.PageRange;
import dev.shootdown.config.Settings;
import dev.shootdown.engine.Inlet;
import dev.shootdown.hardware.accelerator.Gpu;
import dev.shootdown.hardware.accelerator.GpuJob;
import dev.shootdown.hardware.accelerator.GpuSpec;
import dev.shootdown.kernel.hmm.GrantMap;
import dev.shootdown.kernel.hmm.GrantMapLayout;
import dev.shootdown.kernel.hmm.GrantMapSpec;
import dev.shootdown.kernel.hmm.GrantUse;
import dev.shootdown.kernel.hmm.HmmMirror;
import dev.shootdown.kernel.hmm.MirrorDriver;
import dev.shootdown.kernel.hmm.MirrorLayout;
import dev.shootdown.kernel.hmm.MirrorSpec;
import dev.shootdown.kernel.notifier.FaultHandlers;
import dev.shootdown.protocol.Mirror;
import dev.shootdown.protocol.Program;
import dev.shootdown.scenario.Links.End;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * Subscribers of the interval tree: GPUs whose driver mirrors an area of a process, and grant maps.
 *
 * <p>Each is given an area, and names pages by their number in it.
 */
final class AcceleratorFamily implements PartFamily {
  private static final String GPU = "hmm-gpu";
  private static final String NOUVEAU = "nouveau-gpu";
  private static final String ODP = "odp-mr";
  private static final String GRANTS = "gntdev-map";
  private static final long GRANTS_MOST = 4096;
  private static final int CHILD_PAGES_MOST = 1 << 30;

  private static final class Gpus {
    private final Declared part;
    private final Settings at;
    private final List<AccessLine> lines;
    private final GpuSpec spec;
    private final MirrorSpec mirror;
    private final MirrorDriver driver;
    private int mm;
    private PageRange range = PageRange.of(0);
    private Optional<GpuAccesses> accesses = Optional.empty();

    private Gpus(
        Declared part, Settings at, List<AccessLine> lines, GpuSpec spec, MirrorSpec mirror,
        MirrorDriver driver) {
      this.part = part;
      this.at = at;
      this.lines = lines;
      this.spec = spec;
      this.mirror = mirror;
      this.driver = driver;
    }

    private End end() {
      return new End(part.name(), part.socket());
    }

    private End software() {
      return new End(part.name() + ".mirror", part.socket());
    }
  }

  private static final class Grants {
    private final Declared part;
    private final Settings at;
    private final List<AccessLine> lines;
    private final GrantMapSpec spec;
    private int mm;
    private PageRange range = PageRange.of(0);

    private Grants(Declared part, Settings at, List<AccessLine> lines, GrantMapSpec spec) {
      this.part = part;
      this.at = at;
      this.lines = lines;
      this.spec = spec;
    }

    private End end() {
      return new End(part.name(), part.socket());
    }
  }

  private final List<Declared> parts = new ArrayList<>();
  private final List<FaultServer> servers = new ArrayList<>();
  private final List<Gpus> gpus = new ArrayList<>();
  private final List<Grants> grants = new ArrayList<>();

  @Override
  public List<Catalogue.Entry> types() {
    return List.of(
        new Catalogue.Entry("part", GPU, "a GPU and its HMM mirror: collision retry, fences"),
        new Catalogue.Entry(
            "part", NOUVEAU, "a GPU with nouveau's driver: a notifier per fault, replay"),
        new Catalogue.Entry(
            "part", ODP, "an RDMA memory region that is paged on demand, and its NIC"),
        new Catalogue.Entry("part", GRANTS, "a Xen grant map: may refuse, never refills"));
  }

  @Override
  public void part(Declared part, Settings at, Names names) {
    parts.add(part);
    at.text("process");
    at.text("area");
    if (part.type().equals(GRANTS)) {
      List<AccessLine> lines = AccessLine.read(at, "uses");
      grants.add(new Grants(part, at, lines, at.bind(GrantMapSpec.class)));
      return;
    }
    List<AccessLine> lines = AccessLine.read(at, "jobs");
    MirrorDriver driver = driver(part.type(), at);
    MirrorSpec mirror = at.child("mirror").bind(MirrorSpec.class);
    Optional<String> faultsOn = FaultServer.read(at);
    Gpus gpu = new Gpus(part, at, lines, at.bind(GpuSpec.class), mirror, driver);
    gpus.add(gpu);
    faultsOn.ifPresent(cpu -> servers.add(new FaultServer(cpu, gpu.software().name())));
  }

  private static MirrorDriver driver(String type, Settings at) {
    Settings mirror = at.child("mirror");
    boolean stops = at.choice("faults", GpuSpec.Faults.class) == GpuSpec.Faults.RECOVERABLE;
    if (type.equals(GPU)) {
      return new MirrorDriver.Area(!stops);
    }
    if (!stops) {
      at.problem("faults", "before-start is for hmm-gpu; the accesses of " + type + " can wait");
    }
    return type.equals(ODP)
        ? new MirrorDriver.OnDemand(
            at.countOr("child-pages", 1, CHILD_PAGES_MOST, 0),
            mirror.child("costs").timePs("child"))
        : new MirrorDriver.Nouveau(
            mirror.flag("plain-first"), mirror.child("costs").timePs("replay"));
  }

  @Override
  public void complete(Settings root, Names names) {
    for (Gpus gpu : gpus) {
      gpu.mm = names.process(gpu.at, "process");
      gpu.range = names.area(gpu.at, "area", gpu.mm);
      if (FaultServer.read(gpu.at).isPresent()) {
        FaultServer.check(root, gpu.at, gpu.part.name(), names);
      } else {
        refuseAbsent(root, gpu.at, true);
      }
      gpu.lines.forEach(line -> line.check(gpu.range));
    }
    for (Grants map : grants) {
      map.mm = names.process(map.at, "process");
      map.range = names.area(map.at, "area", map.mm);
      refuseAbsent(root, map.at, false);
      map.lines.forEach(line -> line.check(map.range));
      if (map.range.pages() > GRANTS_MOST) {
        map.at.problem(
            "area", "a grant map has at most " + GRANTS_MOST + " pages, this area has "
                + map.range.pages());
      }
    }
  }

  @Override
  public Optional<AccessTarget> accesses(String part) {
    for (Gpus gpu : gpus) {
      if (gpu.part.name().equals(part)) {
        GpuAccesses target = new GpuAccesses(gpu.mm, gpu.range);
        gpu.accesses = Optional.of(target);
        return Optional.of(target);
      }
    }
    return Optional.empty();
  }

  @Override
  public Optional<Program> server(
      String cpu, ToIntFunction<String> domainOf, FaultHandlers faults) {
    return servers.stream()
        .flatMap(server -> server.on(cpu, domainOf, faults).stream()).findFirst();
  }

  /** Without a thread that brings pages in they must be there from the start. */
  private static void refuseAbsent(Settings root, Settings part, boolean needsWritable) {
    for (Settings process : root.children("processes")) {
      if (!process.text("name").equals(part.text("process"))) {
        continue;
      }
      for (Settings area : process.children("areas")) {
        boolean there =
            area.flagOr("mapped", !area.flagOr("reserved", false))
                && (!needsWritable || area.flagOr("writable", true) && !area.has("same-as"));
        if (area.text("name").equals(part.text("area")) && !there) {
          part.notModelled(
              "area",
              "pages that the process has to bring in or to copy first are not modelled; make '"
                  + part.text("area") + "' mapped" + (needsWritable ? " and writable" : ""));
        }
      }
    }
  }

  @Override
  public List<Pair> wires() {
    List<Pair> pairs = new ArrayList<>();
    for (Gpus gpu : gpus) {
      pairs.add(new Pair(gpu.end().name(), gpu.software().name()));
      pairs.add(new Pair(gpu.software().name(), gpu.end().name()));
    }
    return pairs;
  }

  @Override
  public List<Subscription> subscriptions() {
    List<Subscription> all = new ArrayList<>();
    for (Gpus gpu : gpus) {
      all.add(
          new Subscription(
              gpu.mm, gpu.software().name(), gpu.part.socket(), true, HmmMirror.Called::new));
    }
    for (Grants map : grants) {
      all.add(
          new Subscription(
              map.mm, map.part.name(), map.part.socket(), true, GrantMap.Called::new));
    }
    return all;
  }

  @Override
  public List<Walker> walkers() {
    List<Walker> all = new ArrayList<>();
    for (Gpus gpu : gpus) {
      all.add(
          new Walker(
              gpu.software().name(), gpu.part.socket(), HmmMirror.TableAnswered::new));
    }
    for (Grants map : grants) {
      all.add(new Walker(map.part.name(), map.part.socket(), GrantMap.TableAnswered::new));
    }
    return all;
  }

  @Override
  public List<Declared> parts() {
    return List.copyOf(parts);
  }

  @Override
  public void build(MachineKit kit) {
    gpus.forEach(gpu -> build(kit, gpu));
    grants.forEach(map -> build(kit, map));
  }

  private static void build(MachineKit kit, Gpus gpu) {
    End end = gpu.end();
    End driver = gpu.software();
    List<GpuJob> jobs = new ArrayList<>();
    gpu.lines.forEach(line -> jobs.add(line.in(gpu.range)));
    gpu.accesses.ifPresent(accesses -> jobs.addAll(accesses.jobs()));
    MirrorLayout layout =
        new MirrorLayout(gpu.mm, gpu.range, kit.walkerNumber(driver.name()), gpu.driver);
    kit.builder().<Gpu.Command>component(
        end.name(), ctx -> Gpu.create(gpu.spec, gpu.mm, jobs, ctx), gpu.part.pin());
    kit.builder().<HmmMirror.Command>component(
        driver.name(), ctx -> HmmMirror.create(gpu.mirror, layout, ctx), gpu.part.pin());
    Inlet<Mirror.ToDriver> asks =
        kit.builder().inlet(driver.name(), "gpu", HmmMirror.GpuSaid::new);
    Inlet<Mirror.ToGpu> says = kit.builder().inlet(end.name(), "driver", Gpu.DriverSaid::new);
    kit.builder().connect(
        end.name(), "driver", asks, kit.links().link("gpu-link", end, driver));
    kit.builder().connect(
        driver.name(), "gpu", says, kit.links().link("gpu-link", driver, end));
  }

  private static void build(MachineKit kit, Grants map) {
    List<GrantUse> uses = new ArrayList<>();
    for (AccessLine line : map.lines) {
      uses.add(
          new GrantUse(
              line.atPs(), map.range.firstPage() + line.page(), line.write(), line.count(),
              line.everyPs()));
    }
    GrantMapLayout layout =
        new GrantMapLayout(map.mm, map.range, kit.walkerNumber(map.end().name()));
    kit.builder().<GrantMap.Command>component(
        map.end().name(), ctx -> GrantMap.create(map.spec, layout, uses, ctx),
        map.part.pin());
  }
}
