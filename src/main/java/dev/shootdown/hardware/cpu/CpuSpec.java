package dev.shootdown.hardware.cpu;

import dev.shootdown.config.Checked;
import dev.shootdown.config.Limits;
import dev.shootdown.config.Settings;

/**
 * A CPU core. Times in ps.
 *
 * @param l1Entries first-level TLB entries
 * @param l1Ways its associativity
 * @param l2Entries second-level TLB entries
 * @param l2Ways its associativity
 * @param l2LatencyPs extra time of a second-level hit
 * @param walkPs time of a page walk besides reaching the table
 * @param accessPs time of a load or store that hits
 * @param flushPs fixed time of any TLB flush
 * @param flushPagePs time of one INVLPG
 * @param fullFlushPs time of a full flush besides {@code flushPs}
 * @param ipiSendPs time to issue one interrupt
 * @param interruptEntryPs from the interrupt to its handler
 * @param interruptExitPs from the handler back
 * @param idleWakePs extra time until a halted CPU is in its handler
 * @param spaces address spaces whose entries are kept at once (PCIDs, ASIDs)
 */
public record CpuSpec(
    @Limits(min = 1, max = 65536) int l1Entries,
    @Limits(min = 1, max = 65536) int l1Ways,
    @Limits(min = 1, max = 1048576) int l2Entries,
    @Limits(min = 1, max = 1048576) int l2Ways,
    long l2LatencyPs,
    long walkPs,
    long accessPs,
    long flushPs,
    long flushPagePs,
    long fullFlushPs,
    long ipiSendPs,
    long interruptEntryPs,
    long interruptExitPs,
    long idleWakePs,
    @Limits(min = 1, max = 4096) int spaces)
    implements Checked {
  @Override
  public void check(Settings at) {
    if (l1Entries % l1Ways != 0) {
      at.problem("l1-ways", l1Entries + " entries do not divide into sets of " + l1Ways + " ways");
    }
    if (l2Entries % l2Ways != 0) {
      at.problem("l2-ways", l2Entries + " entries do not divide into sets of " + l2Ways + " ways");
    }
  }

  /** Time to flush {@code pages} pages, or everything if {@code all}. */
  long flushPs(long pages, boolean all) {
    return flushPs + (all ? fullFlushPs : Math.multiplyExact(pages, flushPagePs));
  }
}
