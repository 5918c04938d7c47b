package dev.shootdown.kernel.iommu;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Intel's SVA driver making its IOMMUs and their devices forget (Linux 6.12, {@code
 * intel_arch_invalidate_secondary_tlbs}, {@code cache_tag_flush_range}, {@code qi_submit_sync}).
 *
 * <ol>
 *   <li>The range grows to one aligned power-of-two block.
 *   <li>Per IOMMU one submission: the IOTLB descriptor first, then one per device with an ATC.
 *   <li>The CPU polls with interrupts off until all have completed.
 * </ol>
 *
 * <p>The PASID is the number of the address space.
 */
public final class VtdDriver {
  /** A device bound to an address space: its IOMMU and its number there. */
  public record Bound(int iommu, int device) {}

  private static final Map<Integer, List<Integer>> NO_DEVICES = new TreeMap<>();

  private final Map<Integer, Map<Integer, List<Integer>>> devicesByMm = new TreeMap<>();
  private final long submitPs;
  private final int maxMask;

  /**
   * A driver without bindings.
   *
   * @param submitPs time to write a batch of descriptors
   * @param maxMask largest block as a power of two of pages (CAP.MAMV)
   */
  public VtdDriver(long submitPs, int maxMask) {
    this.submitPs = submitPs;
    this.maxMask = maxMask;
  }

  /** Binds a device to address space {@code mm}. */
  public void bind(int mm, Bound bound) {
    devicesByMm
        .computeIfAbsent(mm, key -> new TreeMap<>())
        .computeIfAbsent(bound.iommu(), key -> new ArrayList<>())
        .add(bound.device());
  }

  /** The flush of {@code job}, as a program; over at once where nothing is bound. */
  public Program flush(FlushRules.Job job) {
    return new Flush(job, devicesByMm.getOrDefault(job.mm(), NO_DEVICES));
  }

  private final class Flush implements Program {
    private final FlushRules.Job job;
    private final List<Step> steps = new ArrayList<>();
    private int at;

    Flush(FlushRules.Job job, Map<Integer, List<Integer>> devicesByIommu) {
      this.job = job;
      if (devicesByIommu.isEmpty()) {
        return;
      }
      PageRange block = VtdRange.block(job.range(), maxMask);
      int devices = devicesByIommu.values().stream().mapToInt(List::size).sum();
      steps.add(
          new Note(
              new MachineFact.FlushBegan(
                  job.operation(), MachineFact.Audience.SECONDARY, job.mm(), job.range(), block,
                  devices)));
      steps.add(new Interrupts(false));
      devicesByIommu.forEach(
          (iommu, numbers) -> {
            steps.add(new Spend(Account.SUBMIT, submitPs));
            steps.add(new Submit(iommu, descriptors(block, numbers)));
          });
      steps.add(new AwaitInvalidation());
      steps.add(new Interrupts(true));
      steps.add(
          new Note(
              new MachineFact.FlushEnded(job.operation(), MachineFact.Audience.SECONDARY)));
    }

    private List<Invalidation.Descriptor> descriptors(PageRange block, List<Integer> numbers) {
      List<Invalidation.Descriptor> descriptors = new ArrayList<>();
      descriptors.add(new Invalidation.Iotlb(job.mm(), block));
      for (int device : numbers) {
        descriptors.add(new Invalidation.DeviceTlb(device, job.mm(), block));
      }
      return List.copyOf(descriptors);
    }

    @Override
    public Step next(Outcome last, long nowPs) {
      return at < steps.size() ? steps.get(at++) : new Finish();
    }
  }
}
