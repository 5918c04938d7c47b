package dev.shootdown.scenario;

import dev.shootdown.config.Problems;
import dev.shootdown.config.Settings;
import dev.shootdown.kernel.arch.Arch;
import dev.shootdown.kernel.arch.ArchSpec;
import dev.shootdown.kernel.iommu.DriverLocksSpec;
import dev.shootdown.kernel.iommu.FlushQueueSpec;
import dev.shootdown.kernel.iommu.IopfThreadSpec;
import dev.shootdown.kernel.iommu.QueueTailSpec;
import dev.shootdown.kernel.iommu.RangeRule;
import dev.shootdown.kernel.iommu.SmmuDriverSpec;
import dev.shootdown.kernel.iommu.VtdDriverSpec;
import dev.shootdown.kernel.mm.Costs;
import dev.shootdown.kernel.mm.Path;
import dev.shootdown.kernel.mm.PathCheck;
import dev.shootdown.kernel.mm.PathStep;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.Policy;
import dev.shootdown.kernel.notifier.PolicyReader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads the software's rules, costs and paths. */
final class KernelReader {
  private static final String SITE = "C([1-9]|1\\d|2[0-4])[hzfwd]?|none";
  /** Linux runs on them, so asking for one is no typing error. */
  private static final List<String> ARCHS_ABSENT =
      List.of("alpha", "arc", "csky", "loongarch", "m68k", "mips", "parisc", "s390", "sparc");

  private final Settings root;
  private final Problems problems;
  private final Optional<KnownPaths> known;

  KernelReader(Settings root, Optional<KnownPaths> known) {
    this.root = root;
    this.known = known;
    this.problems = root.problems();
  }

  Scenario.Kernel kernel() {
    Settings at = root.child("kernel");
    Era era = era(at);
    Arch arch = arch(at);
    ArchSpec archSpec = archSpec(at, arch);
    Map<String, Policy> policies = PolicyReader.read(root.child("policies"));
    Policy policy = policy(at, era, policies);
    DriverSpec drivers = drivers(at, archSpec);
    refuseEmptyTables(at.child("drivers"), era, drivers);
    Settings tracing = at.child("tracing");
    Scenario.TracingCosts recording = tracing.bind(Scenario.TracingCosts.class);
    Costs costs = at.child("costs").bind(Costs.class);
    at.finish();
    return new Scenario.Kernel(
        era, arch, archSpec, policy, drivers, costs, recording, paths(), policies);
  }

  private static Policy policy(Settings at, Era era, Map<String, Policy> policies) {
    Optional<Policy> named = PolicyReader.named(at, "policy", policies);
    Optional<String> against = named.flatMap(policy -> policy.reasonAgainst(era));
    against.ifPresent(
        reason ->
            at.problem(
                "policy",
                "'" + named.get().name() + "' has no place in era " + era + ": " + reason));
    return against.isPresent() ? Policy.ERA : named.orElse(Policy.ERA);
  }

  private static Arch arch(Settings at) {
    if (at.has("arch") && ARCHS_ABSENT.contains(at.text("arch"))) {
      at.notModelled(
          "arch",
          "'" + at.text("arch") + "' is not modelled: nobody wrote down its rules of flushing");
      return Arch.X86;
    }
    return at.choice("arch", Arch.class);
  }

  private static Era era(Settings at) {
    String text = at.text("era");
    for (Era era : Era.values()) {
      if (era.name().equals(text)) {
        return era;
      }
    }
    at.notModelled(
        "era",
        "'" + text + "' is not modelled; write A (before 4.15), B (4.15 to 6.5) or C (6.6 and"
            + " later)");
    return Era.C;
  }

  /** The old IOMMUv2 drivers were replaced in 3.19. */
  private static void refuseEmptyTables(Settings at, Era era, DriverSpec drivers) {
    for (String type : List.of("iommu", "amd-iommu", "smmu")) {
      if (drivers.of(type).emptiesTables() && era != Era.A) {
        at.problem(
            type, "'" + at.text(type) + "' ended with Linux 3.18, and era " + era
                + " is later; write kernel.era = A, or amd-v2");
      }
    }
  }

  private static ArchSpec archSpec(Settings at, Arch arch) {
    int ceiling =
        at.countOr("flush-ceiling", 0, 1 << 20, ArchSpec.of(arch).flushCeiling());
    Settings rules = at.child("arch-rules");
    ArchSpec spec =
        new ArchSpec(
            ceiling, rules.flag("compare-newest"), rules.flag("interrupt-lazy"),
            rules.flag("twins"), rules.count("global-id-cpus", 0, 65_536),
            rules.count("global-ids", 0, 65_536), rules.timePs("global-id-check"),
            rules.flag("global-id-transition"), rules.count("broadcast-pages-max", 1, 65_536),
            rules.flag("tlb-range"), rules.count("broadcasts-max", 1, 1 << 21),
            rules.timePs("fence"), rules.timePs("flush-multi"), rules.flag("keep-mask"));
    rules.finish();
    return spec;
  }

