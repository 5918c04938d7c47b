package dev.shootdown.scenario;

import dev.shootdown.config.Problems;
import dev.shootdown.config.Settings;
import dev.shootdown.kernel.mm.PathStep;
import java.util.ArrayList;
import java.util.List;

/** The steps of a path as a configuration has them: a line each. */
public final class PathLines {
  private PathLines() {}

  /** The steps in their order; one that can't be read is left out and told to {@code problems}. */
  public static List<PathStep> steps(List<Settings.Item> lines, Problems problems) {
    List<PathStep> steps = new ArrayList<>();
    for (Settings.Item line : lines) {
      try {
        steps.add(PathStep.parse(line.text()));
      } catch (IllegalArgumentException wrong) {
        problems.add(line.origin(), line.path(), wrong.getMessage());
      }
    }
    return steps;
  }
}
