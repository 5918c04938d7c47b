package dev.shootdown.interconnect;

import dev.shootdown.config.Checked;
import dev.shootdown.config.Settings;
import dev.shootdown.engine.Dice;
import java.util.Locale;
import java.util.Optional;

/**
 * How long a wire takes beside the time to push the bytes out.
 *
 * @param kind how the latency is distributed
 * @param minPs the least latency, in ps; all there is if constant. It bounds the lookahead of a run
 *     on several threads, so a distribution always declares it
 * @param maxPs the greatest latency in ps, inclusive; for {@link Kind#UNIFORM} and only for it
 * @param meanPs the mean of the whole latency in ps, at least {@code minPs}; for
 *     {@link Kind#EXPONENTIAL} and only for it
 */
public record LatencySpec(Kind kind, long minPs, Optional<Long> maxPs, Optional<Long> meanPs)
    implements Checked {
  /** The shapes a latency can have. */
  public enum Kind {
    /** Always the same. */
    CONSTANT,
    /** Every whole picosecond from least to greatest is equally likely. */
    UNIFORM,
    /** The least latency and an exponentially distributed wait on top of it. */
    EXPONENTIAL
  }

  /** Always {@code latencyPs}. */
  public static LatencySpec constant(long latencyPs) {
    return new LatencySpec(Kind.CONSTANT, latencyPs, Optional.empty(), Optional.empty());
  }

  /** From {@code minPs} to {@code maxPs}, both included. */
  public static LatencySpec uniform(long minPs, long maxPs) {
    return new LatencySpec(Kind.UNIFORM, minPs, Optional.of(maxPs), Optional.empty());
  }

  /** At least {@code minPs}, {@code meanPs} on average. */
  public static LatencySpec exponential(long minPs, long meanPs) {
    return new LatencySpec(Kind.EXPONENTIAL, minPs, Optional.empty(), Optional.of(meanPs));
  }

  @Override
  public void check(Settings at) {
    pair(at, "max", maxPs, Kind.UNIFORM);
    pair(at, "mean", meanPs, Kind.EXPONENTIAL);
  }

  private void pair(Settings at, String key, Optional<Long> valuePs, Kind owner) {
    String name = owner.name().toLowerCase(Locale.ROOT);
    if (kind == owner && valuePs.isEmpty()) {
      at.problem("", "needs the key " + key + ", because kind is " + name);
    } else if (kind != owner && valuePs.isPresent()) {
      at.problem(key, "has a meaning only with kind = " + name);
    } else if (valuePs.isPresent() && valuePs.get() < minPs) {
      at.problem(key, "must be at least min");
    }
  }

  /** One latency in ps; draws from {@code dice} only if there is something to draw. */
  long drawPs(Dice dice) {
    return switch (kind) {
      case CONSTANT -> minPs;
      case UNIFORM -> minPs + dice.below(maxPs.orElseThrow() - minPs + 1);
      case EXPONENTIAL -> minPs + dice.exponentialPs(meanPs.orElseThrow() - minPs);
    };
  }
}
