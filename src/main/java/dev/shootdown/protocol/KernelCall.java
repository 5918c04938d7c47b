package dev.shootdown.protocol;

import dev.shootdown.address.PageRange;
import java.util.List;

/**
 * Kernel code on a CPU reaches shared kernel state: a lock domain with a home of its own.
 *
 * <ol>
 *   <li>The CPU sends a request; it travels as far as the state's cache lines would.
 *   <li>The domain serves it, after others that hold or wait for the lock that it needs.
 *   <li>The answer says when the request arrived, when its lock was granted and when it was done,
 *       so that the CPU can book the wait to the right accounts. A posted request has no answer.
 * </ol>
 */
public sealed interface KernelCall {
  /** Said by a CPU. */
  sealed interface ToKernel extends KernelCall {
    /** Calls the handler of this message. */
    void deliverTo(KernelSide side);
  }

  /** Said by a lock domain. */
  sealed interface ToCpu extends KernelCall {
    /** Calls the handler of this message. */
    void deliverTo(CpuSide side);
  }

  /**
   * A request that is answered.
   *
   * @param cpu the calling CPU's number, where the answer goes
   * @param operation the operation that this belongs to, −1 for none
   * @param ticket chosen by the CPU, returned as it is
   */
  record Call(int cpu, long operation, long ticket, Request request) implements ToKernel {
    @Override
    public void deliverTo(KernelSide side) {
      side.on(this);
    }
  }

  /** A request without an answer, such as giving a lock back. */
  record Post(int cpu, long operation, Request request) implements ToKernel {
    @Override
    public void deliverTo(KernelSide side) {
      side.on(this);
    }
  }

  /** The answer to {@code ticket}, with its three moments in ps. */
  record Reply(long ticket, Result result, long arrivedPs, long grantedPs, long donePs)
      implements ToCpu {
    @Override
    public void deliverTo(CpuSide side) {
      side.on(this);
    }
  }

  /** What can be asked for. */
  sealed interface Request {}

  /** Take the domain's sleeping lock: mmap_lock, i_mmap_rwsem or anon_vma lock. */
  record Lock(boolean exclusive) implements Request {}

  /** Give it back. */
  record Unlock(boolean exclusive) implements Request {}

  /** One more mmu_gather is active in this address space (tlb_flush_pending++). */
  record GatherBegin() implements Request {}

  /** Whether others are active as well; answered by {@link Nested}. */
  record GatherCheck() implements Request {}

  /** One less; said after the flush, so that others can still see that it is owed. */
  record GatherEnd() implements Request {}

  /** mmu_notifier_invalidate_range_start over {@code range}. */
  record NotifierStart(PageRange range) implements Request {}

  /** The matching end. */
  record NotifierEnd(PageRange range) implements Request {}

  /** Raise the flush generation; answered by {@link FlushTargets}. */
  record NextGeneration() implements Request {}

  /** This CPU takes up the address space; answered by {@link Generation}. */
  record TakeUp(int cpu) implements Request {}

  /** This CPU goes idle but keeps the tables loaded (lazy TLB). */
  record GoLazy(int cpu) implements Request {}

  /** This CPU has loaded another address space. */
  record Leave(int cpu) implements Request {}

  /** Whether an area covers {@code page}; answered by {@link Area}. */
  record FindArea(long page) implements Request {}

  /** The areas in {@code from} move to {@code to}; an empty {@code to} removes them. */
  record MoveAreas(PageRange from, PageRange to) implements Request {}

  /** The areas in {@code range} may be written, or no longer. */
  record ProtectAreas(PageRange range, boolean writable) implements Request {}

  /** What to do to a run of entries under the page-table lock. */
  enum Visit {
    /** Clear present entries. */
    CLEAR,
    /** Store entries for the given frames where none is. */
    SET,
    /** Take the right to write away. */
    PROTECT,
    /** Give the right to write. */
    UPGRADE,
    /** Move present entries to another range, without touching their frames. */
    MOVE
  }

  /**
   * A run of page-table steps under one page-table lock. Entry i is changed at granted + (i + 1) ·
   * stepPs, counting entries that the step applies to.
   *
   * @param to where entries move to; empty unless MOVE
   * @param pfns frames to store; empty unless SET
   * @param keepLock whether the lock stays held after the run, until {@link TableUnlock}
   */
  record TableVisit(
      Visit visit, PageRange range, PageRange to, List<Long> pfns, long stepPs, boolean keepLock)
      implements Request {}

  /** Give the page-table lock back. */
  record TableUnlock() implements Request {}

  /** Hand out {@code count} frames; answered by {@link Frames}. */
  record Allocate(int count) implements Request {}

  /** PAGE-FREE; each frame takes {@code stepPs}. */
  record Free(List<Long> pfns, long stepPs) implements Request {}

  /** What an answer carries. */
  sealed interface Result {}

  /** Done, nothing to say. */
  record Ok() implements Result {}

  /** Whether other gathers are active in the same address space. */
  record Nested(boolean nested) implements Result {}

  /** The new generation, and the CPUs that have the address space loaded, by number, ascending. */
  record FlushTargets(long generation, List<Integer> active, List<Integer> lazy)
      implements Result {}

  /** The flush generation at the moment of taking the address space up. */
  record Generation(long generation) implements Result {}

  /** Whether there is an area, and whether it may be written. */
  record Area(boolean exists, boolean writable) implements Result {}

  /** The entries that a visit changed: pages, and their frames. */
  record Visited(List<Long> pages, List<Long> pfns) implements Result {}

  /** Frames handed out. */
  record Frames(List<Long> pfns) implements Result {}

  /** What a lock domain listens to. */
  interface KernelSide {
    /** A request to be answered. */
    void on(Call call);

    /** A request without an answer. */
    void on(Post post);
  }

  /** What a CPU listens to. */
  interface CpuSide {
    /** The answer. */
    void on(Reply reply);
  }
}
