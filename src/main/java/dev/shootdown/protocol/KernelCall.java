package dev.shootdown.protocol;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.MachineFact;
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
public sealed interface KernelCall extends KernelWords, KernelAnswers {
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

  /** Take the lock of one area shared (Linux 6.4, vm_lock), for a page fault. */
  record LockArea() implements Request {}

  /** Give it back. */
  record UnlockArea() implements Request {}

  /** Take lru_lock, which guards the lists of pages in use. */
  record LockLru() implements Request {}

  /** Give it back. */
  record UnlockLru() implements Request {}

  /** Keep the lock, held exclusively until now, shared; readers that wait come in at once. */
  record Downgrade() implements Request {}

  /** One more mmu_gather is active in this address space (tlb_flush_pending++). */
  record GatherBegin() implements Request {}

  /** Whether others are active as well; answered by {@link Nested}. */
  record GatherCheck() implements Request {}

  /** One less; said after the flush, so that others can still see that it is owed. */
  record GatherEnd() implements Request {}

  /** An entry was queued for a batched flush that is still owed (tlb_flush_batched). */
  record BatchAdd() implements Request {}

  /** Whether a batched flush may be owed; answered by {@link Batched}. */
  record BatchPending() implements Request {}

  /** The whole address space was flushed when {@code added} entries had been queued. */
  record BatchFlushed(long added) implements Request {}

  /** mmu_notifier_invalidate_range_start over {@code range}, told to the address space. */
  record NotifierStart(int mm, PageRange range, MachineFact.Event event) implements Request {}

  /** The matching end: the same {@code range}. */
  record NotifierEnd(int mm, PageRange range) implements Request {}

  /**
   * A subscriber's start callback, called in order of subscription. Answered by {@link Ok} once the
   * subscriber holds nothing of {@code range} and fills nothing more; by {@link Again}, with
   * nothing changed, if it would have to sleep and {@code blockable} is false.
   */
  record SubscriberStart(int mm, PageRange range, MachineFact.Event event, boolean blockable)
      implements Request {}

  /** Its end callback, called and answered by {@link Ok}: it may fill again. */
  record SubscriberEnd(int mm, PageRange range) implements Request {}

  /**
   * A subscriber's change_pte callback, called with the page-table lock held: {@code page} is about
   * to get an entry for {@code pfn}. Answered by {@link Ok}; one that has none does nothing.
   */
  record ChangePte(int mm, long page, long pfn, boolean writable) implements Request {}

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

  /**
   * A run of page-table steps under the page-table locks of all its 2 MiB groups. Entry i is
   * changed at granted + (i + 1) · stepPs, counting entries that the step applies to. Answered by
   * {@link Visited}. A caller that holds one of the locks already goes on under it.
   *
   * @param to where entries move to; empty unless MOVE or PMD_MOVE
   * @param pfns frames to store, −1 where there is none; empty unless the visit stores given frames
   */
  record TableVisit(Visit visit, PageRange range, PageRange to, List<Long> pfns, Manner manner)
      implements Request {
    /** A run over all entries of the range. */
    public TableVisit(
        Visit visit, PageRange range, PageRange to, List<Long> pfns, long stepPs,
        boolean keepLock) {
      this(visit, range, to, pfns, new Manner(stepPs, keepLock, Integer.MAX_VALUE));
    }

    /** Time per entry, in ps. */
    public long stepPs() {
      return manner.stepPs();
    }

    /** Whether the lock stays held after the run. */
    public boolean keepLock() {
      return manner.keepLock();
    }
  }

  /** Take the page-table locks of both ranges, in ascending order, and change nothing. */
  record TableLock(PageRange range, PageRange to) implements Request {}

  /** Give back all page-table locks that the caller holds here. */
  record TableUnlock() implements Request {}

  /**
   * PGT-FREE: page-table pages that were unhooked go back to the allocator.
   *
   * @param afterReaders whether that waits for those who are inside of the table's pages now
   */
  record TableFree(int mm, List<Long> tables, boolean afterReaders) implements Request {
    /** At once. */
    public TableFree(int mm, List<Long> tables) {
      this(mm, tables, false);
    }
  }

  /**
   * Read what stands over {@code range}, which lies in one 2 MiB group, without a lock; answered by
   * {@link Visited} with the present entries, or with the page-table page that has them.
   *
   * @param table the page-table page to read in; −1 for what stands above, which is that page's
   *     number or a 2 MiB entry
   * @param guarded whether the caller has interrupts off, and counts as inside until {@link
   *     LeaveTables}
   */
  record ReadTable(PageRange range, long table, boolean guarded) implements Request {}

