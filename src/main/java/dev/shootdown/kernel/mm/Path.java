package dev.shootdown.kernel.mm;

import dev.shootdown.kernel.notifier.Era;
import java.util.List;

/**
 * A kernel path as data: what a system call or the reverse map does to a range, step by step.
 *
 * @param name the name that scenarios use, such as {@code munmap}
 * @param title one line for a person
 * @param site the call site's number, such as {@code C1}
 * @param steps all steps of all eras
 */
public record Path(String name, String title, String site, List<PathStep> steps) {
  /** The steps that {@code era} has. */
  public List<PathStep> in(Era era) {
    return steps.stream().filter(step -> step.era().isEmpty() || step.era().get() == era).toList();
  }
}
