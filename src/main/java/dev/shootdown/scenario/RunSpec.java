package dev.shootdown.scenario;

import dev.shootdown.config.Limits;
import dev.shootdown.config.Settings;
import java.util.Optional;

/**
 * How a scenario runs.
 *
 * @param seed seed of all dice
 * @param untilPs virtual time limit in ps
 * @param epochPs length of a fingerprint epoch in ps
 * @param tieSeed key of the tie order's permutation; empty for the stable order
 * @param workers worker threads, ≥ 1
 * @param limits what the judges count against
 */
public record RunSpec(
    long seed,
    @Limits(min = 1) long untilPs,
    @Limits(min = 1) long epochPs,
    Optional<Long> tieSeed,
    int workers,
    dev.shootdown.check.Limits limits) {

  /** The same with other dice, and with simultaneous events in another order. */
  public RunSpec with(long otherSeed, Optional<Long> otherTieSeed) {
    return new RunSpec(otherSeed, untilPs, epochPs, otherTieSeed, workers, limits);
  }

  /** The same with another limit on virtual time. */
  RunSpec until(long otherPs) {
    return new RunSpec(seed, otherPs, epochPs, tieSeed, workers, limits);
  }

  static RunSpec read(Settings at, Settings check) {
    long seed = at.wholeNumber("seed", Long.MIN_VALUE, Long.MAX_VALUE);
    long untilPs = at.timePs("until", 1, Long.MAX_VALUE);
    long epochPs = at.timePs("epoch", 1, Long.MAX_VALUE);
    Optional<Long> tieSeed = tieSeed(at);
    int workers = at.count("workers", 1, 64);
    at.finish();
    return new RunSpec(seed, untilPs, epochPs, tieSeed, workers, limits(check));
  }

  private static dev.shootdown.check.Limits limits(Settings check) {
    dev.shootdown.check.Limits limits =
        new dev.shootdown.check.Limits(
            check.count("retry-budget", 1, Integer.MAX_VALUE),
            check.timePs("hard-lockup", 1, Long.MAX_VALUE),
            check.timePs("soft-lockup", 1, Long.MAX_VALUE));
    check.finish();
    return limits;
  }

  private static Optional<Long> tieSeed(Settings at) {
    String text = at.text("tie-order").trim();
    if (text.matches("seed -?\\d{1,18}")) {
      return Optional.of(Long.parseLong(text.substring(5)));
    }
    if (!text.equals("stable") && !text.isEmpty()) {
      at.problem("tie-order", "'" + text + "' is no tie order; write stable or \"seed 7\"");
    }
    return Optional.empty();
  }
}
