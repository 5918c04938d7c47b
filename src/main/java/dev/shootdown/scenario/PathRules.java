package dev.shootdown.scenario;

import dev.shootdown.kernel.mm.Path;
import dev.shootdown.kernel.mm.PathCheck;
import dev.shootdown.kernel.mm.PathStep;
import dev.shootdown.kernel.notifier.Architecture;
import dev.shootdown.kernel.notifier.Era;
import java.util.List;
import java.util.Optional;

/** Holds a path to the rules of {@link PathCheck} in every kernel that has it. */
final class PathRules {
  private PathRules() {}

  /** What is wrong with the path in one of the kernels, if anything is. */
  static Optional<String> check(Path path) {
    return fault(path).map(PathCheck.Fault::message);
  }

  /** The same with the step, which is one of {@link Path#steps()}. */
  static Optional<PathCheck.Fault> fault(Path path) {
    for (String variant : path.variants()) {
      List<PathStep> before = null;
      for (Era era : Era.values()) {
        for (Architecture architecture : Architecture.values()) {
          List<PathStep> steps = path.in(era, architecture, variant);
          if (!steps.equals(before)) {
            before = steps;
            Optional<PathCheck.Fault> wrong = PathCheck.fault(steps);
            if (wrong.isPresent()) {
              String where = where(era, architecture, variant);
              return wrong.map(
                  fault -> new PathCheck.Fault(fault.message() + where, fault.step()));
            }
          }
        }
      }
    }
    return Optional.empty();
  }

  private static String where(Era era, Architecture architecture, String variant) {
    String plain = variant.equals(Path.PLAIN) ? "" : ", variant " + variant;
    return " (era " + era + ", " + architecture.text() + plain + ")";
  }
}
