package dev.shootdown.sweep;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where a sweep comes from.
 *
 * @param file the scenario
 * @param variant the variant to sweep; the scenario without any overlay if empty
 * @param site the user's own defaults
 * @param overrides {@code path=value}
 * @param axes {@code name=value,value}, in place of the axes of that name or behind them
 * @param relativeTo what file names in messages are relative to
 */
public record SweepSource(
    Path file, Optional<String> variant, Optional<Path> site, List<String> overrides,
    List<String> axes, Path relativeTo) {
  public SweepSource {
    overrides = List.copyOf(overrides);
    axes = List.copyOf(axes);
  }

  /** The scenario's name: that of its file without the ending. */
  String scenarioName() {
    return file.getFileName().toString().replaceFirst("\\.conf$", "");
  }
}
