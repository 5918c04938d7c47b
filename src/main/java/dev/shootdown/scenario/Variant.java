package dev.shootdown.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import dev.shootdown.config.Origins;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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
  private static final String PARTS = "machine.parts";

  /** The run's identity, which names its result directory. */
  public String id(long seed) {
    return scenarioName + (name.isEmpty() ? "" : "-" + name) + "-" + hash8 + "-s" + seed;
  }

  /**
   * Where the pin of a part is written, as {@code file:line: path}; empty if it has none.
   *
   * @param relativeTo what file names are relative to
   */
  public Optional<String> whereIsPin(String part, Path relativeTo) {
    String tuned = ConfigUtil.joinPath("tune", part, "pin");
    Config all = config.toConfig();
    if (all.hasPath(tuned)) {
      return Optional.of(Origins.show(all.getValue(tuned).origin(), relativeTo) + ": " + tuned);
    }
    List<? extends ConfigObject> parts =
        all.hasPath(PARTS) ? all.getObjectList(PARTS) : List.of();
    for (int i = 0; i < parts.size(); i++) {
      ConfigValue pin = parts.get(i).get("pin");
      ConfigValue named = parts.get(i).get("name");
      if (pin != null && named != null && part.equals(named.unwrapped())) {
        String path = PARTS + "[" + i + "].pin";
        return Optional.of(Origins.show(pin.origin(), relativeTo) + ": " + path);
      }
    }
    return Optional.empty();
  }
}