  private static DriverSpec drivers(Settings at, ArchSpec arch) {
    long submitPs = at.timePs("submit");
    int maxMask = at.count("max-mask", 0, 45);
    Settings of = at.child("drivers");
    Settings vtd = at.child("vtd");
    VtdDriverSpec vtdSpec =
        new VtdDriverSpec(
            submitPs, maxMask, vtd.flag("limit-pasid"), vtd.count("batch-max", 1, 254),
            vtd.flag("whole-device"), vtd.flag("extra-device-flush"));
    vtd.finish();
    Settings smmu = at.child("smmu");
    SmmuDriverSpec smmuSpec =
        new SmmuDriverSpec(
            submitPs, smmu.flag("range-invalidation"), smmu.count("ops-max", 1, 1 << 20),
            smmu.count("batch-max", 1, 1 << 10), smmu.timePs("give-up"),
            smmu.choice("empty-range", SmmuDriverSpec.EmptyRange.class),
            new QueueTailSpec(
                smmu.choice("insertion", QueueTailSpec.Insertion.class), smmu.timePs("line"),
                smmu.timePs("line-hop")));
    smmu.finish();
    Settings queue = at.child("flush-queue");
    FlushQueueSpec queueSpec =
        new FlushQueueSpec(queue.count("entries", 2, 1 << 20), queue.timePs("period"));
    queue.finish();
    Settings thread = at.child("page-requests");
    IopfThreadSpec threadSpec =
        new IopfThreadSpec(
            thread.timePs("entry"), submitPs, thread.flag("awaits-answer"),
            thread.count("failure-code", 0, 15));
    thread.finish();
    Settings locks = at.child("driver-locks");
    DriverLocksSpec locksSpec =
        new DriverLocksSpec(
            locks.flag("space"), locks.flag("queue"), locks.flag("amd-waits-inside"),
            locks.timePs("reclaim"));
    locks.finish();
    Settings svm = at.child("intel-svm");
    boolean defersIdle = svm.flag("defer-idle");
    svm.finish();
    Settings v2 = at.child("amd-v2");
    long heldUpPs = v2.timePs("held-up");
    v2.finish();
    DriverSpec spec =
        new DriverSpec(
            of.choice("iommu", DriverSpec.Driver.class),
            of.choice("amd-iommu", DriverSpec.Driver.class),
            of.choice("smmu", DriverSpec.Driver.class), submitPs, at.timePs("give-up"), vtdSpec,
            smmuSpec, queueSpec, threadSpec,
            new RangeRule(of.choice("range", RangeRule.Kind.class), arch.flushCeiling()),
            locksSpec, defersIdle, heldUpPs);
    spec.refuseRange(of);
    of.finish();
    return spec;
  }

  private static String site(Settings at) {
    String site = at.text("site");
    if (!site.isEmpty() && !site.matches(SITE)) {
      at.problem("site", "'" + site + "' is no call site; write C1 to C24, or none");
    }
    return site;
  }

  private Map<String, Path> paths() {
    Map<String, Path> paths = new TreeMap<>();
    Settings all = root.child("paths");
    Optional<Map<String, Path>> same = known.flatMap(before -> before.in(all.object()));
    if (same.isPresent()) {
      all.keys().forEach(all::ignore);
      return same.get();
    }
    for (Settings at : all.objects()) {
      paths.put(at.name(), path(at));
      at.finish();
    }
    all.finish();
    return paths;
  }

  private Path path(Settings at) {
    List<Settings.Item> lines = at.items("steps");
    if (at.has("steps") && lines.isEmpty()) {
      at.problem("steps", "a path without a step does nothing; ./shootdown list paths has others");
    }
    List<PathStep> steps = PathLines.steps(lines, problems);
    Path path = new Path(at.name(), at.text("title"), site(at), steps);
    if (steps.size() == lines.size()) { // a step that can't be read is missed by those around it
      PathRules.fault(path).ifPresent(wrong -> tell(wrong, path, lines));
    }
    return path;
  }

  /** Equal steps may stand in several places, so the place is looked up by identity. */
  private void tell(PathCheck.Fault wrong, Path path, List<Settings.Item> lines) {
    for (int i = 0; i < lines.size(); i++) {
      if (path.steps().get(i) == wrong.step()) {
        problems.add(lines.get(i).origin(), lines.get(i).path(), wrong.message());
      }
    }
  }
}
