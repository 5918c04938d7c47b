package dev.shootdown.scenario;

import dev.shootdown.address.PageRange;
import dev.shootdown.config.Settings;
import dev.shootdown.engine.Inlet;
import dev.shootdown.engine.Link;
import dev.shootdown.hardware.accelerator.CapiJob;
import dev.shootdown.hardware.accelerator.CapiLink;
import dev.shootdown.hardware.accelerator.CapiLinkLayout;
import dev.shootdown.hardware.accelerator.CapiLinkSpec;
import dev.shootdown.kernel.iommu.SecondaryDriver;
import dev.shootdown.kernel.mm.AddressSpace;
import dev.shootdown.kernel.notifier.FaultHandlers;
import dev.shootdown.kernel.ocxl.OcxlDriver;
import dev.shootdown.kernel.ocxl.OcxlLink;
import dev.shootdown.kernel.ocxl.OcxlSpec;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.OpenCapi;
import dev.shootdown.protocol.Program;
import dev.shootdown.scenario.Links.End;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.ToIntFunction;

/**
 * OpenCAPI links of a Power machine: each has an accelerator that works in the pages of processes,
 * and is told to forget by shoot-downs of its driver, or snoops the CPUs' tlbie.
 */
final class OcxlFamily implements PartFamily {
  private static final String LINK = "ocxl-link";

  /** How a link learns what to forget. */
  private enum Invalidation {
    ATSD, SNOOPED
  }

  /** A process element. */
  private static final class Context {
    private final Settings at;
    private final List<AccessLine> lines;
    private int mm;
    private PageRange range = PageRange.of(0);

    private Context(Settings at) {
      this.at = at;
      at.text("process");
      at.text("area");
      this.lines = AccessLine.read(at, "jobs");
      at.finish();
    }
  }

  private record Part(
      Declared part, Settings at, Invalidation invalidation, List<Context> contexts,
      OcxlSpec driver, CapiLinkSpec spec) {
    End end() {
      return new End(part.name(), part.socket());
    }

    End software() {
      return new End(part.name() + ".ocxl", part.socket());
    }

    boolean isSnooping() {
      return invalidation == Invalidation.SNOOPED;
    }
  }

  private final List<Declared> parts = new ArrayList<>();
  private final List<Part> links = new ArrayList<>();
  private final List<FaultServer> servers = new ArrayList<>();

  @Override
  public List<Catalogue.Entry> types() {
    return List.of(
        new Catalogue.Entry(
            "part", LINK, "an OpenCAPI link: one fault at a time, page-wise shoot-downs"));
  }

  @Override
  public void part(Declared part, Settings at, Names names) {
    parts.add(part);
    List<Context> contexts = at.children("contexts").stream().map(Context::new).toList();
    if (contexts.isEmpty()) {
      at.problem("contexts", "a link has at least one process element");
    }
    String cpu = at.text("faults-on");
    Invalidation invalidation = at.choice("invalidation", Invalidation.class);
    OcxlSpec driver = at.child("driver").bind(OcxlSpec.class);
    Part link =
        new Part(part, at, invalidation, contexts, driver, at.bind(CapiLinkSpec.class));
    links.add(link);
    servers.add(new FaultServer(cpu, link.software().name()));
  }

  @Override
  public void complete(Settings root, Names names) {
    for (Part link : links) {
      FaultServer.check(root, link.at, link.part.name(), names);
      if (!root.child("kernel").text("arch").equals("power")) {
        link.at.notModelled("", "OpenCAPI is modelled on Power only; write kernel.arch = power");
      }
      for (Context context : link.contexts) {
        context.mm = names.process(context.at, "process");
        context.range = names.area(context.at, "area", context.mm);
        context.lines.forEach(line -> line.check(context.range));
      }
    }
  }

  @Override
  public List<Pair> wires() {
    List<Pair> pairs = new ArrayList<>();
    for (Part link : links) {
      pairs.add(new Pair(link.end().name(), link.software().name()));
      pairs.add(new Pair(link.software().name(), link.end().name()));
    }
    return pairs;
  }

  @Override
  public List<Walker> walkers() {
    return links.stream()
        .map(
            link ->
                new Walker(
                    link.part.name(), link.part.socket(), CapiLink.TableAnswered::new))
        .toList();
  }

