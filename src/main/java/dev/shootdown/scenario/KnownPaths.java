package dev.shootdown.scenario;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.shootdown.kernel.mm.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Kernel paths that were read and found right, so that the points of a sweep, which mostly have the
 * same ones, don't read them again: they are the longest part of a configuration.
 *
 * @param from the block {@code paths}, recognised by its identity
 * @param byName as read
 */
public record KnownPaths(ConfigValue from, Map<String, Path> byName) {
  /** Those of a scenario that was read without problems. */
  public static KnownPaths of(ConfigObject config, Scenario scenario) {
    return new KnownPaths(config.get("paths"), scenario.kernel().paths());
  }

  /** The paths, if {@code block} is what they were read from. */
  Optional<Map<String, Path>> in(ConfigObject block) {
    return from == block ? Optional.of(byName) : Optional.empty();
  }
}
