package dev.shootdown.hardware.cpu;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.Ipi;
import java.util.ArrayList;
import java.util.List;

/**
 * What interrupted CPUs have acknowledged, and the wait for it.
 *
 * <p>Each acknowledgement is a cache line of its own. They are written in any order, and the CPU
 * that waits looks at one after the other, in the order of sending (Linux {@code csd_lock_wait}).
 * Writing takes the line away from it. If lines are fetched in turn it has to get each back, which
 * takes longer from farther away, and goes on to the next only then.
 */
final class Acknowledgements {
  private final boolean inTurn;
  private final int cpu;
  private final Ctx<?> ctx;
  private final Ports<Ipi> cpus;
  private final List<Integer> awaited = new ArrayList<>();
  private final int[] unread;
  private int mm;
  private int missing;
  private int next;
  private boolean fetching;

  Acknowledgements(boolean inTurn, int cpu, Ctx<?> ctx, Ports<Ipi> cpus) {
    this.inTurn = inTurn;
    this.cpu = cpu;
    this.ctx = ctx;
    this.cpus = cpus;
    this.unread = new int[cpus.size()];
  }

  /** These CPUs will acknowledge a flush of {@code space}. */
  void expect(List<Integer> targets, int space) {
    missing += targets.size();
    mm = space;
    if (inTurn) {
      awaited.addAll(targets);
    }
  }

  /** One of them has. */
  void written(int target) {
    missing--;
    unread[target]++;
  }

  /** Whether a line is on its way. */
  boolean isFetching() {
    return fetching;
  }

  /** The line on its way has come. */
  void fetched() {
    fetching = false;
    unread[awaited.get(next)]--;
    next++;
  }

  /** Looks on from where it stopped; whether all have acknowledged, as far as it can see. */
  boolean look() {
    if (next < awaited.size()) {
      if (!fetching && unread[awaited.get(next)] > 0) {
        fetching = true;
        ctx.send(
            cpus.at(awaited.get(next)),
            new Ipi.Probe(cpu, Ipi.Question.ACKNOWLEDGED, mm));
      }
      return false;
    }
    awaited.clear();
    next = 0;
    return missing == 0;
  }
}
