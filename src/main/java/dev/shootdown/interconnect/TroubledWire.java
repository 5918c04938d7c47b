package dev.shootdown.interconnect;

import dev.shootdown.engine.Dice;
import dev.shootdown.engine.Link;
import java.util.List;
import java.util.function.Consumer;

/**
 * A wire with injected trouble: chosen messages are late, lost, or there twice.
 *
 * <p>What a delay means depends on the order of the wire. Where it has none, later messages
 * overtake the late one. On a PCIe wire a late posted message holds up all behind it, while a late
 * completion is overtaken. On a first-in-first-out wire everything behind it waits.
 *
 * <p>Whom a trouble strikes is decided once per message, with dice of the trouble's own, so that
 * the sender's draws stay what they are. Can't: corrupt a message.
 */
public final class TroubledWire implements Link {
  private static final Consumer<TroubleSpec> NOBODY = trouble -> {};

  private final Wire wire;
  private final List<TroubleSpec> troubles;
  private final Consumer<TroubleSpec> struck;
  private final Dice[] dice;
  private final long[] seen;
  private int copiesLeft;
  private long extraPs;
  private long copyExtraPs;

  /** {@code wire} with all of {@code troubles}; delays that strike the same message add up. */
  public TroubledWire(Wire wire, List<TroubleSpec> troubles) {
    this(wire, troubles, NOBODY);
  }

  /**
   * The same, and {@code struck} is told of every strike, at the sender's time.
   *
   * @throws IllegalArgumentException if the order of the wire doesn't allow one of the troubles
   */
  public TroubledWire(Wire wire, List<TroubleSpec> troubles, Consumer<TroubleSpec> struck) {
    this.wire = wire;
    this.troubles = List.copyOf(troubles);
    this.struck = struck;
    this.seen = new long[troubles.size()];
    this.dice = new Dice[troubles.size()];
    for (int i = 0; i < dice.length; i++) {
      TroubleSpec trouble = this.troubles.get(i);
      dice[i] = Dice.of(trouble.seed().orElse(1L), trouble.label());
      trouble.refusal(wire.order()).ifPresent(why -> {
        throw new IllegalArgumentException(why);
      });
    }
  }

  @Override
  public int copies(long nowPs, Object message) {
    copiesLeft = decide(nowPs, message);
    return copiesLeft;
  }

  /** The first copy is late by what delays it; the second one by its own delay on top. */
  @Override
  public long arrivalPs(long nowPs, Object message, Dice senderDice) {
    if (copiesLeft == 0) {
      decide(nowPs, message); // nobody asked how many copies there are: this is the only one
    } else {
      copiesLeft--;
    }
    long laterPs = extraPs;
    extraPs = Math.addExact(extraPs, copyExtraPs);
    return wire.arrivalPs(nowPs, message, senderDice, laterPs);
  }

  @Override
  public long minimumPs() {
    return wire.minimumPs();
  }

  /** Finds out what strikes {@code message}; how many copies of it there will be. */
  private int decide(long nowPs, Object message) {
    String sent = message.getClass().getSimpleName();
    extraPs = 0;
    copyExtraPs = 0;
    boolean lost = false;
    int copies = 1;
    for (int i = 0; i < seen.length; i++) {
      TroubleSpec trouble = troubles.get(i);
      if (!trouble.concerns(sent) || !trouble.isOpenAt(nowPs) || !strikes(i)) {
        continue;
      }
      struck.accept(trouble);
      switch (trouble.does()) {
        case DROP -> lost = true;
        case DUPLICATE -> {
          copies++;
          copyExtraPs = Math.addExact(copyExtraPs, delayPs(i));
        }
        default -> extraPs = Math.addExact(extraPs, delayPs(i));
      }
    }
    return lost ? 0 : copies;
  }

  private boolean strikes(int i) {
    TroubleSpec trouble = troubles.get(i);
    seen[i]++;
    if (trouble.probabilityRatio().isPresent()) {
      return dice[i].chance(trouble.probabilityRatio().get());
    }
    return trouble.nth().isEmpty() || trouble.nth().get() == seen[i];
  }

  private long delayPs(int i) {
    TroubleSpec trouble = troubles.get(i);
    return trouble.delays().isPresent()
        ? trouble.delays().get().drawPs(dice[i]) : trouble.delayPs().orElse(0L);
  }
}
