package dev.shootdown.kernel.hmm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A subscriber's mmu_interval_notifiers and their share of the address space's state (Linux 6.12,
 * mm/mmu_notifier.c). A driver has one, or one for each stretch of what it mirrors.
 *
 * <ol>
 *   <li>The space's sequence is odd while a range that concerns the subscriber is invalidated, and
 *       becomes even when the last range of the address space has ended, whether it concerned the
 *       subscriber or not.
 *   <li>At a collision the notifiers concerned take the odd number over. Who reads it then has to
 *       sleep until the space has moved on.
 *   <li>A fill is good if its notifier's number is still the one that it read.
 * </ol>
 */
final class IntervalNotifier {
  private final List<Runnable> asleep = new ArrayList<>();
  private final long[] sequences;
  private long spaceSequence = 2;
  private int ranges;

  /** As many notifiers. */
  IntervalNotifier(int notifiers) {
    sequences = new long[notifiers];
    Arrays.fill(sequences, 1);
  }

  /** A range begins; {@code concerned} if it overlaps what is subscribed to. */
  void begins(boolean concerned) {
    ranges++;
    if (concerned) {
      spaceSequence |= 1;
    }
  }

  /** mmu_interval_set_seq: the callback of {@code notifier} has been called. */
  void collide(int notifier) {
    sequences[notifier] = spaceSequence;
  }

  /** A range ends; wakes sleepers if it was the last. */
  void ends() {
    ranges--;
    if (ranges > 0 || spaceSequence % 2 == 0) {
      return;
    }
    spaceSequence++;
    List<Runnable> waking = List.copyOf(asleep);
    asleep.clear();
    waking.forEach(Runnable::run);
  }

  /** What a fill under {@code notifier} remembers. */
  long sequence(int notifier) {
    return sequences[notifier];
  }

  /** Whether a collision is under way for one that has just read {@code seen}. */
  boolean isColliding(long seen) {
    return seen == spaceSequence;
  }

  /** Runs {@code next} when the collision is over. */
  void sleep(Runnable next) {
    asleep.add(next);
  }

  /** mmu_interval_read_retry: whether a collision came after {@code seen} was read. */
  boolean mustRetry(int notifier, long seen) {
    return sequences[notifier] != seen;
  }
}
