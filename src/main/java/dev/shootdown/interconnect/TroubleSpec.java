package dev.shootdown.interconnect;

import dev.shootdown.config.Checked;
import dev.shootdown.config.Nearest;
import dev.shootdown.config.Settings;
import java.util.Locale;
import java.util.Optional;

/**
 * Trouble that an experimenter puts into a wire.
 *
 * @param name what it is called in the run's output; empty for action, message and wire
 * @param wire sender and receiver: {@code iommu0 -> nic0}
 * @param message which messages, by the name of their type ({@code TranslationCompletion}), or
 *     {@link #ANY}
 * @param nth which of those sent in the window, counted from 1; empty for all of them
 * @param probabilityRatio how likely it strikes each of them, 0 to 1; empty for always
 * @param seed seed of its own dice; empty for 1
 * @param action what happens to a message; empty for {@link Action#DELAY}
 * @param delayPs how much later, in ps; for a duplicate, how much later its second copy
 * @param delays how much later, as a distribution
 * @param fromPs the window's first instant, in ps; empty for the beginning
 * @param untilPs the window's end in ps, exclusive; empty for the end of the run
 */
public record TroubleSpec(
    Optional<String> name,
    String wire,
    String message,
    Optional<Integer> nth,
    Optional<Double> probabilityRatio,
    Optional<Long> seed,
    Optional<Action> action,
    Optional<Long> delayPs,
    Optional<LatencySpec> delays,
    Optional<Long> fromPs,
    Optional<Long> untilPs) implements Checked {
  /** In place of a message's name: all of them. */
  public static final String ANY = "any";

  /** What happens to a message. */
  public enum Action {
    /** It is late. What must not overtake it waits behind it. */
    DELAY,
    /** It is late and is overtaken; only where the bus lets others overtake it. */
    REORDER,
    /** It never arrives; only where the link to a device can go down and take it along. */
    DROP,
    /** It arrives twice; only between devices and their host. */
    DUPLICATE
  }

  /** A delay. */
  public TroubleSpec(String wire, String message, Optional<Integer> nth, long delayPs,
      Optional<Long> fromPs, Optional<Long> untilPs) {
    this(Optional.empty(), wire, message, nth, Optional.empty(), Optional.empty(),
        Optional.empty(), Optional.of(delayPs), Optional.empty(), fromPs, untilPs);
  }

  /** What happens to a message. */
  public Action does() {
    return action.orElse(Action.DELAY);
  }

  /** Its name in the run's output. */
  public String label() {
    return name.orElseGet(() -> does().name().toLowerCase(Locale.ROOT) + " " + message
        + " on " + wire);
  }

  /** The same under the name of its key, unless it has a name of its own. */
  public TroubleSpec orNamed(Optional<String> key) {
    return new TroubleSpec(
        name.or(() -> key), wire, message, nth, probabilityRatio, seed, action, delayPs, delays,
        fromPs, untilPs);
  }

  /** Why a wire of that order can't have this trouble; empty if it can. */
  public Optional<String> refusal(WireOrder order) {
    if (does() != Action.REORDER || order == WireOrder.NONE) {
      return Optional.empty();
    }
    if (order == WireOrder.FIFO) {
      return Optional.of("the wire " + wire + " is first-in-first-out, so nothing on it can be"
          + " reordered; write action = delay");
    }
    return PcieClass.isOftenPosted(message)
        ? Optional.of("PCIe lets nothing overtake a posted message, and " + message
            + " is one or may be one; write action = delay")
        : Optional.empty();
  }

  @Override
  public void check(Settings at) {
    if (!MessageNames.ALL.contains(message) && !message.equals(ANY)) {
      String near = Nearest.to(message, MessageNames.ALL)
          .map(name -> "; did you mean '" + name + "'?").orElse("");
      at.problem("message", "'" + message + "' is not a message of any protocol" + near
          + "; there are " + String.join(", ", MessageNames.ALL));
    }
    if (nth.isPresent() && nth.get() < 1) {
      at.problem("nth", "must be at least 1: messages are counted from 1");
    }
    if (nth.isPresent() && probabilityRatio.isPresent()) {
      at.problem("probability", "is for all messages of the window, and nth is for one of them;"
          + " leave one out");
    }
    if (seed.isPresent() && probabilityRatio.isEmpty() && delays.isEmpty()) {
      at.problem("seed", "has a meaning only with probability or delays");
    }
    if (fromPs.orElse(0L) >= untilPs.orElse(Long.MAX_VALUE)) {
      at.problem("until", "must be later than from");
    }
    checkAction(at);
  }

  private void checkAction(Settings at) {
    boolean timed = does() == Action.DELAY || does() == Action.REORDER;
    if (delayPs.isPresent() && delayPs.get() < 1) {
      at.problem("delay", "must be more than no time");
    }
    if (delayPs.isPresent() && delays.isPresent()) {
      at.problem("delays", "delay says the same; leave one out");
    } else if (timed && delayPs.isEmpty() && delays.isEmpty()) {
      at.problem("", "needs the key delay, or delays for a distribution");
    } else if (does() == Action.DROP && (delayPs.isPresent() || delays.isPresent())) {
      at.problem(delayPs.isPresent() ? "delay" : "delays", "has no meaning with action = drop");
    }
    boolean onPcie = MessageNames.ON_PCIE.contains(message);
    if ((does() == Action.DROP || does() == Action.DUPLICATE) && !onPcie) {
      at.problem("message", "can't be lost or doubled where it travels; these can: "
          + String.join(", ", MessageNames.ON_PCIE));
    }
  }

  /** Whether the window is open at {@code nowPs}. */
  boolean isOpenAt(long nowPs) {
    return nowPs >= fromPs.orElse(0L) && nowPs < untilPs.orElse(Long.MAX_VALUE);
  }

  /** Whether messages of that name are meant. */
  boolean concerns(String sent) {
    return message.equals(ANY) || message.equals(sent);
  }
}
