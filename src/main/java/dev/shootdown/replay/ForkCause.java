package dev.shootdown.replay;

/**
 * A thread made a process with a copy of its address space.
 *
 * @param atPs when the copy was done: {@code task_newtask} is printed behind its flush
 * @param childTid the new process's first thread
 */
public record ForkCause(long atPs, int cpu, int tid, int childTid) implements Cause {}
