package dev.shootdown.hardware.vcpu;

import dev.shootdown.config.Checked;
import dev.shootdown.config.Limits;
import dev.shootdown.config.Settings;

/**
 * A virtual CPU.
 *
 * @param tlbEntries how many second-stage translations it holds
 * @param tlbWays associativity; the entries divide into sets of as many
 * @param accessPs a load or store that hits, in ps
 * @param walkPs a nested walk besides reaching the second-stage table, in ps
 * @param exitPs from the guest into KVM, in ps
 * @param entryPs from KVM into the guest, in ps
 * @param readingPs how long its thread reads the second-stage table without a lock at a fault,
 *     interrupts off, in ps
 * @param flushPs forgetting all second-stage translations before an entry (INVEPT), in ps
 * @param emulatePs emulating an access to the APIC, in ps
 * @param loopPs once around KVM's entry loop when a request could not be served, in ps
 */
public record VcpuSpec(
    @Limits(min = 1, max = 1 << 20) int tlbEntries,
    @Limits(min = 1, max = 1 << 20) int tlbWays,
    long accessPs,
    long walkPs,
    @Limits(min = 1) long exitPs,
    @Limits(min = 1) long entryPs,
    long readingPs,
    long flushPs,
    long emulatePs,
    @Limits(min = 1, rule = "else a vCPU that waits stops time") long loopPs) implements Checked {
  @Override
  public void check(Settings at) {
    if (tlbEntries % tlbWays != 0) {
      at.problem("tlb-ways", "must divide tlb-entries (" + tlbEntries + ")");
    }
  }
}
