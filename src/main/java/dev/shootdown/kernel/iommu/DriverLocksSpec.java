package dev.shootdown.kernel.iommu;

/**
 * Which spinlocks of their own the drivers take, with interrupts off, and what they do under them.
 *
 * @param space whether a flush holds its address space's lock from the first command to the last
 *     answer (Linux 6.12: {@code domain->cache_lock} of Intel's driver, the protection domain's
 *     lock of AMD's SVA); Intel's SVM and AMD's IOMMUv2 have none
 * @param queue whether commands are written under the command queue's lock (Linux 6.12: {@code
 *     q_lock} in {@code qi_submit_sync}, {@code iommu->lock} of AMD's drivers)
 * @param amdWaitsInside whether AMD's drivers keep that lock until COMPLETION_WAIT is done ({@code
 *     iommu_completion_wait} of Linux 6.12); later ones give it back before they wait
 * @param reclaimPs what Intel's drivers do under the queue's lock once their wait descriptor is
 *     done, in ps: see its status, and free the ring's slots ({@code reclaim_free_desc})
 */
public record DriverLocksSpec(
    boolean space, boolean queue, boolean amdWaitsInside, long reclaimPs) {}
