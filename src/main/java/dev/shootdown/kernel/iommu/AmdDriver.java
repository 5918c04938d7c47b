package dev.shootdown.kernel.iommu;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.Program;
import java.util.List;

/**
 * AMD's SVA driver since Linux 6.10 ({@code sva_arch_invalidate_secondary_tlbs}, {@code
 * amd_iommu_dev_flush_pasid_pages}).
 *
 * <ol>
 *   <li>The range grows to the block below the highest bit in which its first and last address
 *       differ.
 *   <li>Device by device, under the protection domain's spinlock with interrupts off: IOMMU pages,
 *       then the device's cache, then one COMPLETION_WAIT under the lock of the command buffer.
 *   <li>The CPU polls 100,000 times with 1 us between, and then goes on as if it were done.
 * </ol>
 */
public final class AmdDriver implements SecondaryDriver {
  /** LOOP_TIMEOUT of 100,000 turns with a delay of 1 us each. */
  public static final long GIVE_UP_PS = 100_000_000_000L;

  private final Bindings bindings;
  private final long submitPs;
  private final long giveUpPs;
  private final CommandQueues queues;

  /** A driver without locks. */
  public AmdDriver(Bindings bindings, long submitPs, long giveUpPs) {
    this(bindings, submitPs, giveUpPs, CommandQueues.FREE);
  }

  /**
   * A driver.
   *
   * @param submitPs time to write the commands for one device and ring the doorbell, in ps
   * @param giveUpPs how long it polls, in ps; 0 for ever
   */
  public AmdDriver(
      Bindings bindings, long submitPs, long giveUpPs, CommandQueues queues) {
    this.bindings = bindings;
    this.submitPs = submitPs;
    this.giveUpPs = giveUpPs;
    this.queues = queues;
  }

  @Override
  public Program flush(FlushRules.Job job) {
    if (bindings.of(job.mm()).isEmpty()) {
      return FlushSteps.NOTHING;
    }
    if (job.binding() == FlushRules.Binding.RELEASING) {
      return FlushSteps.release(job, bindings, submitPs, giveUpPs, queues);
    }
    PageRange block = VtdRange.block(job.range(), VtdRange.MASK_MAX);
    FlushSteps steps =
        new FlushSteps(job, block, bindings.count(job.mm()), submitPs, queues).lockSpace();
    bindings.of(job.mm()).forEach((iommu, devices) -> {
      for (int device : devices) {
        steps.submit(iommu, List.of(new Invalidation.Iotlb(job.mm(), block),
            new Invalidation.DeviceTlb(device, job.mm(), block),
            new Invalidation.Wait(giveUpPs))).await();
      }
    });
    return steps.build();
  }
}
