package dev.shootdown.replay;

/**
 * Something the recorded workload did, or had done to it by the scheduler, as opposed to what the
 * kernel's flushing made of it.
 */
public sealed interface Cause permits SyscallCause, FaultCause, SwitchCause, MigrateCause {
  /** When it began, as {@link Stamp#atPs()}. */
  long atPs();

  /** Where it began. */
  int cpu();

  /** The thread that did it; for a switch the one that left the CPU. */
  int tid();
}
