package dev.shootdown.hardware.accelerator;

import dev.shootdown.config.Checked;
import dev.shootdown.config.Limits;
import dev.shootdown.config.Settings;

/**
 * The host's end of an OpenCAPI link, with the accelerator behind it.
 *
 * @param tlbEntries how many translations the host's end holds
 * @param tlbWays associativity; the entries divide into sets of as many
 * @param accessPs the least time from one access of a job to its next, in ps
 * @param walkPs a walk besides reaching the page table, in ps
 * @param shootDownPs forgetting what a shoot-down or a tlbie names, in ps
 * @param dropRacingWalks whether a walk is done again if what it reads was to be forgotten
 *     meanwhile
 */
public record CapiLinkSpec(
    @Limits(min = 1, max = 1 << 20) int tlbEntries,
    @Limits(min = 1, max = 1 << 20) int tlbWays,
    @Limits(min = 1, rule = "else a job stops time") long accessPs,
    long walkPs,
    long shootDownPs,
    boolean dropRacingWalks) implements Checked {
  @Override
  public void check(Settings at) {
    if (tlbEntries % tlbWays != 0) {
      at.problem("tlb-ways", "must divide tlb-entries (" + tlbEntries + ")");
    }
  }
}