  @Override
  public List<Domain> domains() {
    return links.stream()
        .map(
            link ->
                new Domain(link.software().name(), link.part.socket(), OcxlLink.Called::new))
        .toList();
  }

  @Override
  public List<Snooper> snoopers() {
    return links.stream().filter(Part::isSnooping)
        .map(
            link -> new Snooper(link.part.name(), link.part.socket(), CapiLink.Snooped::new))
        .toList();
  }

  @Override
  public List<SecondaryDriver> drivers(ToIntFunction<String> domainOf) {
    List<SecondaryDriver> drivers = new ArrayList<>();
    for (Part link : links) {
      if (!link.isSnooping()) {
        OcxlDriver driver = new OcxlDriver(link.driver);
        int domain = domainOf.applyAsInt(link.software().name());
        link.contexts.forEach(context -> driver.add(context.mm, domain));
        drivers.add(driver::flush);
      }
    }
    return drivers;
  }

  @Override
  public Optional<Program> server(
      String cpu, ToIntFunction<String> domainOf, FaultHandlers faults) {
    return servers.stream()
        .flatMap(server -> server.on(cpu, domainOf, faults).stream()).findFirst();
  }

  @Override
  public List<Declared> parts() {
    return List.copyOf(parts);
  }

  @Override
  public void build(MachineKit kit) {
    List<String> snoopers = snoopers().stream().map(Snooper::component).toList();
    int coprocessors = kit.cpus().size() + snoopers.size();
    for (Part link : links) {
      int snooper = snoopers.indexOf(link.part.name());
      int number = snooper < 0 ? -1 : kit.cpus().size() + snooper;
      declare(kit, link, number, snooper < 0 ? coprocessors++ : number);
      connect(kit, link);
      spaces(kit, link);
    }
  }

  /**
   * Adds a link and its driver.
   *
   * @param snooperNumber its number at the interconnect, −1 if it doesn't snoop
   * @param coproNumber its number among the CPUs of an address space; no CPU's and no other's
   */
  private static void declare(
      MachineKit kit, Part link, int snooperNumber, int coproNumber) {
    List<CapiJob> jobs = new ArrayList<>();
    for (int number = 0; number < link.contexts.size(); number++) {
      Context context = link.contexts.get(number);
      for (AccessLine line : context.lines) {
        jobs.add(new CapiJob(number, context.mm, line.in(context.range)));
      }
    }
    CapiLinkLayout layout =
        new CapiLinkLayout(kit.walkerNumber(link.part.name()), snooperNumber);
    kit.builder().<CapiLink.Command>component(
        link.part.name(),
        ctx ->
            CapiLink.create(link.spec, layout, jobs, kit.links().troubles().around(ctx)),
        link.part.pin());
    kit.builder().<OcxlLink.Command>component(
        link.software().name(),
        ctx ->
            OcxlLink.create(
                link.driver, coproNumber, kit.links().troubles().around(ctx)),
        link.part.pin());
  }

  private static void connect(MachineKit kit, Part link) {
    Inlet<OpenCapi.ToDriver> said =
        kit.builder().inlet(link.software().name(), "link", OcxlLink.LinkSaid::new);
    Inlet<OpenCapi.ToLink> told =
        kit.builder().inlet(link.part.name(), "driver", CapiLink.DriverSaid::new);
    kit.builder().connect(
        link.part.name(), "driver", said,
        kit.links().link("ocxl-registers", link.end(), link.software()));
    kit.builder().connect(
        link.software().name(), "link", told,
        kit.links().link("ocxl-registers", link.software(), link.end()));
  }

  /** Where the driver makes the nest MMU one of the CPUs. */
  private static void spaces(MachineKit kit, Part link) {
    List<Inlet<KernelCall.ToKernel>> spaces = new ArrayList<>();
    List<Link> wires = new ArrayList<>();
    TreeSet<Integer> seen = new TreeSet<>();
    for (Context context : link.contexts) {
      if (seen.add(context.mm)) {
        End space =
            new End(context.at.text("process") + ".mm", kit.tables().get(context.mm).socket());
        spaces.add(
            kit.builder().inlet(space.name(), "coprocessors", AddressSpace.Arrived::new));
        wires.add(kit.links().link("reach", link.software(), space));
      }
    }
    kit.builder().connectFamily(link.software().name(), "spaces", spaces, wires);
  }
}
