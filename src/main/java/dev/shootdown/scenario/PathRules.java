package dev.shootdown.scenario;

import dev.shootdown.kernel.mm.PathStep;
import dev.shootdown.kernel.mm.PathStep.Primitive;
import dev.shootdown.kernel.notifier.Era;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a path must not do: give back what it never took, or end with something still taken. */
final class PathRules {
  private static final Map<Primitive, Primitive> PAIRS = new EnumMap<>(Primitive.class);

  static {
    PAIRS.put(Primitive.MMAP_W_LOCK, Primitive.MMAP_W_UNLOCK);
    PAIRS.put(Primitive.MMAP_R_LOCK, Primitive.MMAP_R_UNLOCK);
    PAIRS.put(Primitive.RMAP_LOCK, Primitive.RMAP_UNLOCK);
    PAIRS.put(Primitive.GATHER_BEGIN, Primitive.GATHER_END);
    PAIRS.put(Primitive.N_START, Primitive.N_END);
    PAIRS.put(Primitive.FOR_GROUP, Primitive.END_GROUP);
  }

  private PathRules() {}

  /** What is wrong with the steps in one of the eras, if anything is. */
  static Optional<String> check(List<PathStep> steps) {
    for (Era era : Era.values()) {
      List<PathStep> own =
          steps.stream().filter(s -> s.era().isEmpty() || s.era().get() == era).toList();
      for (Map.Entry<Primitive, Primitive> pair : PAIRS.entrySet()) {
        Optional<String> wrong = pair(own, pair.getKey(), pair.getValue());
        if (wrong.isPresent()) {
          return wrong.map(text -> text + " (era " + era + ")");
        }
      }
      Optional<String> table = pageTableLock(own);
      if (table.isPresent()) {
        return table.map(text -> text + " (era " + era + ")");
      }
    }
    return Optional.empty();
  }

  private static Optional<String> pair(List<PathStep> steps, Primitive take, Primitive give) {
    boolean taken = false;
    for (PathStep step : steps) {
      if (step.primitive() == take) {
        if (taken) {
          return Optional.of("'" + take.text() + "' comes twice without '" + give.text() + "'");
        }
        taken = true;
      } else if (step.primitive() == give) {
        if (!taken) {
          return Optional.of("'" + give.text() + "' comes without '" + take.text() + "' before it");
        }
        taken = false;
      }
    }
    return taken
        ? Optional.of("'" + take.text() + "' is never followed by '" + give.text() + "'")
        : Optional.empty();
  }

  private static Optional<String> pageTableLock(List<PathStep> steps) {
    boolean held = false;
    for (PathStep step : steps) {
      if (step.argument().equals("keep-lock")) {
        held = true;
      } else if (step.primitive() == Primitive.PTL_UNLOCK) {
        if (!held) {
          return Optional.of("'ptl-unlock' comes without a step that keeps the lock before it");
        }
        held = false;
      }
    }
    return held
        ? Optional.of("a step keeps the page-table lock, but 'ptl-unlock' never follows")
        : Optional.empty();
  }
}
