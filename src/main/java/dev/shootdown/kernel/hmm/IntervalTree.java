package dev.shootdown.kernel.hmm;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Continuation;
import java.util.ArrayList;
import java.util.List;

/**
 * The mmu_interval_notifiers of one driver in an address space, and their share of its state (Linux
 * 6.12, mm/mmu_notifier.c).
 *
 * <ol>
 *   <li>The space's sequence is odd while a range that concerns a notifier is invalidated, and
 *       becomes even when the last range of the address space has ended, whether it concerned one
 *       or not.
 *   <li>At a collision the notifiers concerned take the odd number over. Who reads it then has to
 *       sleep until the space has moved on.
 *   <li>A fill is good if its notifier's number is still the one that it read.
 *   <li>Who adds a notifier while anything in the space is invalidated makes the sequence odd, and
 *       finds the new notifier in a collision.
 *   <li>While the sequence is odd the tree doesn't change: a new notifier isn't called yet, and one
 *       that is taken out still is. Who takes it out sleeps until the sequence is even.
 * </ol>
 */
final class IntervalTree {
  /** An mmu_interval_notifier. Two of the same range are two. */
  static final class Notifier {
    private final PageRange range;
    private long sequence;

    private Notifier(PageRange range) {
      this.range = range;
    }

    PageRange range() {
      return range;
    }

    /** What a fill under it remembers. */
    long sequence() {
      return sequence;
    }

    /** mmu_interval_read_retry: whether a collision came after {@code seen} was read. */
    boolean mustRetry(long seen) {
      return sequence != seen;
    }
  }

  private final List<Notifier> tree = new ArrayList<>();
  private final List<Notifier> coming = new ArrayList<>();
  private final List<Notifier> going = new ArrayList<>();
  private final List<Continuation> asleep = new ArrayList<>();
  private long spaceSequence = 2;
  private int ranges;

  /** A new notifier of {@code range} (mmu_interval_notifier_insert). */
  Notifier insert(PageRange range) {
    Notifier made = new Notifier(range);
    if (isFrozen()) {
      coming.add(made);
      made.sequence = spaceSequence;
    } else if (ranges > 0) {
      spaceSequence |= 1;
      tree.add(made);
      made.sequence = spaceSequence;
    } else {
      tree.add(made);
      made.sequence = spaceSequence - 1;
    }
    return made;
  }

  /** Takes it out again; {@code next} runs when nothing calls it any more. */
  void remove(Notifier notifier, Continuation next) {
    if (coming.remove(notifier)) {
      next.run();
    } else if (isFrozen()) {
      going.add(notifier);
      asleep.add(next);
    } else {
      tree.remove(notifier);
      next.run();
    }
  }

  /** How many invalidations are under way. */
  int ranges() {
    return ranges;
  }

  /** The sequence of the address space. */
  long sequence() {
    return spaceSequence;
  }

  private boolean isFrozen() {
    return spaceSequence % 2 != 0;
  }

  /** Whether an invalidation of {@code range} would call anybody. */
  boolean concerns(PageRange range) {
    return tree.stream().anyMatch(notifier -> notifier.range.overlaps(range));
  }

  /** An invalidation of {@code range} begins; those whom it calls. */
  List<Notifier> begins(PageRange range) {
    ranges++;
    List<Notifier> called =
        tree.stream().filter(notifier -> notifier.range.overlaps(range)).toList();
    if (!called.isEmpty()) {
      spaceSequence |= 1;
    }
    return called;
  }

  /** mmu_interval_set_seq: the callback of {@code notifier} has been called. */
  void collide(Notifier notifier) {
    notifier.sequence = spaceSequence;
  }

  /** An invalidation ends; wakes sleepers if it was the last. */
  void ends() {
    ranges--;
    if (ranges > 0 || !isFrozen()) {
      return;
    }
    spaceSequence++;
    tree.addAll(coming);
    tree.removeAll(going);
    coming.clear();
    going.clear();
    List<Continuation> waking = List.copyOf(asleep);
    asleep.clear();
    waking.forEach(Runnable::run);
  }

  /** Whether a collision is under way for one that has just read {@code seen}. */
  boolean isColliding(long seen) {
    return seen == spaceSequence;
  }

  /** Runs {@code next} when the collision is over. */
  void sleep(Continuation next) {
    asleep.add(next);
  }
}
