package dev.shootdown.sweep;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import dev.shootdown.config.ConfigFiles;
import dev.shootdown.config.ConfigProblems;
import dev.shootdown.config.Problem;
import dev.shootdown.config.Problems;
import dev.shootdown.scenario.Scenario;
import dev.shootdown.scenario.Scenarios;
import dev.shootdown.scenario.Variant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Makes scenarios of points.
 *
 * <p>Reading the files takes longer than a small run. So points are loaded as variants of the
 * scenario, some at a time, and the files are read once for all of them. That is not possible for a
 * key that others refer to by substitution, because a variant comes after those. Such axes are
 * found by trying values both ways. What they set is told when the files are read, and points are
 * loaded together only as far as they agree in it.
 */
public final class PointLoader {
  /** Points that are loaded at a time; more makes the text that each is parsed from too long. */
  static final int BATCH = 16;

  private static final int CHECKED_PER_AXIS = 256;
  private static final String COMMAND_LINE = "command line";

  private final SweepPlan plan;
  private final TreeSet<Integer> substituted = new TreeSet<>();

  private PointLoader(SweepPlan plan) {
    this.plan = plan;
  }

  /** A loader that knows which axes others refer to. */
  public static PointLoader of(SweepPlan plan) {
    PointLoader loader = new PointLoader(plan);
    for (int i = 0; i < plan.spec().axes().size(); i++) {
      List<Level> levels = plan.spec().axes().get(i).levels();
      // Of three values of a key at least two differ from what it is without the sweep.
      boolean simple = levels.get(0).settings().size() == 1;
      List<Level> tried = simple ? levels.subList(0, Math.min(3, levels.size())) : levels;
      if (tried.stream().anyMatch(loader::isSubstituted)) {
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

  /** Whether other keys follow what the level sets. */
  private boolean isSubstituted(Level level) {
    if (level.settings().isEmpty()) {
      return false;
    }
    List<String> overrides = overrides(level.settings());
    ConfigObject before = loaded(with(overrides));
    ConfigObject after =
        ConfigFiles.override(loaded(plan.source().overrides()), overrides, new Problems());
    return !ConfigFiles.canonical(before).equals(ConfigFiles.canonical(after));
  }

  private ConfigObject loaded(List<String> overrides) {
    SweepSource source = plan.source();
    return ConfigFiles.load(
        source.file(), source.site(), overrides, source.relativeTo(), new Problems());
  }

  private void check(Point point, Problems problems) {
    try {
      load(List.of(point));
    } catch (ConfigProblems wrong) {
      wrong.problems().forEach(each -> problems.addAt(each.origin(), each.path(), each.message()));
    }
  }

  /**
   * The scenarios of all these points, by the points' index.
   *
   * @throws ConfigProblems with every problem of every point
   */
  public SortedMap<Integer, Scenario> loadAll(List<Point> points) {
    Problems problems = new Problems(plan.source().relativeTo());
    SortedMap<Integer, Scenario> all = new TreeMap<>();
    for (List<Point> batch : batches(points)) {
      try {
        all.putAll(load(batch));
      } catch (ConfigProblems some) {
        batch.forEach(point -> check(point, problems));
      }
    }
    problems.throwIfAny();
    return all;
  }

  /** Cuts points into lists that can be loaded at once, keeping their order. */
  List<List<Point>> batches(List<Point> points) {
    TreeMap<String, List<Point>> byTold = new TreeMap<>();
    for (Point point : points) {
      byTold.computeIfAbsent(told(point).toString(), key -> new ArrayList<>()).add(point);
    }
    List<List<Point>> batches = new ArrayList<>();
    for (List<Point> group : byTold.values()) {
      for (int from = 0; from < group.size(); from += BATCH) {
        batches.add(List.copyOf(group.subList(from, Math.min(from + BATCH, group.size()))));
      }
    }
    batches.sort((a, b) -> Integer.compare(a.get(0).index(), b.get(0).index()));
    return batches;
  }

  /**
   * The scenarios of the points of one batch, by the points' index.
   *
   * @throws ConfigProblems if one of them cannot be run
   */
  SortedMap<Integer, Scenario> load(List<Point> batch) {
    SweepSource source = plan.source();
    List<String> overrides = with(overrides(told(batch.get(0))));
    overrides.add("variants=null");
    overrides.add("variants=" + asVariants(batch));
    List<Variant> variants;
    try {
      variants =
          Scenarios.load(
              source.file(), Optional.empty(), source.site(), overrides, source.relativeTo());
    } catch (ConfigProblems wrong) {
      throw new ConfigProblems(wrong.problems().stream().map(each -> placed(each, batch)).toList());
    }
    SortedMap<Integer, Scenario> scenarios = new TreeMap<>();
    for (Variant variant : variants) {
      scenarios.put(Integer.parseInt(variant.name().substring(1)), variant.scenario());
    }
    return scenarios;
  }

  private String asVariants(List<Point> batch) {
    StringBuilder text = new StringBuilder("{");
    for (Point point : batch) {
      TreeMap<String, String> settings = new TreeMap<>(plan.variantSettings());
      settings.putAll(point.settings());
      text.append(ConfigUtil.quoteString(point.id())).append("{");
      settings.forEach((path, value) -> text.append(path).append('=').append(value).append(','));
      text.append("},");
    }
    return text.append("}").toString();
  }

  /** What has to be told when the files are read. */
  private SortedMap<String, String> told(Point point) {
    TreeMap<String, String> told = new TreeMap<>();
    substituted.forEach(axis -> told.putAll(point.levels().get(axis).settings()));
    return told;
  }

  private List<String> with(List<String> more) {
    List<String> all = new ArrayList<>(plan.source().overrides());
    all.addAll(more);
    return all;
  }

  private static List<String> overrides(SortedMap<String, String> settings) {
    List<String> overrides = new ArrayList<>();
    settings.forEach((path, value) -> overrides.add(path + "=" + value));
    return overrides;
  }

  /** What a point set is to be mended where the axis was written. */
  private Problem placed(Problem problem, List<Point> batch) {
    if (!problem.origin().equals(COMMAND_LINE)) {
      return problem;
    }
    for (int i = 0; i < plan.spec().axes().size(); i++) {
      Axis axis = plan.spec().axes().get(i);
      for (String path : batch.get(0).levels().get(i).settings().keySet()) {
        if ((problem.path() + ".").startsWith(path + ".")
            || (path + ".").startsWith(problem.path() + ".")) {
          return new Problem(axis.origin(), problem.path(), problem.message());
        }
      }
    }
    return problem;
  }
}
