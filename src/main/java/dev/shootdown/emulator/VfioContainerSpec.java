package dev.shootdown.emulator;

import dev.shootdown.config.Limits;

/**
 * A VFIO type1 container with the device behind it.
 *
 * @param ats whether the device offers ATS to the guest
 * @param mapPs fixed part of VFIO_IOMMU_MAP_DMA, in ps
 * @param mapPagePs per page: finding and pinning its frame, storing the entry, in ps
 * @param unmapPs fixed part of VFIO_IOMMU_UNMAP_DMA with its IOTLB flush, in ps
 * @param unmapPagePs per page: clearing the entry, unpinning, in ps
 * @param mappingsMax how many mappings there can be (dma_entry_limit)
 * @param transferPs how long a transfer of the device goes on, in ps
 */
public record VfioContainerSpec(
    boolean ats, long mapPs, long mapPagePs, long unmapPs, long unmapPagePs,
    @Limits(min = 1) int mappingsMax, long transferPs) {}
