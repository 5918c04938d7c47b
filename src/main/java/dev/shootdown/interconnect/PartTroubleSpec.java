package dev.shootdown.interconnect;

import dev.shootdown.config.Checked;
import dev.shootdown.config.Limits;
import dev.shootdown.config.Settings;
import java.util.Optional;

/**
 * Trouble that an experimenter puts into a part: for some time it stands still, or is slow.
 *
 * @param name what it is called in the run's output; empty for action and part
 * @param part the part
 * @param action what happens to it
 * @param factor how many times as long everything in it takes, for {@link Action#SLOW}
 * @param fromPs the window's first instant, in ps
 * @param untilPs the window's end in ps, exclusive
 */
public record PartTroubleSpec(
    Optional<String> name,
    String part,
    Action action,
    Optional<Integer> factor,
    long fromPs,
    @Limits(min = 1) long untilPs) implements Checked {
  /** What happens to the part. */
  public enum Action {
    /** What it would do in the window, it does at its end. What it says before leaves in time. */
    STALL,
    /** What it starts in the window takes longer. */
    SLOW
  }

  /** Its name in the run's output. */
  public String label() {
    return name.orElseGet(
        () -> (action == Action.STALL ? "stall " : "slow ") + part);
  }

  /** The same under the name of its key, unless it has a name of its own. */
  public PartTroubleSpec orNamed(Optional<String> key) {
    return new PartTroubleSpec(name.or(() -> key), part, action, factor, fromPs, untilPs);
  }

  @Override
  public void check(Settings at) {
    if (fromPs >= untilPs) {
      at.problem("until", "must be later than from");
    }
    if (action == Action.SLOW && factor.orElse(0) < 2) {
      at.problem(factor.isPresent() ? "factor" : "", "needs a factor of at least 2");
    } else if (action == Action.STALL && factor.isPresent()) {
      at.problem("factor", "has a meaning only with action = slow");
    }
  }

  /** Whether the window is open at {@code atPs}. */
  boolean isOpenAt(long atPs) {
    return atPs >= fromPs && atPs < untilPs;
  }
}
