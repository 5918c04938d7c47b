package dev.shootdown.kernel.iommu;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.Program;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Intel's SVM driver up to Linux 6.5 ({@code intel_flush_svm_range}).
 *
 * <ol>
 *   <li>The page count is rounded up to a power of two, and the range covered by aligned blocks of
 *       that size, two at most.
 *   <li>Device by device and block by block: an IOTLB descriptor is submitted and waited for, then
 *       a device-TLB one.
 * </ol>
 *
 * <p>The whole address space, (0, −1), makes 0 pages when it is computed in 64 bits, as does the
 * empty range of a nested flush, (~0, ~0): then nothing is flushed.
 *
 * <p>With the first generation of devices it looked first whether any worked in the PASID. If none
 * did, it asked the IOMMU to invalidate when one does, and submitted nothing (Linux 4.4, deferred
 * invalidate in the PASID-state table); if that was asked before already, it flushed.
 */
public final class IntelSvmDriver implements SecondaryDriver {
  /** Rounded up, more pages than this would not be a power of two in 64 bits. */
  private static final long PAGES_MAX = 1L << 62;

  private final Bindings bindings;
  private final long submitPs;
  private final boolean countsWhole;
  private final boolean leavesIdle;
  private final CommandQueues queues;

  /**
   * A driver.
   *
   * @param submitPs time to write a descriptor and ring the doorbell, in ps
   * @param countsWhole whether (0, −1) is understood; false for what shipped
   * @param leavesIdle whether the flush of a PASID in which no device works is left to the IOMMU,
   *     for when one does again, as for the first generation of devices
   */
  public IntelSvmDriver(
      Bindings bindings, long submitPs, boolean countsWhole, boolean leavesIdle,
      CommandQueues queues) {
    this.bindings = bindings;
    this.queues = queues;
    this.submitPs = submitPs;
    this.countsWhole = countsWhole;
    this.leavesIdle = leavesIdle;
  }

  @Override
  public Program flush(FlushRules.Job job) {
    if (job.binding() == FlushRules.Binding.RELEASING && !bindings.of(job.mm()).isEmpty()) {
      return FlushSteps.release(job, bindings, submitPs, 0, queues);
    }
    Program flush = steps(job);
    return leavesIdle && !bindings.of(job.mm()).isEmpty() ? new Leaving(job, flush) : flush;
  }

  /** Tries to leave the flush to each IOMMU in turn; one that can't makes it happen everywhere. */
  private final class Leaving implements Program {
    private final Program flush;
    private final Deque<Step> left = new ArrayDeque<>();
    private boolean flushed;

    Leaving(FlushRules.Job job, Program flush) {
      this.flush = flush;
      bindings.of(job.mm()).keySet().forEach(
          iommu -> {
            left.add(new Submit(iommu, List.of(new Invalidation.LeaveToUse(job.mm()))));
            left.add(new AwaitInvalidation());
          });
    }

    @Override
    public Step next(Outcome last, long nowPs) {
      if (last instanceof Undone && !flushed) {
        flushed = true;
        left.clear();
        return new Run(flush);
      }
      return left.isEmpty() ? new Finish() : left.remove();
    }
  }

  private Program steps(FlushRules.Job job) {
    List<PageRange> blocks = blocks(job.range());
    if (blocks.isEmpty() || bindings.of(job.mm()).isEmpty()) {
      return FlushSteps.NOTHING;
    }
    PageRange hull = blocks.get(0).hull(blocks.get(blocks.size() - 1));
    FlushSteps steps =
        new FlushSteps(job, hull, bindings.count(job.mm()), submitPs, queues);
    bindings.of(job.mm()).forEach((iommu, devices) -> {
      if (devices.isEmpty()) {
        for (PageRange block : blocks) {
          steps.submit(iommu, List.of(new Invalidation.Iotlb(job.mm(), block))).await();
        }
      }
      for (int device : devices) {
        for (PageRange block : blocks) {
          steps.submit(iommu, List.of(new Invalidation.Iotlb(job.mm(), block))).await();
          steps.submit(iommu, List.of(new Invalidation.DeviceTlb(device, job.mm(), block)))
              .await();
        }
      }
    });
    return steps.build();
  }

  /** What is flushed for {@code range}; nothing if its page count comes out as 0. */
  List<PageRange> blocks(PageRange range) {
    if (range.isAll()) {
      return countsWhole ? List.of(PageRange.ALL) : List.of();
    }
    List<PageRange> blocks = new ArrayList<>();
    if (range.pages() > 0 && range.pages() < PAGES_MAX) {
      long size = Long.highestOneBit(range.pages());
      size = size < range.pages() ? size * 2 : size;
      for (long at = range.firstPage() & -size; at < range.endPage(); at += size) {
        blocks.add(new PageRange(at, size));
      }
    }
    return blocks;
  }
}
