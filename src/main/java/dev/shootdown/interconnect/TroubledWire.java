package dev.shootdown.interconnect;

import dev.shootdown.engine.Dice;
import dev.shootdown.engine.Link;
import java.util.List;

/**
 * A wire with injected trouble: chosen messages are late.
 *
 * <p>What a delay means depends on the order of the wire. Where it has none, later messages
 * overtake the late one. On a PCIe wire a late posted message holds up all behind it, while a late
 * completion is overtaken. On a first-in-first-out wire everything behind it waits.
 *
 * <p>Can: delay one message or all of a time window. Can't: lose, repeat, or corrupt one.
 */
public final class TroubledWire implements Link {
  private final Wire wire;
  private final List<TroubleSpec> troubles;
  private final long[] seen;

  /** {@code wire} with all of {@code troubles}; delays that strike the same message add up. */
  public TroubledWire(Wire wire, List<TroubleSpec> troubles) {
    this.wire = wire;
    this.troubles = List.copyOf(troubles);
    this.seen = new long[troubles.size()];
  }

  @Override
  public long arrivalPs(long nowPs, Object message, Dice dice) {
    return wire.arrivalPs(nowPs, message, dice, extraPs(nowPs, message));
  }

  @Override
  public long minimumPs() {
    return wire.minimumPs();
  }

  private long extraPs(long nowPs, Object message) {
    String name = message.getClass().getSimpleName();
    long extraPs = 0;
    for (int i = 0; i < seen.length; i++) {
      TroubleSpec trouble = troubles.get(i);
      if (trouble.message().equals(name) && trouble.isOpenAt(nowPs)) {
        seen[i]++;
        extraPs = Math.addExact(extraPs, trouble.strikes(seen[i]) ? trouble.delayPs() : 0);
      }
    }
    return extraPs;
  }
}
