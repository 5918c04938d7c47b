package dev.shootdown.kernel.kvm;

import dev.shootdown.config.Checked;
import dev.shootdown.config.Settings;

/**
 * KVM's handling of one VM.
 *
 * @param flush how vCPUs are made to forget
 * @param apic what keeps the APIC-access address right
 * @param lock how the lock of the second-stage table admits faults
 * @param yields whether an invalidation gives the lock up in between when others want it
 *     (preemptible kernels; d02c357e5bfa)
 * @param checks which tests of the retry protocol are made
 * @param costs what its code costs
 * @param pfnCache gfn_to_pfn caches
 * @param unmap how often vCPUs forget while entries are taken away
 */
public record KvmSpec(
    Flush flush, ApicPolicy apic, LockKind lock, boolean yields, ChecksSpec checks,
    KvmCosts costs, PfnCacheSpec pfnCache, Unmap unmap) implements Checked {
  /** KVM whose vCPUs forget once, when entries have been taken away. */
  public KvmSpec(
      Flush flush, ApicPolicy apic, LockKind lock, boolean yields, ChecksSpec checks,
      KvmCosts costs, PfnCacheSpec pfnCache) {
    this(flush, apic, lock, yields, checks, costs, pfnCache, Unmap.ONCE);
  }

  @Override
  public void check(Settings at) {
    if (unmap == Unmap.PER_ENTRY && flush == Flush.INVEPT) {
      at.problem(
          "unmap", "an INVEPT forgets everything; per-entry needs flush = vmid-broadcast");
    }
  }

  /** How vCPUs are made to forget second-stage translations. */
  public enum Flush {
    /** x86: a request to all vCPUs, those in the guest are kicked; each forgets everything. */
    INVEPT,
    /** arm64: a broadcast by VMID and range; nobody is kicked. */
    VMID_BROADCAST
  }

  /** How often vCPUs forget while an invalidation takes entries away. */
  public enum Unmap {
    /** Once, at the end or before the lock is given up. */
    ONCE,
    /**
     * After each entry: a TLBI by address and a DSB (arm64 before FEAT_TLBIRANGE was used, Linux
     * 6.6; {@code stage2_put_pte}).
     */
    PER_ENTRY
  }

  /** What keeps the APIC-access address right, in the order of history. */
  public enum ApicPolicy {
    /** The page is pinned; the address never changes (until 2014). */
    PIN,
    /** A reload is asked for at range_start, and reads what stands there (2014 to 2020). */
    RELOAD_AT_START,
    /** A reload is asked for by the secondary invalidation of range_end (5.8 to 6.4). */
    RELOAD_AT_SEC_INV,
    /** A reload is asked for at range_start, and is put off while it must be (6.5). */
    RETRY
  }

  /** How the lock admits faults. */
  public enum LockKind {
    /** Side by side (x86 TDP MMU, arm64). */
    SHARED,
    /** One after the other (x86 shadow MMU). */
    EXCLUSIVE
  }
}
