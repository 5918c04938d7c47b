package dev.shootdown.kernel.iommu;

/**
 * The place and the ways of {@link EmptyTable} for one address space.
 *
 * @param mm the address space, and its PASID
 * @param submitter its number among those whom IOMMUs answer, ≥ 0
 * @param counting how it counts open brackets
 * @param heldUpPs {@link Counting#UNLOCKED}: what comes between the count and the lock, where a
 *     bracket ends, in ps
 * @param submitPs time to write the commands for one IOMMU and ring the doorbell, in ps
 * @param giveUpPs how long it polls, in ps; 0 for ever
 */
public record EmptyTableLayout(
    int mm, int submitter, Counting counting, long heldUpPs, long submitPs, long giveUpPs) {
  /** How open brackets are counted. */
  public enum Counting {
    /** Not at all (Linux 3.6). */
    NONE,
    /** By an atomic counter, outside of the lock under which tables are changed (e79df31). */
    UNLOCKED,
    /** Under the lock (d73a6d722a67). */
    LOCKED
  }
}
