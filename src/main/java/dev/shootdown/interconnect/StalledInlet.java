package dev.shootdown.interconnect;

import dev.shootdown.engine.Dice;
import dev.shootdown.engine.Link;
import java.util.List;

/** A link to a part that stands still at times: what would arrive then arrives at the end. */
final class StalledInlet implements Link {
  private final Link link;
  private final List<PartTroubleSpec> stalls;

  StalledInlet(Link link, List<PartTroubleSpec> stalls) {
    this.link = link;
    this.stalls = stalls;
  }

  @Override
  public long arrivalPs(long nowPs, Object message, Dice dice) {
    long arrivalPs = link.arrivalPs(nowPs, message, dice);
    return awakePs(stalls, arrivalPs);
  }

  @Override
  public long minimumPs() {
    return link.minimumPs();
  }

  @Override
  public int copies(long nowPs, Object message) {
    return link.copies(nowPs, message);
  }

  /** {@code atPs}, or the first moment after it at which none of {@code stalls} holds. */
  static long awakePs(List<PartTroubleSpec> stalls, long atPs) {
    long awakePs = atPs;
    boolean moved = true;
    while (moved) {
      moved = false;
      for (PartTroubleSpec stall : stalls) {
        if (stall.action() == PartTroubleSpec.Action.STALL && stall.isOpenAt(awakePs)) {
          awakePs = stall.untilPs();
          moved = true;
        }
      }
    }
    return awakePs;
  }
}
