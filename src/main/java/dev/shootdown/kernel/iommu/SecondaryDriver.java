package dev.shootdown.kernel.iommu;

import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.Program;

/** An IOMMU driver, as memory management sees it: it makes IOMMUs and devices forget. */
public interface SecondaryDriver {
  /**
   * Returns when all that are bound to the address space have forgotten, or the driver thinks so. A
   * job that is releasing takes the address space away from them first, for good.
   */
  Program flush(FlushRules.Job job);

  /**
   * The same, later, for an unmapping whose stale window is announced. A driver that doesn't defer
   * flushes at once (Linux: {@code iommu.strict=1}).
   */
  default Program defer(FlushRules.Job job) {
    return flush(job);
  }
}
