package dev.shootdown.kernel.iommu;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.Program;
import java.util.ArrayList;
import java.util.List;

/**
 * Arm's SMMUv3 SVA driver (Linux 6.12, {@code arm_smmu_mm_arch_invalidate_secondary_tlbs}).
 *
 * <ol>
 *   <li>TLBI by range, one command per 5-bit chunk of the page count; without range commands one
 *       per page, or by ASID from 512 pages on. Then CMD_SYNC.
 *   <li>ATC_INV for every device, in one block of a power of two of pages. Then CMD_SYNC.
 *   <li>For each SYNC the CPU polls with interrupts off, for 1 s at most.
 *   <li>Each list of commands gets its places in the queue at once, or by moving the queue's tail
 *       in competition with all other CPUs, see {@link QueueTail}.
 * </ol>
 */
public final class SmmuDriver implements SecondaryDriver {
  private static final PageRange TOP_PAGE = PageRange.of(PageRange.ALL_PAGES - 1);
  private static final int CHUNK_BITS = 31;

  private final Bindings bindings;
  private final SmmuDriverSpec spec;
  private final CommandQueues queues;

  /** A driver whose CPUs never compete for places. */
  public SmmuDriver(SmmuDriverSpec spec, Bindings bindings) {
    this(spec, bindings, CommandQueues.FREE);
  }

  /**
   * A driver.
   *
   * @param queues where CPUs compete, see {@link QueueTail}
   */
  public SmmuDriver(SmmuDriverSpec spec, Bindings bindings, CommandQueues queues) {
    this.bindings = bindings;
    this.spec = spec;
    this.queues = queues;
  }

  @Override
  public Program flush(FlushRules.Job job) {
    if (bindings.of(job.mm()).isEmpty()) {
      return FlushSteps.NOTHING;
    }
    if (job.binding() == FlushRules.Binding.RELEASING) {
      return FlushSteps.release(job, bindings, spec.submitPs(), spec.giveUpPs(), queues);
    }
    PageRange own = ownRange(job.range());
    PageRange devices = deviceRange(job.range(), own);
    FlushSteps steps =
        new FlushSteps(job, devices, bindings.count(job.mm()), spec.submitPs(), queues);
    bindings.of(job.mm()).forEach((iommu, numbers) -> {
      List<Invalidation.Descriptor> commands = new ArrayList<>();
      ranges(own).forEach(range -> commands.add(new Invalidation.Iotlb(job.mm(), range)));
      submit(steps, iommu, commands);
      commands.clear();
      numbers.forEach(
          device -> commands.add(new Invalidation.DeviceTlb(device, job.mm(), devices)));
      submit(steps, iommu, commands);
    });
    return steps.build();
  }

  /** Full batches go out without a wait; the last one carries it. */
  private void submit(
      FlushSteps steps, int iommu, List<Invalidation.Descriptor> commands) {
    if (commands.isEmpty()) {
      return;
    }
    for (int from = 0; from < commands.size(); from += spec.batchMax()) {
      List<Invalidation.Descriptor> batch = new ArrayList<>(
          commands.subList(from, Math.min(commands.size(), from + spec.batchMax())));
      batch.add(new Invalidation.Wait(true, false, spec.giveUpPs()));
      steps.submit(iommu, batch);
    }
    steps.await();
  }

  /** What the SMMU's own TLB drops; empty for nothing. */
  private PageRange ownRange(PageRange range) {
    if (range.pages() == 0) {
      return switch (spec.emptyRange()) {
        case EVERYTHING -> PageRange.ALL;
        case TOP_PAGE -> TOP_PAGE;
        case DEVICES_ONLY -> range;
      };
    }
    boolean tooMany = !spec.rangeInvalidation() && range.pages() >= spec.opsMax();
    return tooMany ? PageRange.ALL : range;
  }

  /** The block that devices drop: the power of two around it, or everything. */
  private static PageRange deviceRange(PageRange asked, PageRange own) {
    return VtdRange.block(asked.pages() == 0 && own.pages() == 1 ? own : fitting(asked, own),
        VtdRange.MASK_MAX);
  }

  private static PageRange fitting(PageRange asked, PageRange own) {
    return own.isAll() ? own : asked;
  }

  /** One range per TLBI command. */
  List<PageRange> ranges(PageRange range) {
    List<PageRange> ranges = new ArrayList<>();
    if (range.isAll()) {
      ranges.add(range);
      return ranges;
    }
    long at = range.firstPage();
    long left = range.pages();
    while (left > 0) {
      int scale = spec.rangeInvalidation() ? Long.numberOfTrailingZeros(left) : 0;
      long pages = spec.rangeInvalidation() ? (left >>> scale & CHUNK_BITS) << scale : 1;
      ranges.add(new PageRange(at, pages));
      at += pages;
      left -= pages;
    }
    return ranges;
  }
}
