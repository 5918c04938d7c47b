package dev.shootdown.scenario;

import dev.shootdown.config.Settings;
import dev.shootdown.kernel.iommu.DriverLocksSpec;
import dev.shootdown.kernel.iommu.FlushQueueSpec;
import dev.shootdown.kernel.iommu.IopfThreadSpec;
import dev.shootdown.kernel.iommu.RangeRule;
import dev.shootdown.kernel.iommu.SmmuDriverSpec;
import dev.shootdown.kernel.iommu.VtdDriverSpec;

/**
 * Drivers of IOMMUs, and how they behave.
 *
 * @param iommu who drives parts of type {@code iommu}
 * @param amdIommu who drives parts of type {@code amd-iommu}
 * @param smmu who drives parts of type {@code smmu}
 * @param submitPs time to write a batch of commands and ring the doorbell, in ps
 * @param giveUpPs how long AMD's driver polls, in ps; 0 for ever
 * @param vtd Intel's driver
 * @param smmuDriver Arm's driver
 * @param flushQueue the deferred flushes of each CPU
 * @param pageRequests the thread that serves devices' page requests
 * @param range what they are told to flush for a range
 * @param locks the spinlocks that they take
 * @param defersIdle whether Intel's SVM leaves the flush of a PASID in which no device works to the
 *     IOMMU
 * @param heldUpPs what comes between counting a bracket's end and the lock, where amd-v2-unlocked
 *     drives, in ps
 */
public record DriverSpec(
    Driver iommu, Driver amdIommu, Driver smmu, long submitPs, long giveUpPs,
    VtdDriverSpec vtd, SmmuDriverSpec smmuDriver, FlushQueueSpec flushQueue,
    IopfThreadSpec pageRequests, RangeRule range, DriverLocksSpec locks,
    boolean defersIdle, long heldUpPs) {
  /** A driver. */
  public enum Driver {
    /** Intel's, Linux 6.12: cache tags, one aligned block. */
    VTD,
    /** Intel's SVM up to Linux 6.5: one submission per descriptor. */
    INTEL_SVM,
    /** AMD's SVA since Linux 6.10. */
    AMD_SVA,
    /** AMD's iommu_v2 from Linux 3.19 to 6.6: one page, or the whole PASID. */
    AMD_V2,
    /** AMD's iommu_v2 of Linux 3.6: an empty table within each bracket. */
    AMD_V2_UNCOUNTED,
    /** The same, and brackets are counted, but not under the lock (before d73a6d722a67). */
    AMD_V2_UNLOCKED,
    /** AMD's iommu_v2 before Linux 3.19: counted under the lock. */
    AMD_V2_COUNTED,
    /** Arm's SVA. */
    SMMU;

    /** Whether it gives a PASID an empty page table while a bracket is open. */
    boolean emptiesTables() {
      return this == AMD_V2_UNCOUNTED || this == AMD_V2_UNLOCKED || this == AMD_V2_COUNTED;
    }
  }

  /** Refuses a rule for ranges that one of the drivers cannot follow. */
  void refuseRange(Settings at) {
    RangeRule.Kind rule = range.kind();
    boolean makesAll = rule == RangeRule.Kind.WIDENED || rule == RangeRule.Kind.WHOLE_PASID;
    if (makesAll && iommu == Driver.INTEL_SVM) {
      at.notModelled(
          "range",
          "intel-svm counts 0 pages of a whole address space and would flush nothing; write"
              + " iommu = vtd");
    } else if (rule == RangeRule.Kind.EXACT && amdIommu != Driver.AMD_SVA) {
      at.notModelled(
          "range",
          "iommu_v2 flushes one page or the whole PASID, never a block; write amd-iommu = amd-sva");
    } else if (rule == RangeRule.Kind.EXACT && !smmuDriver.rangeInvalidation()) {
      at.notModelled(
          "range",
          "without kernel.smmu.range-invalidation the SMMU's driver flushes larger ranges by ASID");
    }
  }

  /** Who drives an IOMMU of part type {@code type}. */
  Driver of(String type) {
    return switch (type) {
      case "iommu" -> iommu;
      case "amd-iommu" -> amdIommu;
      default -> smmu;
    };
  }
}
