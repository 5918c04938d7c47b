package dev.shootdown.sweep;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import dev.shootdown.config.ConfigFiles;
import dev.shootdown.config.Problems;
import dev.shootdown.config.Settings;
import dev.shootdown.engine.Mix;
import dev.shootdown.scenario.Scenarios;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is to be swept: the scenario, its block {@code sweep}, and the points. */
public final class SweepPlan {
  /** What does not change a result, and so stays out of the identity. */
  private static final List<String> LEFT_OUT =
      List.of(
          "run.workers", "run.seed", "title", "question", "expect", "variants", "accesses.file",
          "accesses.content");
  /** For a file of accesses its digest stands, wherever it is seen from. */
  private static final List<String> OF_A_FILE = List.of("accesses.file", "accesses.content");

  private final SweepSource source;
  private final ConfigObject config;
  private final SortedMap<String, String> variantSettings;
  private final SweepSpec spec;
  private final List<Point> points;
  private final long seed;
  private final String hash8;

  private SweepPlan(SweepSource source, Problems problems, boolean mayBeStill) {
    this.source = source;
    ConfigObject whole =
        Scenarios.withAccesses(
            ConfigFiles.load(
                source.file(), source.site(), source.overrides(), source.relativeTo(), problems),
            problems);
    problems.throwIfAny();
    source.variant().ifPresent(
        name ->
            // Refuses a variant that isn't there or cannot be run, with the places in its file.
            Scenarios.load(
                source.file(), source.variant(), source.site(), source.overrides(),
                source.relativeTo()));
    ConfigObject overlay = overlay(whole);
    this.variantSettings = Texts.leaves(overlay.withoutKey("sweep"));
    // The command line stands above everything, variants included.
    this.config =
        Scenarios.withAccesses(
            ConfigFiles.override(overlay.withFallback(whole), source.overrides(), problems),
            problems);
    this.seed =
        Settings.of(config, "", problems).child("run")
            .wholeNumber("seed", Long.MIN_VALUE, Long.MAX_VALUE);
    ConfigObject block = config.toConfig().getObject("sweep");
    ConfigValue variants = source.variant().isPresent() ? null : whole.get("variants");
    this.spec =
        new SweepReader(Settings.of(block, "sweep", problems), variants, seed)
            .read(source.axes(), mayBeStill);
    refuseContradictions(problems);
    problems.throwIfAny();
    this.points = expand(problems);
    this.hash8 = ConfigFiles.hash8(identity(), LEFT_OUT);
  }

  /**
   * Reads a sweep and expands it; nothing of it has been tried on the machine yet.
   *
   * @throws dev.shootdown.config.ConfigProblems with every problem at once
   */
  public static SweepPlan load(SweepSource source) {
    return new SweepPlan(source, new Problems(source.relativeTo()), false);
  }

  /**
   * Reads what a scenario says of its sweep, which may be nothing, as axes may be given later.
   *
   * @return how many points it has; 1 if nothing is varied
   * @throws dev.shootdown.config.ConfigProblems with every problem at once
   */
  public static int check(SweepSource source) {
    return new SweepPlan(source, new Problems(source.relativeTo()), true).points().size();
  }

  private ConfigObject overlay(ConfigObject whole) {
    return source.variant().isPresent()
            && whole.get("variants") instanceof ConfigObject all
            && all.get(source.variant().get()) instanceof ConfigObject named
        ? named
        : ConfigValueFactory.fromMap(Map.of());
  }

  /** {@code -D} stands above everything, so it would silently make an axis have no effect. */
  private void refuseContradictions(Problems problems) {
    for (String override : source.overrides()) {
      String path = Texts.path(override.replaceFirst("=.*", "").strip()).orElse("");
      for (Axis axis : spec.axes()) {
        boolean sets =
            axis.levels().stream().flatMap(level -> level.settings().keySet().stream())
                .anyMatch(key -> (key + ".").startsWith(path + ".")
                    || (path + ".").startsWith(key + "."));
        if (sets && !path.isEmpty()) {
          problems.addAt(
              "command line", path,
              "is varied by the axis '" + axis.name() + "', so -D cannot set it; write --axis "
                  + axis.name() + "=VALUE");
        }
      }
    }
  }

