package dev.shootdown.replay;

import java.util.List;

/** The system calls whose page-table changes the product replays, with their argument names. */
public enum Syscall {
  /** Takes mappings away. */
  MUNMAP("addr", "len"),
  /** Advice, of which some drops pages: {@link SystemCall#behavior()} says which. */
  MADVISE("start", "len_in", "behavior"),
  /** Changes permissions. */
  MPROTECT("start", "len", "prot"),
  /** Moves, grows or shrinks a mapping; its result is the new address. */
  MREMAP("addr", "old_len", "new_len", "flags", "new_addr"),
  /** Makes a mapping; its result is the address. With MAP_FIXED it takes older ones away. */
  MMAP("addr", "len", "prot", "flags", "fd", "off");

  private final List<String> argumentNames;

  Syscall(String... argumentNames) {
    this.argumentNames = List.of(argumentNames);
  }

  /** The kernel's argument names in the kernel's order; the first two are address and length. */
  public List<String> argumentNames() {
    return argumentNames;
  }

  /** The name the kernel prints, such as {@code munmap}. */
  public String printedName() {
    return switch (this) {
      case MUNMAP -> "munmap";
      case MADVISE -> "madvise";
      case MPROTECT -> "mprotect";
      case MREMAP -> "mremap";
      case MMAP -> "mmap";
    };
  }

  /** The call of that printed name, or null for one that the product does not replay. */
  static Syscall printedAs(String name) {
    for (Syscall syscall : values()) {
      if (syscall.printedName().equals(name)) {
        return syscall;
      }
    }
    return null;
  }
}
