package dev.shootdown.emulator;

import dev.shootdown.config.Checked;
import dev.shootdown.config.Limits;
import dev.shootdown.config.Settings;

/**
 * The IOMMU driver of a guest kernel.
 *
 * @param mode when it invalidates
 * @param queueEntries length of the flush queue; one entry stays free
 * @param queuePeriodPs longest time that an entry waits in the flush queue, in ps
 * @param deviceTlb whether it sends device-TLB descriptors, as it does for devices with ATS on
 * @param firstLevel whether devices use a first-level table, invalidated by PASID
 * @param mapPs fixed part of a map, in ps
 * @param unmapPs fixed part of an unmap, in ps
 * @param ptePs changing one entry, in ps
 * @param pageAllocPs getting one page, in ps
 * @param pageFreePs giving one page back, in ps
 * @param submitPs writing the descriptors of one submission, in ps
 */
public record GuestDriverSpec(
    Mode mode,
    @Limits(min = 2, max = 1 << 16) int queueEntries,
    @Limits(min = 1) long queuePeriodPs,
    boolean deviceTlb,
    boolean firstLevel,
    long mapPs,
    long unmapPs,
    long ptePs,
    long pageAllocPs,
    long pageFreePs,
    long submitPs)
    implements Checked {
  /** When an unmap invalidates. */
  public enum Mode {
    /** Before it returns (iommu.strict=1). */
    STRICT,
    /** Later, all at once: when the flush queue is full, or after a while (DMA_FQ). */
    LAZY
  }

  @Override
  public void check(Settings at) {
    if (mode == Mode.LAZY && firstLevel) {
      at.problem(
          "first-level", "lazy mode invalidates whole domains; write mode = strict with it");
    }
  }
}
