package dev.shootdown.replay;

/**
 * Something the recorded workload did, or had done to it by the scheduler, as opposed to what the
 * kernel's flushing made of it.
 */
public sealed interface Cause
    permits SyscallCause, FaultCause, SwitchCause, MigrateCause, DaemonCause, ForkCause, EndCause {
  /** When it began, as {@link Stamp#atPs()}. */
  long atPs();

  /** Where it began. */
  int cpu();

  /** The thread that did it; for a switch the one that left the CPU. */
  int tid();

  /** Whether it touches an address, which tells whose address space the thread is in. */
  default boolean isTouch() {
    return this instanceof SyscallCause || this instanceof FaultCause;
  }
}
