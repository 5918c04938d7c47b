package dev.shootdown.kernel.kvm;

import dev.shootdown.address.PageRange;
import java.util.ArrayList;
import java.util.List;

/**
 * What KVM remembers of invalidations: a sequence, a count, and one range.
 *
 * <p>The range is the hull of all that were under way since the count was last zero, so it covers
 * guest pages that nobody invalidates, and shrinks only when all have ended (Linux 6.12,
 * kvm_mmu_invalidate_range_add). The sequence belongs to the VM: the end of any invalidation of
 * guest memory counts against every fault that is under way.
 */
final class Brackets {
  private final ChecksSpec checks;
  private final List<PageRange> active = new ArrayList<>();
  private long sequence;
  private int inProgress;
  private PageRange hull = new PageRange(0, 0);

  Brackets(ChecksSpec checks) {
    this.checks = checks;
  }

  /** The start callback of {@code host} was called (mn_active_invalidate_count). */
  void called(PageRange host) {
    active.add(host);
  }

  /** Its end callback was. */
  void over(PageRange host) {
    active.remove(host);
  }

  /** Whether any invalidation is under way, of guest memory or not. */
  boolean isAnyActive() {
    return !active.isEmpty();
  }

  /** Whether one is under way that covers {@code hostPage}. */
  boolean isActive(long hostPage) {
    return active.stream().anyMatch(range -> range.contains(hostPage));
  }

  /** An invalidation of guest pages begins; under the lock. */
  void begin(PageRange gfns) {
    hull = inProgress == 0 ? gfns : hull.hull(gfns);
    inProgress++;
  }

  /** It ends; under the lock. */
  void end() {
    sequence++;
    inProgress--;
  }

  int inProgress() {
    return inProgress;
  }

  long sequence() {
    return sequence;
  }

  /** An invalidation came and went within one call. */
  void passed() {
    sequence++;
  }

  /** Whether a fill of {@code gfn} that read the sequence as {@code seen} must be tried again. */
  boolean mustRetry(long gfn, long seen) {
    return checks.inProgress() && inProgress > 0 && hull.contains(gfn)
        || checks.sequence() && seen != sequence;
  }
}
