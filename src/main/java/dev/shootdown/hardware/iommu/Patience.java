package dev.shootdown.hardware.iommu;

import dev.shootdown.engine.Ctx;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Until when CPUs poll for their submissions. One timer at a time serves all of them: most
 * submissions are over long before, and would leave a timer each behind. It never rings much later
 * than the oldest submission was answered, see {@link Looks}.
 */
final class Patience {
  private record End(long sincePs, long atPs, InvalidationQueue.Batch batch) {}

  private final Ctx<Iommu.Command> ctx;
  private final PriorityQueue<End> ends = new PriorityQueue<>(
      Comparator.comparingLong(End::atPs).thenComparingLong(end -> end.batch().number()));
  private boolean armed;

  Patience(Ctx<Iommu.Command> ctx) {
    this.ctx = ctx;
  }

  /**
   * The CPU of {@code batch} polls from now on, if it hasn't its answer and doesn't do so for ever.
   */
  void await(InvalidationQueue.Batch batch) {
    long mostPs = batch.lastWait().giveUpPs();
    if (mostPs > 0 && !batch.isAnswered()) {
      ends.add(new End(ctx.nowPs(), ctx.nowPs() + mostPs, batch));
      arm();
    }
  }

  /** The timer rang; the next batch whose CPU has had enough, or null. */
  InvalidationQueue.Batch next() {
    armed = false;
    while (!ends.isEmpty()) {
      End first = ends.peek();
      if (first.batch().isAnswered()) {
        ends.remove();
      } else if (first.atPs() <= ctx.nowPs()) {
        return ends.remove().batch();
      } else {
        break;
      }
    }
    arm();
    return null;
  }

  private void arm() {
    if (!armed && !ends.isEmpty()) {
      armed = true;
      End first = ends.peek();
      ctx.after(
          Looks.nextPs(first.sincePs(), ctx.nowPs(), first.atPs()), new Iommu.PatienceOver());
    }
  }
}
