package dev.shootdown.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
import dev.shootdown.check.LedgerRow;
import dev.shootdown.check.StaleUse;
import dev.shootdown.config.Problems;
import dev.shootdown.config.Scale;
import dev.shootdown.config.Settings;
import dev.shootdown.interconnect.TroubleSpec;
import dev.shootdown.kernel.mm.KernelSetup;
import dev.shootdown.kernel.notifier.Policy;
import dev.shootdown.trace.MachineFact.Audience;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A scenario to which the order of two steps was added, in its own language.
 *
 * <ol>
 *   <li>A walk for a subscriber, which must come behind a bracket, is held up until then.
 *   <li>An invalidation that overtook a fill is held up until the fill has arrived.
 *   <li>A deed that another operation's flush came too late for waits at a gate, which that
 *       operation opens behind its flush.
 *   <li>A deed that no flush covered in time gets one before it, in its own path.
 *   <li>A deed during a DMA is held back for {@value #DRAIN}.
 * </ol>
 *
 * @param scenario the scenario with it
 * @param text what was added, for a person
 */
record AddedEdge(Scenario scenario, String text) {
  private static final String DRAIN = "100us";
  private static final String GATE = "added-edge";
  private static final String FAULT = "fault";
  private static final long MARGIN_PS = 1_000;

  /** More than a table takes to read an entry. */
  private static final long WALK_PS = 200_000;

  private static final Set<String> CPU_FLUSHES =
      Set.of("cpu-flush", "commit", "batch-flush", "batched-pending");
  private static final Set<String> SECONDARY_FLUSHES = Set.of("sec-inv", "sec-inv-nested");
  private static final Map<StaleUse.Deed, Set<String>> STEPS =
      Map.of(
          StaleUse.Deed.PAGE_FREE, Set.of("page-free", "frame-put", "cache-drop"),
          StaleUse.Deed.TABLE_FREE, Set.of("table-free"),
          StaleUse.Deed.REPOINT, Set.of("pte-repoint", "pmd-repoint", "pmd-collapse"),
          StaleUse.Deed.COPY, Set.of("copy-content"),
          StaleUse.Deed.FORK, Set.of("share"),
          StaleUse.Deed.MERGE, Set.of("compare-content"),
          StaleUse.Deed.CLEAN, Set.of("write-back", "discard-mark", "mkclean-mark"),
          StaleUse.Deed.RETURN, Set.of("revoke"),
          StaleUse.Deed.PASID_FREE, Set.of("pasid-free"));

  /** Why an order can't be added. */
  static final class Impossible extends Exception {
    private static final long serialVersionUID = 1L;

    Impossible(String why) {
      super(why);
    }
  }

  /**
   * Adds the order that {@code stale} asks for.
   *
   * @param rows the operations of the run
   * @throws Impossible if it can't be said in the scenario's language
   * @throws dev.shootdown.config.ConfigProblems if the scenario can't be run with it
   */
  static AddedEdge to(Variant variant, List<LedgerRow> rows, StaleUse stale) throws Impossible {
    if (stale.isReadTooEarly()) {
      return readLater(variant, stale);
    }
    if (stale.isFillRace() && isHeldUp(stale)) {
      return heldUp(variant, stale);
    }
    if (stale.kind() == StaleUse.Kind.FILLED_IN_BRACKET) {
      throw new Impossible("a subscriber's fill is no step of a path");
    }
    String deedPath = path(stale.free().path());
    Set<String> deeds = STEPS.get(stale.kind().deed());
    if (deedPath.isEmpty() || deeds == null) {
      throw new Impossible(stale.kind().deed().text() + " is no step of a path here");
    }
    ConfigObject config = variant.config();
    Steps steps = new Steps(config, deedPath);
    String where = " before each " + String.join(" or ", steps.present(deeds)) + " in " + deedPath;
    if (stale.isSoftwareWalk()) {
      return of(steps.before(deeds, "table-sync").in(config), "table-sync" + where);
    }
    if (stale.kind().isInFlight() && stale.isFlushedInTime()) {
      return of(steps.before(deeds, "spend " + DRAIN).in(config), "a pause of " + DRAIN + where);
    }
    String flushPath = late(stale, rows);
    if (!flushPath.isEmpty() && !flushPath.equals(deedPath)) {
      ConfigObject waiting = steps.before(deeds, "wait " + GATE).in(config);
      Steps flushing = new Steps(waiting, flushPath);
      return of(
          flushing.behindLast(flushes(stale), "signal " + GATE).in(waiting),
          "a wait for the flush of " + flushPath + where);
    }
    boolean isForCpus = stale.cover().audience() == Audience.CPU;
    if (!isForCpus && !variant.scenario().kernel().policy().ownSteps()) {
      // A policy leaves the sec-inv steps of paths out, one that is added included.
      String policy = underTheLock(variant.scenario().kernel());
      return of(
          config.toConfig().withValue("kernel.policy", ConfigValueFactory.fromAnyRef(policy))
              .root(),
          "the policy " + policy);
    }
    String flush = isForCpus ? "cpu-flush " : "sec-inv ";
    String operand = flush + (isWithin(stale, rows) ? "range" : "all");
    return of(steps.before(deeds, operand).in(config), operand + where);
  }

  /** A policy that this kernel could have, and that flushes wherever rights are taken away. */
  private static String underTheLock(Scenario.Kernel kernel) throws Impossible {
    for (Policy policy : kernel.policies().values()) {
      if (policy.isJust(Policy.Point.UNDER_PTL)
          && policy.reasonAgainst(kernel.era()).isEmpty()) {
        return policy.name();
      }
    }
    throw new Impossible("era " + kernel.era() + " has no policy that flushes under the lock");
  }

  private static AddedEdge of(ConfigObject config, String text) {
    Problems problems = new Problems();
    Scenario scenario = new ScenarioReader(Settings.of(config, "", problems)).read();
    problems.throwIfAny();
    return new AddedEdge(scenario, text);
  }

  /** Whether it is known which invalidation to hold up, and for how long. */
  private static boolean isHeldUp(StaleUse stale) {
    return stale.cover().invalidation()
        .filter(sent -> sent.takenPs().isPresent())
        .filter(sent -> sent.takenPs().getAsLong() <= stale.entry().filledAtPs().orElse(-1))
        .isPresent();
  }

  private static AddedEdge heldUp(Variant variant, StaleUse stale) {
    StaleUse.Invalidation sent = stale.cover().invalidation().orElseThrow();
    long delayPs =
        stale.entry().filledAtPs().orElseThrow() - sent.takenPs().orElseThrow() + MARGIN_PS;
    String wire = sent.iommu() + " -> " + stale.entry().holder();
    return new AddedEdge(
        with(
            variant.scenario(),
            new TroubleSpec(
                wire, "InvalidateRequest", Optional.empty(), delayPs,
                Optional.of(sent.sentPs()), Optional.of(sent.sentPs() + 1))),
        "the invalidation (itag " + sent.itag() + ") held up by " + ns(delayPs));
  }

  private static AddedEdge readLater(Variant variant, StaleUse stale) throws Impossible {
    Config config = variant.config().toConfig();
    Config walker = walker(config, stale.entry().holder());
    boolean isMirror = walker.getString("type").equals("hmm-gpu");
    String wire =
        walker.getString("name") + (isMirror ? ".mirror" : "") + " -> "
            + walker.getString("process") + ".pt";
    Config latency = config.getConfig("wires.walk.latency");
    String bound = latency.hasPath("max") ? latency.getString("max") : latency.getString("min");
    long readPs = stale.entry().readAtPs().orElseThrow();
    long sentPs = Math.max(0, readPs - Scale.TIME.parse(bound) - WALK_PS);
    long overPs = Math.max(stale.free().atPs(), stale.entry().filledAtPs().orElse(0));
    long delayPs = overPs - readPs + MARGIN_PS;
    return new AddedEdge(
        with(
            variant.scenario(),
            new TroubleSpec(
                wire, "Walk", Optional.empty(), delayPs, Optional.of(sentPs),
                Optional.of(readPs))),
        "the walk held up by " + ns(delayPs) + ", until the bracket is over");
  }

  private static String ns(long ps) {
    return BigDecimal.valueOf(ps, 3).toPlainString() + " ns";
  }

  /** The part that walks the process's table for {@code holder}: for a vCPU its machine. */
  private static Config walker(Config config, String holder) throws Impossible {
    String name = holder.replaceFirst("\\..*$", "");
    for (Config part : config.getConfigList("machine.parts")) {
      if (part.getString("name").equals(name)) {
        if (part.hasPath("vm")) {
          return walker(config, part.getString("vm"));
        }
        if (part.hasPath("process")) {
          return part;
        }
      }
    }
    throw new Impossible("nobody knows whose walk that was");
  }

  /** The scenario with one more trouble, on any wire that the machine has. */
  private static Scenario with(Scenario scenario, TroubleSpec trouble) {
    List<TroubleSpec> all = new ArrayList<>(scenario.machine().trouble());
    all.add(trouble);
    return new Scenario(
        scenario.title(), scenario.question(), scenario.expect(), scenario.run(),
        scenario.machine().with(scenario.machine().wires(), all), scenario.kernel(),
        scenario.processes(), scenario.files(), scenario.work(), scenario.dma(),
        scenario.accesses(), scenario.servers());
  }

  /** Whether the page is among those that the deed's operation is about. */
  private static boolean isWithin(StaleUse stale, List<LedgerRow> rows) {
    return rows.stream().anyMatch(
        row -> row.operation() == stale.free().operation() && row.mm() == stale.entry().mm()
            && row.range().contains(stale.entry().page()));
  }

  /** The path whose flush covers the page and is over only after the deed; empty if none is. */
  private static String late(StaleUse stale, List<LedgerRow> rows) {
    if (!stale.isCovered()) {
      return "";
    }
    StaleUse.Flush flush = stale.cover().flush().orElseThrow();
    if (flush.operation() == stale.free().operation()
        || flush.endedPs().orElse(Long.MAX_VALUE) <= stale.free().atPs()) {
      return "";
    }
    return rows.stream()
        .filter(row -> row.operation() == flush.operation())
        .map(row -> path(row.kind()))
        .findFirst()
        .orElse("");
  }

  private static Set<String> flushes(StaleUse stale) {
    return stale.cover().audience() == Audience.CPU ? CPU_FLUSHES : SECONDARY_FLUSHES;
  }

  /** The path that an operation of that kind carries out; its variants are written in it. */
  private static String path(String kind) {
    return kind.equals(FAULT) ? KernelSetup.COW_BREAK : kind.replaceFirst("\\+.*$", "");
  }

  /** The steps of a path as they are written. */
  private static final class Steps {
    private final String key;
    private final List<String> lines;

    Steps(ConfigObject config, String path) throws Impossible {
      this.key = ConfigUtil.joinPath("paths", path, "steps");
      if (!config.toConfig().hasPath(key)) {
        throw new Impossible("'" + path + "' is no path of the scenario");
      }
      this.lines = new ArrayList<>(config.toConfig().getStringList(key));
    }

    /** Those of {@code wanted} that the path has. */
    List<String> present(Set<String> wanted) {
      return lines.stream().map(Steps::primitive).filter(wanted::contains).distinct().toList();
    }

    Steps before(Set<String> wanted, String step) throws Impossible {
      boolean found = false;
      for (int i = lines.size() - 1; i >= 0; i--) {
        if (wanted.contains(primitive(lines.get(i)))) {
          lines.add(i, when(lines.get(i)) + step);
          found = true;
        }
      }
      if (!found) {
        throw new Impossible("what " + key + " does there is no step of its own");
      }
      return this;
    }

    Steps behindLast(Set<String> wanted, String step) throws Impossible {
      for (int i = lines.size() - 1; i >= 0; i--) {
        if (wanted.contains(primitive(lines.get(i)))) {
          lines.add(i + 1, when(lines.get(i)) + step);
          return this;
        }
      }
      throw new Impossible("the flush of " + key + " is no step of its own");
    }

    ConfigObject in(ConfigObject config) {
      return config.toConfig()
          .withValue(key, ConfigValueFactory.fromIterable(lines))
          .root();
    }

    private static String when(String line) {
      return line.contains(": ") ? line.substring(0, line.indexOf(": ") + 2) : "";
    }

    private static String primitive(String line) {
      return line.substring(when(line).length()).trim().split("\\s+")[0];
    }
  }
}
