package dev.shootdown.replay;

import java.util.List;

/**
 * What a thread asked for and got.
 *
 * @param arguments in the order of {@link Syscall#argumentNames()}
 * @param result 0 or, for {@link Syscall#MREMAP} and {@link Syscall#MMAP}, the new address; -4095
 *     to -1 a Linux errno
 */
public record SystemCall(Syscall kind, List<Long> arguments, long result) {
  private static final int ERRNO_MAX = 4095;
  /** Linux include/uapi/linux/mman.h. */
  static final long MAP_FIXED = 0x10;
  /** MADV_COLLAPSE, Linux include/uapi/asm-generic/mman-common.h. */
  static final int COLLAPSE = 25;

  /** First byte of the range, as given; of {@link Syscall#MMAP} where the mapping came to be. */
  public long startAddress() {
    return kind == Syscall.MMAP ? result : arguments.get(0);
  }

  /** Length as given, which need not be whole pages; of {@link Syscall#MREMAP} the old length. */
  public long lengthBytes() {
    return arguments.get(1);
  }

  /** The end of the range, exclusive. */
  public long endAddress() {
    return startAddress() + lengthBytes();
  }

  /** Whether the kernel refused it. */
  public boolean failed() {
    return result < 0 && result >= -ERRNO_MAX;
  }

  /** The advice of {@link Syscall#MADVISE}: 4 drops the pages, 0x15 pages them out, and so on. */
  public long behavior() {
    return argument(Syscall.MADVISE, 2);
  }

  /** The permissions of {@link Syscall#MPROTECT}: 1 read, 2 write, 4 execute. */
  public long protection() {
    return argument(Syscall.MPROTECT, 2);
  }

  /** Whether {@link Syscall#MMAP} took away what was mapped there (MAP_FIXED). */
  public boolean replaces() {
    return (argument(Syscall.MMAP, 3) & MAP_FIXED) != 0;
  }

  /** The new length of {@link Syscall#MREMAP}. */
  public long newLengthBytes() {
    return argument(Syscall.MREMAP, 2);
  }

  private long argument(Syscall wanted, int index) {
    if (kind != wanted) {
      throw new IllegalStateException(kind.printedName() + " has no such argument");
    }
    return arguments.get(index);
  }
}
