package dev.shootdown.config;

import com.typesafe.config.ConfigObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A scenario's files, read and parsed once, to be resolved under many sets of overrides. Parsing
 * the shipped defaults takes far longer than resolving them. May be used by several threads.
 */
public final class ParsedFiles {
  private final Path relativeTo;
  private final ConfigObject layers;

  private ParsedFiles(Path relativeTo, ConfigObject layers) {
    this.relativeTo = relativeTo;
    this.layers = layers;
  }

  /**
   * Parses; the arguments are those of {@link ConfigFiles#load}.
   *
   * @param problems receives whatever is wrong with the files' text
   */
  public static ParsedFiles of(
      Path scenario, Optional<Path> site, Path relativeTo, Problems problems) {
    Hocon hocon = new Hocon(relativeTo, problems);
    return new ParsedFiles(
        relativeTo,
        ConfigFiles.files(hocon, scenario, site, ConfigFiles.shipped(problems)));
  }

  /**
   * The effective configuration: what {@link ConfigFiles#load} gives for the same files.
   *
   * @param overrides {@code path=value} each, the value in HOCON; a later one wins
   */
  public ConfigObject with(List<String> overrides, Problems problems) {
    return ConfigFiles.resolved(new Hocon(relativeTo, problems), layers, overrides);
  }
}
