package dev.shootdown.interconnect;

import dev.shootdown.config.Checked;
import dev.shootdown.config.Limits;
import dev.shootdown.config.Settings;
import java.util.Optional;

/**
 * A delay that an experimenter puts into a wire.
 *
 * @param wire sender and receiver: {@code iommu0 -> nic0}
 * @param message which messages, by the name of their type: {@code TranslationCompletion}
 * @param nth which of those sent in the window, counted from 1; empty for all of them
 * @param delayPs how much later, in ps
 * @param fromPs the window's first instant, in ps; empty for the beginning
 * @param untilPs the window's end in ps, exclusive; empty for the end of the run
 */
public record TroubleSpec(
    String wire,
    String message,
    Optional<Integer> nth,
    @Limits(min = 1) long delayPs,
    Optional<Long> fromPs,
    Optional<Long> untilPs) implements Checked {
  @Override
  public void check(Settings at) {
    if (!MessageNames.ALL.contains(message)) {
      at.problem("message", "is not a message of any protocol; there are "
          + String.join(", ", MessageNames.ALL));
    }
    if (nth.isPresent() && nth.get() < 1) {
      at.problem("nth", "must be at least 1: messages are counted from 1");
    }
    if (fromPs.orElse(0L) >= untilPs.orElse(Long.MAX_VALUE)) {
      at.problem("until", "must be later than from");
    }
  }

  /** Whether the window is open at {@code nowPs}. */
  boolean isOpenAt(long nowPs) {
    return nowPs >= fromPs.orElse(0L) && nowPs < untilPs.orElse(Long.MAX_VALUE);
  }

  /** Whether it strikes the message that is number {@code count} of its kind in the window. */
  boolean strikes(long count) {
    return nth.isEmpty() || nth.get() == count;
  }
}
