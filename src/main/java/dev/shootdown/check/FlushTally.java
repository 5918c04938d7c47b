package dev.shootdown.check;

import dev.shootdown.address.PageRange;

/** Counts flushes of one kind. */
final class FlushTally {
  private static final int KEPT_RANGES = 4096;

  private record Target(Agent sender, int device, int mm, PageRange range) {
    /** The same for all address spaces at once. */
    Target ofAny() {
      return new Target(sender, device, RangeChanges.ANY, range);
    }
  }

  private final RangeChanges changes;
  private final Recent<Target, Long> flushedAt = new Recent<>(KEPT_RANGES);
  private long requests;
  private long messages;
  private long requestedPages;
  private long flushedPages;
  private long widenedToAll;
  private long duplicates;

  FlushTally(RangeChanges changes) {
    this.changes = changes;
  }

  /** A flush for {@code requested} became one of {@code flushed}. */
  void flushed(int mm, PageRange requested, PageRange flushed) {
    count(new Target(null, 0, mm, flushed), requested);
  }

  /**
   * {@code sender} sent device number {@code device} an invalidation.
   *
   * @param mm {@link RangeChanges#ANY} if it is for all address spaces
   */
  void sent(Agent sender, int device, int mm, PageRange range) {
    count(new Target(sender, device, mm, range), range);
  }

  private void count(Target target, PageRange requested) {
    PageRange flushed = target.range();
    requests++;
    if (!flushed.isAll()) {
      requestedPages += requested.pages();
      flushedPages += flushed.pages();
    } else if (!requested.isAll()) {
      widenedToAll++;
    }
    Long earlier = latest(flushedAt.get(target), flushedAt.get(target.ofAny()));
    if (earlier != null && !changes.changedSince(earlier, target.mm(), flushed)) {
      duplicates++;
    }
    flushedAt.remember(target, changes.now());
  }

  private static Long latest(Long one, Long other) {
    return one == null || other != null && other > one ? other : one;
  }

  void message() {
    messages++;
  }

  CostReport.FlushCosts costs() {
    return new CostReport.FlushCosts(
        requests, messages, requestedPages, flushedPages, widenedToAll, duplicates);
  }
}
