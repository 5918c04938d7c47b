package dev.shootdown.scenario;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
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
      List.of(
          "run.workers", "run.seed", "title", "question", "expect", "sweep", "museum",
          AccessFile.KEY + "." + AccessFile.NAME, AccessFile.KEY + "." + AccessFile.CONTENT);

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
    refuseBadOverlays(overlays, problems);
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

  private static void refuseBadOverlays(ConfigValue overlays, Problems problems) {
    if (overlays instanceof ConfigObject byName) {
      for (String name : new TreeSet<>(byName.keySet())) {
        refuseBadOverlay(name, byName.get(name), problems);
      }
    } else if (overlays != null && overlays.valueType() != ConfigValueType.NULL) {
      problems.add(overlays.origin(), "variants", "must be an object { ... } of variants");
    }
    problems.throwIfAny();
  }

  /** A variant's name is part of a file's name. */
  private static void refuseBadOverlay(String name, ConfigValue overlay, Problems problems) {
    String path = ConfigUtil.joinPath("variants", name);
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,31}")) {
      problems.add(
          overlay.origin(), path,
          "is no name of a variant; write a letter or digit and up to 31 of A-Z, a-z, 0-9, ., _,"
              + " -");
    }
    if (!(overlay instanceof ConfigObject object)) {
      problems.add(overlay.origin(), path, "must be an object { ... } of what differs");
    } else if (object.containsKey("variants")) {
      problems.add(
          object.get("variants").origin(), path + ".variants",
          "a variant has none of its own; write them side by side");
    }
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
    ConfigObject whole = withAccesses(config, problems);
    return new ScenarioReader(Settings.of(whole, "", problems), paths).read();
  }

  /**
   * A configuration with the texts of the files of accesses that it and its variants name: from
   * then on it can be read where those files aren't. What holds a text already stays as it is.
   *
   * @param problems receives whatever is wrong, and knows what file names are relative to
   */
  public static ConfigObject withAccesses(ConfigObject config, Problems problems) {
    ConfigObject whole = AccessFile.taken(config, problems);
    if (whole.get("variants") instanceof ConfigObject variants) {
      ConfigObject taken = variants;
      for (String name : new TreeSet<>(variants.keySet())) {
        if (variants.get(name) instanceof ConfigObject overlay) {
          taken = taken.withValue(name, AccessFile.taken(overlay, problems));
        }
      }
      whole = whole.withValue("variants", taken);
    }
    return whole;
  }

  /**
   * How long the files of accesses are that a configuration and its variants hold, packed.
   *
   * @param config as {@link #withAccesses} gives it
   */
  public static long accessesLength(ConfigObject config) {
    long length = AccessFile.length(config);
    if (config.get("variants") instanceof ConfigObject variants) {
      for (ConfigValue overlay : variants.values()) {
        length += overlay instanceof ConfigObject object ? AccessFile.length(object) : 0;
      }
    }
    return length;
  }

  private static Variant read(
      String fileName, String name, ConfigObject named, Problems problems) {
    ConfigObject config = withAccesses(named, problems);
    Settings settings = Settings.of(config, "", problems);
    Scenario scenario = new ScenarioReader(settings).read();
    return new Variant(fileName, name, config, scenario, ConfigFiles.hash8(config, LEFT_OUT));
  }
}
