package dev.shootdown.replay;

/**
 * khugepaged or KSM did something. The line follows what it tells of.
 *
 * @param mm the kernel's pointer to the address space, or what was printed instead of it
 */
public record DaemonCause(long atPs, int cpu, int tid, long mm, What what) implements Cause {
  /** What was done. */
  public enum What {
    /** Small pages became a huge one. */
    COLLAPSED,
    /** A page became one that KSM shares. */
    SHARED,
    /** A page made way for one that KSM shares. */
    MERGED
  }
}
