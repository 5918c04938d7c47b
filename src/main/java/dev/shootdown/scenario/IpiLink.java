package dev.shootdown.scenario;

import dev.shootdown.engine.Dice;
import dev.shootdown.engine.Link;
import dev.shootdown.protocol.Ipi;

/**
 * From one CPU to another: an interrupt takes the interrupt controllers' way, its acknowledgement
 * is a cache line that the initiator polls.
 */
final class IpiLink implements Link {
  private final Link interrupt;
  private final Link acknowledgement;

  IpiLink(Link interrupt, Link acknowledgement) {
    this.interrupt = interrupt;
    this.acknowledgement = acknowledgement;
  }

  @Override
  public long arrivalPs(long nowPs, Object message, Dice dice) {
    Link link = ((Ipi) message).isInterrupt() ? interrupt : acknowledgement;
    return link.arrivalPs(nowPs, message, dice);
  }

  @Override
  public long minimumPs() {
    return Math.min(interrupt.minimumPs(), acknowledgement.minimumPs());
  }
}
