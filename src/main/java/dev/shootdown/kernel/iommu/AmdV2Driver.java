package dev.shootdown.kernel.iommu;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.Program;
import java.util.ArrayList;
import java.util.List;

/**
 * AMD's IOMMUv2 driver from Linux 3.19 to 6.6 ({@code mn_invalidate_range}, {@code __flush_pasid}).
 *
 * <ol>
 *   <li>A range within one page flushes that page; any other flushes the whole PASID.
 *   <li>All IOMMUs drop it and are waited for; only then all devices, which are waited for as well.
 * </ol>
 *
 * <p>The empty range of a nested flush, (~0, ~0), looks like one page: the last one there is.
 */
public final class AmdV2Driver implements SecondaryDriver {
  private static final PageRange TOP_PAGE = PageRange.of(PageRange.ALL_PAGES - 1);

  private final Bindings bindings;
  private final long submitPs;
  private final long giveUpPs;

  /**
   * A driver.
   *
   * @param submitPs time to write the commands for one IOMMU and ring the doorbell, in ps
   * @param giveUpPs how long it polls, in ps; 0 for ever
   */
  public AmdV2Driver(Bindings bindings, long submitPs, long giveUpPs) {
    this.bindings = bindings;
    this.submitPs = submitPs;
    this.giveUpPs = giveUpPs;
  }

  @Override
  public Program flush(FlushRules.Job job) {
    if (bindings.of(job.mm()).isEmpty()) {
      return FlushSteps.NOTHING;
    }
    PageRange flushed = flushed(job.range());
    FlushSteps steps = new FlushSteps(job, flushed, bindings.count(job.mm()), submitPs);
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
