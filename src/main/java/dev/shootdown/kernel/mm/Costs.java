package dev.shootdown.kernel.mm;

import dev.shootdown.config.Scale;
import java.util.Optional;

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
 * @param work what the rarer parts cost; absent if they take no time
 * @param shared what CPUs cost each other; absent if nothing
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
    long gatherPs,
    Optional<WorkCosts> work,
    Optional<SharedCosts> shared) {
  /** The rarer parts take no time. */
  public Costs(
      long syscallPs, long unmapPs, long zapPs, long protectPs, long movePs, long truncatePs,
      long faultPs, long ptePs, long pageAllocPs, long pageFreePs, long gatherPs) {
    this(
        syscallPs, unmapPs, zapPs, protectPs, movePs, truncatePs, faultPs, ptePs, pageAllocPs,
        pageFreePs, gatherPs, Optional.empty(), Optional.empty());
  }

  /** CPUs cost each other nothing. */
  public Costs(
      long syscallPs, long unmapPs, long zapPs, long protectPs, long movePs, long truncatePs,
      long faultPs, long ptePs, long pageAllocPs, long pageFreePs, long gatherPs,
      Optional<WorkCosts> work) {
    this(
        syscallPs, unmapPs, zapPs, protectPs, movePs, truncatePs, faultPs, ptePs, pageAllocPs,
        pageFreePs, gatherPs, work, Optional.empty());
  }

  /** What the rarer parts cost. */
  public WorkCosts rarely() {
    return work.orElse(WorkCosts.FREE);
  }

  /** What CPUs cost each other. */
  public SharedCosts together() {
    return shared.orElse(SharedCosts.NONE);
  }

  /** The cost that a path names in {@code spend}, in ps. */
  long named(String name) {
    return switch (name) {
      case "syscall" -> syscallPs;
      case "unmap" -> unmapPs;
      case "zap" -> zapPs;
      case "protect" -> protectPs;
      case "move" -> movePs;
      case "truncate" -> truncatePs;
      case "fork" -> rarely().forkPs();
      case "reclaim" -> rarely().reclaimPs();
      case "scan" -> rarely().scanPs();
      case "collapse" -> rarely().collapsePs();
      default -> Scale.TIME.parse(name);
    };
  }
}
