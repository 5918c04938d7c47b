package dev.shootdown.replay;

import java.util.List;

/** One line of a trace, typed where the product uses it. */
public sealed interface TraceEvent {
  /** When, where and in whose context. */
  Stamp stamp();

  /** The name of the function that a flush interrupt runs on its target. */
  String FLUSH_FUNCTION = "flush_tlb_func";

  /**
   * A system call begins.
   *
   * @param arguments in the order of {@link Syscall#argumentNames()}
   */
  record SyscallEnter(Stamp stamp, Syscall kind, List<Long> arguments) implements TraceEvent {}

  /** A system call ends; {@code result} is negative (a Linux errno) when it failed. */
  record SyscallExit(Stamp stamp, Syscall kind, long result) implements TraceEvent {}

  /**
   * A page fault.
   *
   * @param instructionPointer the instruction that faulted
   * @param errorCode x86 bits: 0 entry was present, 1 write, 2 user mode, 4 instruction fetch
   * @param user whether user code faulted; false = the kernel did, mostly on a user address
   */
  record PageFault(
      Stamp stamp, long address, long instructionPointer, int errorCode, boolean user)
      implements TraceEvent {}

  /** A CPU changes from one thread to another; the line is written in the previous one's name. */
  record SchedSwitch(Stamp stamp, Task previous, ThreadState previousState, Task next)
      implements TraceEvent {}

  /** A thread as {@code sched_switch} names it: not cut, and not stale after exec. */
  record Task(int tid, String comm) {}

  /**
   * A line of {@code tlb_flush}.
   *
   * @param pages 4 KiB pages of the request, not instructions (a huge page prints 512 and takes
   *     one); -1 = everything
   */
  record TlbFlush(Stamp stamp, long pages, FlushReason reason) implements TraceEvent {}

  /** An interrupt is sent to one CPU; callback {@code 0x0} asks it only to reschedule. */
  record IpiSend(Stamp stamp, int targetCpu, String callback) implements TraceEvent {}

  /** An interrupt is sent to several CPUs at once. */
  record IpiMask(Stamp stamp, List<Integer> targetCpus, String callback) implements TraceEvent {}

  /**
   * A function call is queued for another CPU.
   *
   * @param csd which call structure: numbers from 1 by first appearance, because the printed
   *     pointer differs between text forms
   */
  record CsdQueue(Stamp stamp, int targetCpu, String function, int csd) implements TraceEvent {}

  /** A queued function begins; csd 0 = the caller runs it for its own CPU. */
  record CsdEntry(Stamp stamp, String function, int csd) implements TraceEvent {}

  /** A queued function is done; csd 0 = the caller ran it for its own CPU. */
  record CsdExit(Stamp stamp, String function, int csd) implements TraceEvent {}

  /** The handler of a function-call interrupt begins. */
  record CallEntry(Stamp stamp, int vector) implements TraceEvent {}

  /** The handler of a function-call interrupt ends. */
  record CallExit(Stamp stamp, int vector) implements TraceEvent {}

  /** An address space is torn down; the line is written when that is done. */
  record ExitMmap(Stamp stamp) implements TraceEvent {}

  /** A thread runs another program from now on (exec). */
  record Exec(Stamp stamp) implements TraceEvent {}

  /** A page-table entry is replaced by a migration entry; order 9 = a 2 MiB page. */
  record SetMigrationPte(Stamp stamp, long address, int order) implements TraceEvent {}

  /** A migration entry is replaced by the page's new place. */
  record RemoveMigrationPte(Stamp stamp, long address, int order) implements TraceEvent {}

  /** KVM is told to drop a range of host virtual addresses, end exclusive. */
  record KvmUnmap(Stamp stamp, long startAddress, long endAddress) implements TraceEvent {}

  /** Another event of KVM. */
  record OfKvm(Stamp stamp, KvmEvent event) implements TraceEvent {}

  /** An event of migration, huge pages or KSM. */
  record OfMemory(Stamp stamp, MemoryEvent event) implements TraceEvent {}

  /** An event of the IOMMU and its drivers. */
  record OfIommu(Stamp stamp, IommuEvent event) implements TraceEvent {}

  /**
   * A thread made another.
   *
   * @param cloneFlags of clone (Linux include/uapi/linux/sched.h)
   */
  record NewTask(Stamp stamp, int childTid, long cloneFlags) implements TraceEvent {
    private static final long CLONE_VM = 0x100;
    private static final long CLONE_THREAD = 0x10000;

    /** Whether it is of the same process. */
    public boolean isThread() {
      return (cloneFlags & CLONE_THREAD) != 0;
    }

    /** Whether it got a copy of the address space: neither a thread nor a child of vfork. */
    public boolean isFork() {
      return (cloneFlags & CLONE_VM) == 0;
    }
  }

  /** An event that the product has no use for. */
  record Other(Stamp stamp, String name) implements TraceEvent {}

  /**
   * Whether the line is an effect of flushing rather than a thing that the thread did: these never
   * become causes.
   */
  default boolean isFlushEffect() {
    return this instanceof TlbFlush || this instanceof IpiSend || this instanceof IpiMask
        || this instanceof CsdQueue || this instanceof CsdEntry || this instanceof CsdExit
        || this instanceof CallEntry || this instanceof CallExit
        || this instanceof OfIommu iommu && iommu.event().isInvalidation();
  }
}
