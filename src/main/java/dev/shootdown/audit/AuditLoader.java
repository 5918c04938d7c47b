package dev.shootdown.audit;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import dev.shootdown.config.ConfigFiles;
import dev.shootdown.config.ConfigProblems;
import dev.shootdown.config.Origins;
import dev.shootdown.config.Problem;
import dev.shootdown.config.Problems;
import dev.shootdown.config.Settings;
import dev.shootdown.kernel.notifier.Architecture;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.scenario.Scenario;
import dev.shootdown.scenario.Scenarios;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Loads what can be audited: what ships, and the user's own file on top. */
public final class AuditLoader {
  /** A shipped machine; every cell replaces its parts. */
  static final String PROFILE = "two-socket-ats";

  private static final String SHIPPED = "audit.conf";
  private static final String KEY = "audit";
  private static final String ROOT = "shootdown";
  private static final String COMMAND_LINE = "command line";

  private AuditLoader() {}

  /**
   * Loads it.
   *
   * @param file the user's rows, columns, consumers and paths
   * @param site the user's own defaults
   * @param overrides {@code path=value}
   * @param relativeTo what file names in messages are relative to
   * @throws ConfigProblems with every problem at once
   */
  public static AuditSpec load(
      Optional<Path> file, Optional<Path> site, List<String> overrides, Path relativeTo) {
    Problems problems = new Problems(relativeTo);
    ConfigObject reference = ConfigFiles.reference(problems);
    ConfigObject whole = ConfigFiles.profile(SHIPPED, List.of(), problems);
    if (file.isPresent()) {
      whole =
          ConfigFiles.load(file.get(), site, List.of(), relativeTo, problems)
              .withFallback(whole);
    } else if (site.isPresent()) {
      ConfigObject ofSite =
          ConfigFiles.load(site.get(), Optional.empty(), List.of(), relativeTo, problems);
      whole =
          ofSite.get(ROOT) instanceof ConfigObject own ? own.withFallback(whole) : whole;
    }
    problems.throwIfAny();
    whole = ConfigFiles.override(whole, overrides, problems);
    problems.throwIfAny();
    ConfigObject common = Overlays.difference(whole.withoutKey(KEY), reference);
    return read(whole, common, problems, overrides);
  }

  private static AuditSpec read(
      ConfigObject whole, ConfigObject common, Problems problems, List<String> overrides) {
    Scenario.Kernel kernel = kernel(common, problems);
    Map<String, dev.shootdown.kernel.mm.Path> paths = kernel.paths();
    Settings at = Settings.of(whole, "", problems).child(KEY);
    AuditReader reader = new AuditReader(paths, kernel.policies());
    List<Row> rows = reader.rows(at.child("rows"));
    List<Column> columns = reader.columns(at.child("columns"));
    List<Consumer> consumers = reader.consumers(at.child("consumers"));
    ScheduleSpec schedules = at.child("schedules").bind(ScheduleSpec.class);
    ConfigObject base = AuditReader.object(at, "base");
    List.of("threads", "dma-device").forEach(at::ignore);
    at.finish();
    problems.throwIfAny();
    List<String> cells =
        overrides.stream().filter(each -> !each.strip().startsWith(KEY + ".")).toList();
    String hash8 =
        ConfigFiles.hash8(
            whole, List.of("run.workers", "run.seed", "title", "question", "expect",
                "audit.schedules.budget"));
    return new AuditSpec(
        rows, columns, consumers, schedules, common, base, cells,
        List.copyOf(kernel.policies().keySet()), steps(paths), hash8);
  }

  /** All paths and policies, the user's own among them, held to their rules. */
  private static Scenario.Kernel kernel(ConfigObject common, Problems problems) {
    ConfigObject own = Overlays.empty();
    for (String key : List.of("paths", "policies")) {
      own = common.containsKey(key) ? own.withValue(key, common.get(key)) : own;
    }
    List<String> assignments = new ArrayList<>(Overlays.assignments(own));
    assignments.add("processes=[{name=app}]");
    try {
      return Scenarios.profile(PROFILE, assignments).kernel();
    } catch (ConfigProblems wrong) {
      placed(wrong, common, problems);
      throw new ConfigProblems(problems.list());
    }
  }

  /** Adds problems of an overlay where it was written. */
  static void placed(ConfigProblems wrong, ConfigObject overlay, Problems problems) {
    for (Problem problem : wrong.problems()) {
      ConfigOrigin origin = Overlays.origin(overlay, problem.path());
      if (problem.origin().equals(COMMAND_LINE) && origin.lineNumber() > 0) {
        problems.add(problem.at(problems.shown(origin)));
      } else {
        problems.add(problem);
      }
    }
  }

  /** Where something was written, for a person. */
  static String shown(ConfigOrigin origin) {
    return Origins.show(origin);
  }

  private static AuditSpec.Steps steps(Map<String, dev.shootdown.kernel.mm.Path> paths) {
    Map<String, Integer> steps = new TreeMap<>();
    for (dev.shootdown.kernel.mm.Path path : paths.values()) {
      for (String variant : path.variants()) {
        boolean plain = variant.equals(dev.shootdown.kernel.mm.Path.PLAIN);
        String name = plain ? path.name() : path.name() + "+" + variant;
        for (Era era : Era.values()) {
          for (Architecture arch : Architecture.values()) {
            steps.put(
                AuditSpec.Steps.key(name, era, arch.text()),
                path.in(era, arch, variant).size());
          }
        }
      }
    }
    return new AuditSpec.Steps(steps);
  }
}
