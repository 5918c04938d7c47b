package dev.shootdown.kernel.notifier;

/**
 * Which lock domain stands behind which number of a CPU's {@code domains} ports.
 *
 * @param spaces how many address spaces there are
 * @param files how many files there are
 */
public record KernelMap(int spaces, int files) {
  /** mmap_lock, areas, flush generation and CPU mask of address space {@code mm}. */
  public int addressSpace(int mm) {
    return 2 * mm;
  }

  /** The page table of {@code mm} and its lock. */
  public int table(int mm) {
    return 2 * mm + 1;
  }

  /** The frames. */
  public int frames() {
    return 2 * spaces;
  }

  /** The reverse map of file {@code file}. */
  public int file(int file) {
    return 2 * spaces + 1 + file;
  }

  /** How many domains there are. */
  public int size() {
    return 2 * spaces + 1 + files;
  }
}
