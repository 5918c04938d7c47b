package dev.shootdown.sweep;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import dev.shootdown.config.ConfigFiles;
import dev.shootdown.config.ConfigProblems;
import dev.shootdown.config.ParsedFiles;
import dev.shootdown.config.Problem;
import dev.shootdown.config.Problems;
import dev.shootdown.scenario.KnownPaths;
import dev.shootdown.scenario.Scenario;
import dev.shootdown.scenario.Scenarios;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Makes scenarios of points. May be used by several threads.
 *
 * <p>Files are parsed once, and what a point sets is laid over their configuration in memory. That
 * does not reach keys that refer to what is set, because references are resolved before. Axes that
 * others refer to are found by trying values both ways; what they set is told before references are
 * resolved, and resolved configurations are kept for points that agree in it.
 */
public final class PointLoader {
  private static final int CHECKED_PER_AXIS = 256;
  private static final int RESOLVED_KEPT = 32;
  private static final String COMMAND_LINE = "command line";

  private final SweepPlan plan;
  private final Spending spending;
  private final ParsedFiles files;
  private final ConfigObject commandLine;
  private final ConfigObject variant;
  private final Map<Level, ConfigObject> overlays = new IdentityHashMap<>();
  private final Map<String, ConfigObject> resolved =
      new LinkedHashMap<>(RESOLVED_KEPT, 1, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ConfigObject> eldest) {
          return size() > RESOLVED_KEPT;
        }
      };
  private final TreeSet<Integer> substituted = new TreeSet<>();
  private volatile Optional<KnownPaths> paths = Optional.empty();

  private PointLoader(SweepPlan plan, Spending spending) {
    this.plan = plan;
    this.spending = spending;
    SweepSource source = plan.source();
    Problems problems = new Problems(source.relativeTo());
    this.files =
        ParsedFiles.of(source.file(), source.site(), source.relativeTo(), problems);
    this.commandLine = overlay(source.overrides(), problems);
    this.variant = overlay(overrides(plan.variantSettings()), problems);
    for (Axis axis : plan.spec().axes()) {
      axis.levels().forEach(
          level -> overlays.put(level, overlay(overrides(level.settings()), problems)));
    }
    problems.throwIfAny();
  }

  /** A loader that nobody asks what it costs. */
  public static PointLoader of(SweepPlan plan) {
    return of(plan, new Spending(() -> 0));
  }

  /**
   * A loader that knows which axes others refer to.
   *
   * @param spending told what each point costs
   */
  public static PointLoader of(SweepPlan plan, Spending spending) {
    PointLoader loader = new PointLoader(plan, spending);
    for (int i = 0; i < plan.spec().axes().size(); i++) {
      List<Level> levels = plan.spec().axes().get(i).levels();
      // Of three values of a key at least two differ from what it is without the sweep.
      boolean simple = levels.get(0).settings().size() == 1;
      List<Level> tried = simple ? levels.subList(0, Math.min(3, levels.size())) : levels;
      if (setsParameters(levels) || tried.stream().anyMatch(loader::isSubstituted)) {
        loader.substituted.add(i);
      }
    }
    return loader;
  }

  /**
   * Checks each value of each axis in a point that has it; of an axis with very many values, some
   * hundreds from end to end.
   *
   * @throws ConfigProblems with every problem at once
   */
  public void checkValues() {
    TreeMap<Integer, Point> homes = new TreeMap<>();
    for (int i = 0; i < plan.spec().axes().size(); i++) {
      Map<Level, Point> firsts = new LinkedHashMap<>();
      for (Point point : plan.points()) {
        firsts.putIfAbsent(point.levels().get(i), point);
      }
      List<Point> of = new ArrayList<>(firsts.values());
      int tried = Math.min(of.size(), CHECKED_PER_AXIS);
      for (int k = 0; k < tried; k++) {
        Point home = of.get((int) ((long) k * (of.size() - 1) / Math.max(1, tried - 1)));
        homes.put(home.index(), home);
      }
    }
    loadAll(new ArrayList<>(homes.values()));
  }

  /**
   * Parameters take effect only where others refer to them. Trying doesn't always find that: a
   * level may set what they are without the sweep, and take back what another axis has set.
   */
  private static boolean setsParameters(List<Level> levels) {
    return levels.stream()
        .flatMap(level -> level.settings().keySet().stream())
        .anyMatch(path -> path.startsWith(AxisReader.LET));
  }

  /** Whether other keys follow what the level sets. */
  private boolean isSubstituted(Level level) {
    if (level.settings().isEmpty()) {
      return false;
    }
    ConfigObject told = resolved(level.settings());
    ConfigObject laidOver = overlays.get(level).withFallback(resolved(new TreeMap<>()));
    return !ConfigFiles.canonical(told).equals(ConfigFiles.canonical(laidOver));
  }

  /** The configuration as resolved after these keys were set; the last few are kept. */
  private ConfigObject resolved(SortedMap<String, String> told) {
    String key = told.toString();
    synchronized (resolved) {
      ConfigObject before = resolved.get(key);
      if (before != null) {
        return before;
      }
    }
    Problems problems = new Problems(plan.source().relativeTo());
    List<String> all = new ArrayList<>(plan.source().overrides());
    all.addAll(overrides(told));
    ConfigObject fresh =
        Scenarios.withAccesses(files.with(all, problems).withoutKey("variants"), problems);
    problems.throwIfAny();
    synchronized (resolved) {
      resolved.put(key, fresh);
    }
    return fresh;
  }

  /**
   * The scenarios of all these points, by the points' index.
   *
   * @throws ConfigProblems with every problem of every point
   */
  public SortedMap<Integer, Scenario> loadAll(List<Point> points) {
    Problems problems = new Problems(plan.source().relativeTo());
    SortedMap<Integer, Scenario> all = new TreeMap<>();
    for (Point point : inLoadingOrder(points)) {
      try {
        all.put(point.index(), load(point));
      } catch (ConfigProblems wrong) {
        wrong.problems()
            .forEach(problems::add);
      }
    }
    problems.throwIfAny();
    return all;
  }

  /** The points, those that share a resolved configuration one behind the other. */
  List<Point> inLoadingOrder(List<Point> points) {
    if (substituted.isEmpty()) {
      return points;
    }
    Map<String, List<Point>> byTold = new LinkedHashMap<>();
    for (Point point : points) {
      byTold.computeIfAbsent(told(point).toString(), key -> new ArrayList<>()).add(point);
    }
    return byTold.values().stream().flatMap(List::stream).toList();
  }

  /**
   * The scenario of a point.
   *
   * @throws ConfigProblems if it cannot be run
   */
  public Scenario load(Point point) {
    Problems problems = new Problems(plan.source().relativeTo());
    long markNs = spending.mark();
    try {
      ConfigObject config = config(point);
      Optional<KnownPaths> known = paths;
      Scenario scenario = Scenarios.of(config, known, problems);
      problems.throwIfAny();
      if (known.isEmpty()) {
        paths = Optional.of(KnownPaths.of(config, scenario));
      }
      return scenario;
    } catch (ConfigProblems wrong) {
      throw new ConfigProblems(wrong.problems().stream().map(each -> placed(each, point)).toList());
    } finally {
      spending.add(Spending.Phase.READING, 1, markNs);
    }
  }

  /** The point's effective configuration: the later axis, and the command line above all. */
  private ConfigObject config(Point point) {
    ConfigObject config = base(point);
    for (Level level : point.levels()) {
      config = overlays.get(level).withFallback(config);
    }
    return commandLine.withFallback(config);
  }

  /** What the settings of a point's levels are laid over; the same for equal {@link #baseKey}s. */
  ConfigObject base(Point point) {
    return variant.withFallback(resolved(told(point)));
  }

  String baseKey(Point point) {
    return told(point).toString();
  }

  /** What has to be told before references are resolved. */
  private SortedMap<String, String> told(Point point) {
    TreeMap<String, String> told = new TreeMap<>();
    substituted.forEach(axis -> told.putAll(point.levels().get(axis).settings()));
    return told;
  }

  private static ConfigObject overlay(List<String> overrides, Problems problems) {
    return ConfigFiles.override(ConfigFactory.empty().root(), overrides, problems);
  }

  private static List<String> overrides(SortedMap<String, String> settings) {
    List<String> overrides = new ArrayList<>();
    settings.forEach((path, value) -> overrides.add(path + "=" + value));
    return overrides;
  }

  /** What a point set is to be mended where the axis was written. */
  private Problem placed(Problem problem, Point point) {
    if (!problem.origin().equals(COMMAND_LINE)) {
      return problem;
    }
    for (int i = 0; i < plan.spec().axes().size(); i++) {
      Axis axis = plan.spec().axes().get(i);
      for (String path : point.levels().get(i).settings().keySet()) {
        if ((problem.path() + ".").startsWith(path + ".")
            || (path + ".").startsWith(problem.path() + ".")) {
          return problem.at(axis.origin());
        }
      }
    }
    return problem;
  }
}