  /** The caller is inside of no page-table page any more. */
  record LeaveTables() implements Request {}

  /**
   * Hand out {@code count} frames with one reference each; answered by {@link Frames}.
   *
   * @param mapped whether they count as mapped once, too
   * @param order 0 for 4 KiB frames; 9 for one 2 MiB frame each, named by its first
   */
  record Allocate(int count, FrameKind kind, boolean mapped, int order) implements Request {
    /** Anonymous 4 KiB frames that are mapped at once. */
    public Allocate(int count) {
      this(count, FrameKind.ANON, true, 0);
    }
  }

  /**
   * Give one reference to each frame back; those without any left are freed (PAGE-FREE). Each takes
   * {@code stepPs}.
   *
   * @param unmaps whether the reference was a mapping's that has not been unmapped yet
   */
  record Free(List<Long> pfns, long stepPs, boolean unmaps) implements Request {
    /** Gives back the references of mappings. */
    public Free(List<Long> pfns, long stepPs) {
      this(pfns, stepPs, true);
    }
  }

  /** Take one more reference to each frame. */
  record Get(List<Long> pfns) implements Request {}

  /**
   * The same to each that has references, as folio_try_get does; answered by {@link Frames}, which
   * has those.
   */
  record TryGet(List<Long> pfns) implements Request {}

  /** Each frame is mapped once more; with {@code get} the mapping takes a reference, too. */
  record MapFrames(List<Long> pfns, boolean get) implements Request {}

  /** RMAP-DEL: each frame is mapped once less; its reference stays. */
  record UnmapFrames(List<Long> pfns) implements Request {}

  /** Dirty bits that were read out of entries. */
  record DirtyFrames(List<Long> pfns) implements Request {}

  /** The frames count as clean from now on. */
  record CleanFrames(List<Long> pfns, MachineFact.Clean why) implements Request {}

  /** From now on nobody may write these frames in place. */
  record ShareFrames(List<Long> pfns, MachineFact.Share why) implements Request {}

  /** These frames have a single owner again. */
  record UnshareFrames(List<Long> pfns) implements Request {}

  /** A 2 MiB frame is 512 frames from now on, each with the references that the whole had. */
  record SplitFrame(long pfn) implements Request {}

  /** What is known of each frame; answered by {@link FrameStates}. */
  record Inspect(List<Long> pfns) implements Request {}

  /** Take the folio lock of a frame, first come first served. */
  record LockFolio(long pfn) implements Request {}

  /** Give it back. */
  record UnlockFolio(long pfn) implements Request {}

  /**
   * Map the page-cache page of a file, which is read in if it is not there; answered by
   * {@link Frames}.
   */
  record MapCached(int file, long filePage) implements Request {}

  /**
   * The frames' owner lets go of them: the page cache of FILE frames, the driver of PFN_MAPPED
   * ones. What has no reference left, or never had one, is freed.
   */
  record DropCached(List<Long> pfns, long stepPs) implements Request {}

  /** Open the gate of this name for good. */
  record Signal(String name) implements Request {}

  /** Wait until the gate of this name is open. */
  record Await(String name) implements Request {}

  /** Wait until {@code count} have come to this barrier, which is ready for the next round then. */
  record Barrier(String name, int count) implements Request {}

  /** Get a place in a command queue that all CPUs insert into; answered when the CPU has it. */
  record ClaimPlace() implements Request {}

  /** Take the next complete group of page requests; answered by {@link PageRequests}. */
  record TakePageRequests() implements Request {}

  /** {@code pasid} stands for address space {@code mm} from now on, in page requests as well. */
  record BindPasid(int pasid, int mm) implements Request {}

  /** {@code pasid} stands for none any more and may be given to another. */
  record FreePasid(int pasid) implements Request {}

  /** Whether address space {@code mm} has {@code pasid} now; answered by {@link Bound}. */
  record AskPasid(int pasid, int mm) implements Request {}

  /** Wait until no page request of {@code pasid} is left that the threads have to answer. */
  record DrainPageRequests(int pasid) implements Request {}

  /**
   * Take the next fault that a driver or a hypervisor wants its process to serve; answered by
   * {@link WantedFault} when there is one.
   */
  record TakeFault() implements Request {}

  /** The process has seen to the fault; {@code served} if the access is worth another try. */
  record FaultServed(long request, boolean served) implements Request {}

  /**
   * Launch one shoot-down of an OpenCAPI link and poll until it is done, or for as long as the
   * driver does.
   *
   * @param range one page of the kernel's, or {@link PageRange#ALL}
   * @param removes whether the process's elements are removed first
   */
  record ShootDown(int mm, PageRange range, boolean removes) implements Request {}

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
