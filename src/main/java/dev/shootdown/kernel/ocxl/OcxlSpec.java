package dev.shootdown.kernel.ocxl;

import dev.shootdown.config.Limits;

/**
 * The driver of an OpenCAPI link.
 *
 * @param launchPs writing the registers that launch one shoot-down, in ps
 * @param giveUpPs how long it polls for the end of one, in ps; 0 for ever
 * @param entryPs from the fault interrupt until its bottom half runs, in ps
 * @param pages the kernel's pages, which a flush is counted in
 * @param release what it does when an address space is released
 */
public record OcxlSpec(
    @Limits(min = 1, rule = "else a shoot-down of everything stops time") long launchPs,
    long giveUpPs,
    long entryPs,
    Pages pages,
    Release release) {
  /** The kernel's page size (PAGE_SIZE). */
  public enum Pages {
    /** 4 KiB. */
    SMALL(1),
    /** 64 KiB. */
    LARGE(16);

    private final long size;

    Pages(long size) {
      this.size = size;
    }

    /** In pages of 4 KiB. */
    long size() {
      return size;
    }
  }

  /** What happens when an address space is released (mmu_notifier_release). */
  public enum Release {
    /**
     * Nothing: there is no release callback. A process element stays until its file is closed,
     * which comes after the address space has gone.
     */
    NONE,
    /** The process's elements are removed from the link, which forgets the process. */
    REMOVE_ELEMENTS
  }
}
