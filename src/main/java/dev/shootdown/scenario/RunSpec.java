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
 */
public record RunSpec(
    long seed,
    @Limits(min = 1) long untilPs,
    @Limits(min = 1) long epochPs,
    Optional<Long> tieSeed,
    int workers) {

  static RunSpec read(Settings at) {
    long seed = at.wholeNumber("seed", Long.MIN_VALUE, Long.MAX_VALUE);
    long untilPs = at.timePs("until", 1, Long.MAX_VALUE);
    long epochPs = at.timePs("epoch", 1, Long.MAX_VALUE);
    Optional<Long> tieSeed = tieSeed(at);
    int workers = at.count("workers", 1, 64);
    at.finish();
    return new RunSpec(seed, untilPs, epochPs, tieSeed, workers);
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
