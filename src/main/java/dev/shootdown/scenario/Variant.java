package dev.shootdown.scenario;

import com.typesafe.config.ConfigObject;

/**
 * One runnable reading of a scenario file.
 *
 * @param scenarioName the file's name without its ending
 * @param name the variant's name, empty for a scenario without variants
 * @param config the effective configuration
 * @param hash8 the first eight hex digits of its hash
 */
public record Variant(
    String scenarioName, String name, ConfigObject config, Scenario scenario, String hash8) {
  /** The run's identity, which names its result directory. */
  public String id(long seed) {
    return scenarioName + (name.isEmpty() ? "" : "-" + name) + "-" + hash8 + "-s" + seed;
  }
}