  private List<Point> expand(Problems problems) {
    List<Point> expanded = new ArrayList<>();
    Expansion.of(spec).ifPresentOrElse(
        expanded::addAll,
        () ->
            problems.add(
                origin("sweep.axes"), "sweep.axes",
                "there are more than " + Expansion.COMBINATIONS_MAX + " combinations"));
    if (expanded.isEmpty()) {
      problems.add(
          origin("sweep.where"), "sweep.where",
          "with sweep.exclude drops every combination, so there is no point");
    }
    problems.throwIfAny();
    return List.copyOf(expanded);
  }

  private ConfigOrigin origin(String path) {
    return config.toConfig().getValue(path).origin();
  }

  /**
   * The configuration with what the sweep says about points and figures in it. How often points are
   * run stays out: more repetitions belong to the same sweep.
   */
  private ConfigObject identity() {
    List<String> axes = new ArrayList<>();
    for (Axis axis : spec.axes()) {
      axes.add(axis.name() + (axis.sampled() ? " sampled" : ""));
      for (Level level : axis.levels()) {
        SortedMap<String, String> settings = new TreeMap<>(level.settings());
        settings.keySet().removeAll(OF_A_FILE);
        axes.add(level.label() + " " + settings);
      }
    }
    Map<String, Object> sweep = new TreeMap<>();
    sweep.put("axes", axes);
    sweep.put("zip", spec.zips().toString());
    sweep.put("filter", spec.filter().texts());
    sweep.put("seeds", spec.repeats().seeds().name());
    sweep.put("window", spec.window().toString());
    sweep.put("let", Texts.leaves(config.toConfig().getObject("sweep.let")).toString());
    return config.withoutKey("sweep").withValue("sweep", ConfigValueFactory.fromMap(sweep));
  }

  public SweepSource source() {
    return source;
  }

  public SweepSpec spec() {
    return spec;
  }

  /** All points, in nesting order. */
  public List<Point> points() {
    return points;
  }

  /** The effective configuration that points differ from. */
  public ConfigObject config() {
    return config;
  }

  /** The scenario's title. */
  public String title() {
    return config.toConfig().getString("title");
  }

  /** What the scenario asks; may be empty. */
  public String question() {
    return config.toConfig().getString("question");
  }

  /** The seed that all others derive from. */
  public long seed() {
    return seed;
  }

  /** What the named variant sets, by path. */
  SortedMap<String, String> variantSettings() {
    return variantSettings;
  }

  /** The seed of a run. */
  public long seedOf(Point point, int repetition) {
    return spec.repeats().seeds() == Repeats.Seeds.PER_REPETITION
        ? seed + repetition
        : Mix.text(seed, point.id() + "/" + repetition) >>> 1;
  }

  /** The sweep's identity, which names its directory. */
  public String id() {
    return source.scenarioName() + source.variant().map(name -> "-" + name).orElse("") + "-sweep-"
        + hash8 + "-s" + seed;
  }

  /** The arguments of {@code run} that show one run alone: the variant, if any, and settings. */
  public List<String> arguments(Point point, int repetition) {
    List<String> arguments = new ArrayList<>();
    Map<String, String> settings = new LinkedHashMap<>(point.settings());
    String variant = source.variant().orElse("");
    int axis = Axes.indexOf(spec.axes(), AxisReader.VARIANT);
    if (axis >= 0) {
      variant = point.levels().get(axis).label();
      point.levels().get(axis).settings().keySet().forEach(settings::remove);
    }
    arguments.add(variant);
    source.overrides().stream()
        .filter(text -> !text.startsWith("run.seed"))
        .filter(text -> !text.startsWith("sweep.") || text.startsWith(AxisReader.LET))
        .forEach(arguments::add);
    if (variant.isEmpty() && config.get("variants") instanceof ConfigObject all
        && !all.isEmpty()) {
      arguments.add("variants=null"); // a sweep without one is of the scenario itself
    }
    settings.forEach((path, value) -> arguments.add(path + "=" + value));
    arguments.add("run.seed=" + seedOf(point, repetition));
    return arguments;
  }
}
