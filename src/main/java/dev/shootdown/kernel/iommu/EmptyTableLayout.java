package dev.shootdown.kernel.iommu;

/**
 * The place and the ways of {@link EmptyTable} for one address space.
 *
 * @param mm the address space, and its PASID
 * @param submitter its number among those whom IOMMUs answer, ≥ 0
 * @param counts whether it counts open brackets
 * @param submitPs time to write the commands for one IOMMU and ring the doorbell, in ps
 * @param giveUpPs how long it polls, in ps; 0 for ever
 */
public record EmptyTableLayout(
    int mm, int submitter, boolean counts, long submitPs, long giveUpPs) {}
