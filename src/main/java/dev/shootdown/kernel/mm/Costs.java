package dev.shootdown.kernel.mm;

/**
 * What the kernel's own code costs, in ps. Paths name these; a machine profile gives their values.
 *
 * @param syscallPs entering and leaving the kernel
 * @param unmapPs finding, detaching and freeing the areas of a munmap
 * @param zapPs the fixed part of clearing a range (walking down to the entries)
 * @param protectPs finding and changing the areas of an mprotect
 * @param movePs finding, copying and detaching the areas of an mremap
 * @param truncatePs finding the mappings of a file range
 * @param faultPs handling a page fault, besides the page itself
 * @param ptePs changing one page-table entry
 * @param pageAllocPs allocating and clearing one page
 * @param pageFreePs giving one page back
 * @param gatherPs the first extra batch of mmu_gather, taken once the bundle of eight is full
 */
public record Costs(
    long syscallPs,
    long unmapPs,
    long zapPs,
    long protectPs,
    long movePs,
    long truncatePs,
    long faultPs,
    long ptePs,
    long pageAllocPs,
    long pageFreePs,
    long gatherPs) {}
