package dev.shootdown.kernel.arch;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.Broadcast;
import dev.shootdown.protocol.FlushHandler;
import dev.shootdown.protocol.Program;
import dev.shootdown.protocol.Program.Issue;
import dev.shootdown.protocol.Program.Step;
import dev.shootdown.protocol.Program.Sync;
import java.util.ArrayList;
import java.util.List;

/**
 * arm64's flush rules: TLBI by broadcast, then DSB.
 *
 * <p>In era C secondary TLBs are flushed between the two, while CPUs may still hold entries; after
 * the DSB only if the whole address space is flushed. A batch issues at each entry and waits at its
 * end. A right that is gained is flushed like one that is lost. (Linux 6.12, {@code
 * __flush_tlb_range_nosync}, {@code flush_tlb_mm}.)
 *
 * <p>Can't: errata that repeat instructions, flushing the whole address space for another thread
 * that must be sure of a batch.
 */
final class Arm64Rules implements FlushRules {
  /** (31 + 1) · 2^(5 · 3 + 1): what one range instruction covers at most. */
  static final long RANGE_PAGES_MAX = 2_097_152;

  private static final int SCALES = 4;
  private static final int NUMBERS = 32;

  private final Place place;
  private final ArchSpec spec;

  Arm64Rules(Place place, ArchSpec spec) {
    this.place = place;
    this.spec = spec;
  }

  @Override
  public Program cpuFlush(Job job) {
    boolean full = isFull(job);
    PageRange flushed = full ? PageRange.ALL : rounded(job);
    List<Step> steps = new ArrayList<>();
    steps.add(Place.began(job, flushed, place.cpus() - 1));
    steps.add(issue(job, flushed));
    if (place.isSecondaryInside() && !full) {
      steps.add(place.secondary(job, flushed));
    }
    steps.add(new Sync());
    steps.add(Place.ended(job));
    if (place.isSecondaryInside() && full) {
      steps.add(place.secondary(job, flushed));
    }
    return new Sequence(steps);
  }

  private boolean isFull(Job job) {
    long pages = job.range().pages();
    return job.range().isAll() || pages > RANGE_PAGES_MAX
        || !spec.tlbRange() && Place.strides(job) >= spec.broadcastsMax();
  }

  private static PageRange rounded(Job job) {
    long mask = (1L << job.strideOrder()) - 1;
    long first = job.range().firstPage() & ~mask;
    return new PageRange(first, (job.range().endPage() + mask & ~mask) - first);
  }

  private Step issue(Job job, PageRange flushed) {
    FlushHandler.Walks walks =
        flushed.isAll()
            ? FlushHandler.Walks.ALL
            : job.freedTables() ? FlushHandler.Walks.RANGE : FlushHandler.Walks.KEEP;
    int each = spec.twins() ? 2 : 1;
    return new Issue(
        new Broadcast.What(job.mm(), flushed, Broadcast.NO_GENERATION, walks, false),
        each * (flushed.isAll() ? 1 : instructions(flushed.pages(), job.strideOrder())));
  }

  /** How many instructions a range takes: the largest ranges first, a single entry by itself. */
  int instructions(long pages, int strideOrder) {
    if (!spec.tlbRange()) {
      return (int) (pages >> strideOrder);
    }
    int count = 0;
    long left = pages;
    for (int scale = SCALES - 1; scale >= 0 && left > 1; scale--) {
      int shift = 5 * scale + 1;
      long number = Math.min(left >> shift, NUMBERS);
      if (number > 0) {
        left -= number << shift;
        count++;
      }
    }
    return count + (int) left;
  }

  @Override
  public Program secondaryFlush(Job job) {
    return place.secondary().apply(job);
  }

  @Override
  public Program batchAdd(Job job) {
    PageRange flushed = rounded(job);
    List<Step> steps = new ArrayList<>();
    steps.add(issue(job, flushed));
    if (place.isSecondaryInside()) {
      steps.add(place.secondary(job, flushed));
    }
    return new Sequence(steps);
  }

  @Override
  public Program batchFlush(Job job) {
    return new Sequence(
        List.of(
            Place.began(job, job.range(), place.cpus() - 1), new Sync(), Place.ended(job)));
  }

  @Override
  public Program upgraded(Job job) {
    return cpuFlush(job);
  }

  @Override
  public Program syncWalkers() {
    return place.syncWalkers();
  }

  /** TLBI interrupts nobody. */
  @Override
  public boolean freesTablesLate() {
    return true;
  }
}
