package dev.shootdown.replay;

import java.util.List;

/** Threads of the kernel, which have no address space of their own, told by their names. */
final class KernelThreads {
  private static final List<String> NAMES =
      List.of("swapper", "kworker", "ksoftirqd", "rcu_", "migration", "kcompactd", "kthreadd",
          "jbd2", "kswapd", "khugepaged", "ksmd");

  private KernelThreads() {}

  /** Whether that name is one of theirs. */
  static boolean has(String name) {
    return NAMES.stream().anyMatch(name::startsWith);
  }
}
