package dev.shootdown.kernel.iommu;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.Program;
import java.util.ArrayList;
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
 */
public final class IntelSvmDriver implements SecondaryDriver {
  /** Whether devices work in an address space at a moment. */
  public interface Activity {
    /** All PASIDs are used all the time. */
    Activity ALWAYS = (pasid, nowPs) -> true;

    /** Whether some device uses {@code pasid} at {@code nowPs}. */
    boolean isActive(int pasid, long nowPs);
  }

  /** Rounded up, more pages than this would not be a power of two in 64 bits. */
  private static final long PAGES_MAX = 1L << 62;

  private final Bindings bindings;
  private final long submitPs;
  private final boolean countsWhole;
  private final Activity activity;

  /**
   * A driver.
   *
   * @param submitPs time to write a descriptor and ring the doorbell, in ps
   * @param countsWhole whether (0, −1) is understood; false for what shipped
   * @param activity which PASIDs are in use: for one that isn't, the first generation of devices
   *     was told to flush before it is used again, and nothing is submitted
   */
  public IntelSvmDriver(
      Bindings bindings, long submitPs, boolean countsWhole, Activity activity) {
    this.bindings = bindings;
    this.submitPs = submitPs;
    this.countsWhole = countsWhole;
    this.activity = activity;
  }

  @Override
  public Program flush(FlushRules.Job job) {
    if (job.binding() == FlushRules.Binding.RELEASING && !bindings.of(job.mm()).isEmpty()) {
      return FlushSteps.release(job, bindings, submitPs, 0);
    }
    return new Deferrable(job);
  }

  /** Decides when it starts to run, because only then is it known who is active. */
  private final class Deferrable implements Program {
    private final FlushRules.Job job;
    private Program chosen;

    Deferrable(FlushRules.Job job) {
      this.job = job;
    }

    @Override
    public Step next(Outcome last, long nowPs) {
      if (chosen == null) {
        chosen = activity.isActive(job.mm(), nowPs) ? steps(job) : FlushSteps.NOTHING;
      }
      return chosen.next(last, nowPs);
    }
  }

  private Program steps(FlushRules.Job job) {
    List<PageRange> blocks = blocks(job.range());
    if (blocks.isEmpty() || bindings.of(job.mm()).isEmpty()) {
      return FlushSteps.NOTHING;
    }
    PageRange hull = blocks.get(0).hull(blocks.get(blocks.size() - 1));
    FlushSteps steps = new FlushSteps(job, hull, bindings.count(job.mm()), submitPs);
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
