package dev.shootdown.replay;

/**
 * A program ended on a thread: its process exited, or called exec.
 *
 * @param atPs when it was over: {@code exit_mmap} is printed behind the flush
 * @param tornDown whether its address space went with it; not that of a child of vfork, which is
 *     still its parent's
 * @param exec whether the thread goes on with another program, in an address space of its own
 */
public record EndCause(long atPs, int cpu, int tid, boolean tornDown, boolean exec)
    implements Cause {}
