package dev.shootdown.scenario;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import dev.shootdown.config.ConfigFiles;
import dev.shootdown.config.Problems;
import dev.shootdown.config.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Loads scenario files. */
public final class Scenarios {
  /** What does not change a result, and so stays out of the configuration's hash. */
  private static final List<String> LEFT_OUT =
      List.of("run.workers", "run.seed", "title", "question", "expect", "sweep", "museum");

  private Scenarios() {}

  /**
   * Loads a scenario file with all its variants.
   *
   * @param variant only this one; all if empty
   * @param site the user's own defaults
   * @param overrides {@code path=value}
   * @param relativeTo what file names in messages are relative to
   * @throws dev.shootdown.config.ConfigProblems with every problem at once
   */
  public static List<Variant> load(
      Path file, Optional<String> variant, Optional<Path> site, List<String> overrides,
      Path relativeTo) {
    Problems problems = new Problems(relativeTo);
    ConfigObject whole = ConfigFiles.load(file, site, overrides, relativeTo, problems);
    problems.throwIfAny();
    ConfigValue overlays = whole.get("variants");
    refuseNoObjects(overlays, problems);
    ConfigObject base = whole.withoutKey("variants");
    List<Variant> loaded = new ArrayList<>();
    String fileName = file.getFileName().toString().replaceFirst("\\.conf$", "");
    if (!(overlays instanceof ConfigObject byName) || byName.isEmpty()) {
      variant.ifPresent(
          name ->
              problems.add(
                  whole.origin(), "variants", "there is no variant '" + name + "', nor any other"));
      loaded.add(read(fileName, "", base, problems));
    } else {
      TreeSet<String> names = new TreeSet<>(byName.keySet());
      if (variant.isPresent() && !names.contains(variant.get())) {
        problems.add(
            overlays.origin(), "variants",
            "there is no variant '" + variant.get() + "'; there are " + names);
      }
      for (String name : names) {
        if (variant.isEmpty() || variant.get().equals(name)) {
          ConfigObject overlay = (ConfigObject) byName.get(name);
          // The command line stands above everything, variants included.
          ConfigObject config =
              ConfigFiles.override(overlay.withFallback(base), overrides, problems);
          loaded.add(read(fileName, name, config, problems));
        }
      }
    }
    problems.throwIfAny();
    return loaded;
  }

  private static void refuseNoObjects(ConfigValue overlays, Problems problems) {
    if (overlays instanceof ConfigObject byName) {
      for (String name : new TreeSet<>(byName.keySet())) {
        if (!(byName.get(name) instanceof ConfigObject)) {
          problems.add(
              byName.get(name).origin(), "variants." + name,
              "must be an object { ... } of what differs");
        }
      }
    } else if (overlays != null && overlays.valueType() != ConfigValueType.NULL) {
      problems.add(overlays.origin(), "variants", "must be an object { ... } of variants");
    }
    problems.throwIfAny();
  }

  /**
   * A machine profile that ships, as a scenario without work.
   *
   * @param name such as {@code guest-2vcpu}
   * @throws dev.shootdown.config.ConfigProblems with every problem at once
   */
  public static Scenario profile(String name, List<String> overrides) {
    return variantOf(name, overrides).scenario();
  }

  /** The same with its configuration, so that something can be added to it. */
  public static Variant variantOf(String name, List<String> overrides) {
    Problems problems = new Problems();
    ConfigObject config =
        ConfigFiles.profile("profiles/" + name + ".conf", overrides, problems);
    problems.throwIfAny();
    Variant variant = read(name, "", config, problems);
    problems.throwIfAny();
    return variant;
  }

  /**
   * A scenario of a configuration that is in memory already, such as a point of a sweep.
   *
   * @param config resolved, a variant's overlay applied
   * @param paths kernel paths that were read before, and what they were read from: they are taken
   *     over if this configuration has the very same ones
   * @param problems receives whatever is wrong; what is returned is then not fit to be run
   */
  public static Scenario of(
      ConfigObject config, Optional<KnownPaths> paths, Problems problems) {
    return new ScenarioReader(Settings.of(config, "", problems), paths).read();
  }

  private static Variant read(
      String fileName, String name, ConfigObject config, Problems problems) {
    Settings settings = Settings.of(config, "", problems);
    Scenario scenario = new ScenarioReader(settings).read();
    return new Variant(fileName, name, config, scenario, ConfigFiles.hash8(config, LEFT_OUT));
  }
}
