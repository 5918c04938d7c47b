package dev.shootdown.kernel.iommu;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.Program;
import java.util.ArrayList;
import java.util.List;

/**
 * AMD's IOMMUv2 driver until Linux 6.6 ({@code mn_invalidate_range}, {@code __flush_pasid}).
 *
 * <ol>
 *   <li>A range within one page flushes that page; any other flushes the whole PASID.
 *   <li>All IOMMUs drop it and are waited for; only then all devices, which are waited for as well.
 * </ol>
 *
 * <p>The empty range of a nested flush, (~0, ~0), looks like one page: the last one there is.
 *
 * <p>Before Linux 3.19 it hears of single pages only ({@code invalidate_page}, {@code change_pte});
 * for all else there is the {@link EmptyTable}.
 */
public final class AmdV2Driver implements SecondaryDriver {
  private static final PageRange TOP_PAGE = PageRange.of(PageRange.ALL_PAGES - 1);

  private final Bindings bindings;
  private final long submitPs;
  private final long giveUpPs;
  private final boolean pagesOnly;
  private final CommandQueues queues;

  /** The driver since Linux 3.19, without locks. */
  public AmdV2Driver(Bindings bindings, long submitPs, long giveUpPs) {
    this(bindings, submitPs, giveUpPs, CommandQueues.FREE);
  }

  /**
   * The driver since Linux 3.19.
   *
   * @param submitPs time to write the commands for one IOMMU and ring the doorbell, in ps
   * @param giveUpPs how long it polls, in ps; 0 for ever
   */
  public AmdV2Driver(
      Bindings bindings, long submitPs, long giveUpPs, CommandQueues queues) {
    this(bindings, submitPs, giveUpPs, queues, false);
  }

  private AmdV2Driver(
      Bindings bindings, long submitPs, long giveUpPs, CommandQueues queues,
      boolean pagesOnly) {
    this.bindings = bindings;
    this.submitPs = submitPs;
    this.giveUpPs = giveUpPs;
    this.queues = queues;
    this.pagesOnly = pagesOnly;
  }

  /** The driver before Linux 3.19, for the flushes that the empty table doesn't stand for. */
  public static AmdV2Driver beforeInvalidateRange(
      Bindings bindings, long submitPs, long giveUpPs, CommandQueues queues) {
    return new AmdV2Driver(bindings, submitPs, giveUpPs, queues, true);
  }

  @Override
  public Program flush(FlushRules.Job job) {
    if (bindings.of(job.mm()).isEmpty()) {
      return FlushSteps.NOTHING;
    }
    if (job.binding() == FlushRules.Binding.RELEASING) {
      return FlushSteps.release(job, bindings, submitPs, giveUpPs, queues);
    }
    if (pagesOnly && job.range().pages() != 1) {
      return FlushSteps.NOTHING;
    }
    PageRange flushed = flushed(job.range());
    FlushSteps steps =
        new FlushSteps(job, flushed, bindings.count(job.mm()), submitPs, queues);
    Invalidation.Wait wait = new Invalidation.Wait(giveUpPs);
    bindings.of(job.mm()).keySet().forEach(iommu ->
        steps.submit(iommu, List.of(new Invalidation.Iotlb(job.mm(), flushed), wait)));
    steps.await();
    bindings.of(job.mm()).forEach((iommu, devices) -> {
      List<Invalidation.Descriptor> commands = new ArrayList<>();
      devices.forEach(
          device -> commands.add(new Invalidation.DeviceTlb(device, job.mm(), flushed)));
      commands.add(wait);
      steps.submit(iommu, commands);
    });
    return steps.await().build();
  }

  /** One page or everything. */
  static PageRange flushed(PageRange range) {
    if (range.pages() == 0) {
      return TOP_PAGE;
    }
    return range.pages() == 1 ? range : PageRange.ALL;
  }
}
