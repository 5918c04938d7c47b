package dev.shootdown.kernel.iommu;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.Program;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Intel's SVA driver making its IOMMUs and their devices forget (Linux 6.12, {@code
 * intel_arch_invalidate_secondary_tlbs}, {@code cache_tag_flush_range}, {@code qi_submit_sync}).
 *
 * <ol>
 *   <li>The range grows to one aligned power-of-two block.
 *   <li>Per IOMMU the IOTLB descriptor goes first, then one per device with an ATC, in batches.
 *   <li>The CPU polls with interrupts off until all have completed.
 *   <li>From the first batch to the last answer it holds the lock of the domain's cache tags; the
 *       queue's lock it holds while it writes, and once more when it finds itself done.
 * </ol>
 *
 * <p>The PASID is the number of the address space.
 */
public final class VtdDriver implements SecondaryDriver {
  /** A device bound to an address space: its IOMMU and its number there. */
  public record Bound(int iommu, int device) {}

  private final Bindings bindings;
  private final VtdDriverSpec spec;
  private final boolean waitsOnce;
  private final CommandQueues queues;

  /**
   * A driver without bindings that submits to all IOMMUs, each in one batch, before it waits for
   * any, and never tells a device more than the PASID concerned.
   *
   * @param submitPs time to write a batch of descriptors
   * @param maxMask largest block as a power of two of pages (CAP.MAMV)
   */
  public VtdDriver(long submitPs, int maxMask) {
    this(new VtdDriverSpec(submitPs, maxMask, true, Integer.MAX_VALUE, false, false),
        new Bindings(), CommandQueues.FREE, true);
  }

  /** A driver without locks that waits for each batch before it writes the next. */
  public VtdDriver(VtdDriverSpec spec, Bindings bindings) {
    this(spec, bindings, CommandQueues.FREE);
  }

  /** A driver that waits for each batch before it writes the next. */
  public VtdDriver(VtdDriverSpec spec, Bindings bindings, CommandQueues queues) {
    this(spec, bindings, queues, false);
  }

  private VtdDriver(
      VtdDriverSpec spec, Bindings bindings, CommandQueues queues, boolean waitsOnce) {
    this.spec = spec;
    this.bindings = bindings;
    this.queues = queues;
    this.waitsOnce = waitsOnce;
  }

  /** Binds a device to address space {@code mm}. */
  public void bind(int mm, Bound bound) {
    bindings.bind(mm, bound.iommu(), bound.device());
  }

  /** The flush of {@code job}, as a program; over at once where nothing is bound. */
  @Override
  public Program flush(FlushRules.Job job) {
    Map<Integer, List<Integer>> devicesByIommu = bindings.of(job.mm());
    if (devicesByIommu.isEmpty()) {
      return FlushSteps.NOTHING;
    }
    if (job.binding() == FlushRules.Binding.RELEASING) {
      return FlushSteps.release(job, bindings, spec.submitPs(), 0, queues);
    }
    PageRange block =
        VtdRange.block(job.range(), spec.limitPasid() ? spec.maxMask() : VtdRange.MASK_MAX);
    FlushSteps steps =
        new FlushSteps(job, block, bindings.count(job.mm()), spec.submitPs(), queues)
            .lockSpace();
    devicesByIommu.forEach((iommu, devices) -> {
      List<Invalidation.Descriptor> all = descriptors(job.mm(), block, devices);
      for (int from = 0; from < all.size(); from += Math.min(spec.batchMax(), all.size())) {
        int to = (int) Math.min(all.size(), (long) from + spec.batchMax());
        steps.submit(iommu, all.subList(from, to));
        if (!waitsOnce) {
          steps.await();
        }
      }
    });
    if (waitsOnce) {
      steps.await();
    }
    return steps.build();
  }

  private List<Invalidation.Descriptor> descriptors(
      int mm, PageRange block, List<Integer> devices) {
    List<Invalidation.Descriptor> descriptors = new ArrayList<>();
    descriptors.add(new Invalidation.Iotlb(mm, block));
    int pasid = block.isAll() && spec.wholeDevice() ? Ats.NO_PASID : mm;
    for (int device : devices) {
      for (int time = spec.extraDeviceFlush() ? 0 : 1; time < 2; time++) {
        descriptors.add(new Invalidation.DeviceTlb(device, pasid, block));
      }
    }
    return descriptors;
  }
}
