package dev.shootdown.hardware.accelerator;

import dev.shootdown.config.Checked;
import dev.shootdown.config.Limits;
import dev.shootdown.config.Settings;

/**
 * A GPU.
 *
 * @param tlbEntries how many translations it holds
 * @param tlbWays associativity; the entries divide into sets of as many
 * @param accessPs the least time from one access of a job to its next, in ps
 * @param invalidationPs forgetting a range, in ps
 * @param faults what it can do at an access that its page table doesn't allow
 */
public record GpuSpec(
    @Limits(min = 1, max = 1 << 20) int tlbEntries,
    @Limits(min = 1, max = 1 << 20) int tlbWays,
    @Limits(min = 1, rule = "else a job stops time") long accessPs,
    long invalidationPs,
    Faults faults) implements Checked {
  /** Whether a job can be stopped in the middle. */
  public enum Faults {
    /** An access can wait for its page at any time (replayable faults). */
    RECOVERABLE,
    /**
     * Only before its first access; from then on its pages stay until it ends, so that whoever
     * takes them away waits for it (its fence).
     */
    BEFORE_START
  }

  @Override
  public void check(Settings at) {
    if (tlbEntries % tlbWays != 0) {
      at.problem("tlb-ways", "must divide tlb-entries (" + tlbEntries + ")");
    }
  }
}
