package dev.shootdown.replay;

/**
 * What memory management does of its own accord. Formats: Linux 6.18 include/trace/events:
 * migrate.h, huge_memory.h, ksm.h.
 */
public sealed interface MemoryEvent {
  /** Pages are about to be migrated; {@code reason} is the kernel's word, such as compaction. */
  record MigrateStart(String reason) implements MemoryEvent {}

  /** Pages were migrated, each behind a flush. */
  record Migrated(long succeeded, long failed, String reason) implements MemoryEvent {}

  /** Small pages of address space {@code mm} were, or were not, collapsed into a huge one. */
  record Collapse(long mm, boolean succeeded, String status) implements MemoryEvent {}

  /** A page of address space {@code mm} was merged by KSM, into a shared page or not. */
  record KsmMerge(long pfn, long mm, boolean intoShared, long error) implements MemoryEvent {}

  /** A round of KSM begins or ends. */
  record KsmScan(boolean begins, long round) implements MemoryEvent {}
}
