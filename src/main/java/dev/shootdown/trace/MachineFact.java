package dev.shootdown.trace;

import static dev.shootdown.trace.Digest.fold;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Mix;
import java.util.List;

/**
 * Everything that a machine's parts state. The component that states a fact and its time come with
 * it; they are not repeated inside.
 */
public sealed interface MachineFact extends Fact {
  /**
   * A translation was cached.
   *
   * @param readAtPs when the page-table entry behind it was read, in ps
   * @param order 0 for a 4 KiB translation, 9 for a 2 MiB one, whose page and pfn are its start's
   */
  record Filled(int mm, long page, long pfn, boolean writable, long readAtPs, int order)
      implements MachineFact {
    /** A 4 KiB translation. */
    public Filled(int mm, long page, long pfn, boolean writable, long readAtPs) {
      this(mm, page, pfn, writable, readAtPs, 0);
    }

    @Override
    public long digest() {
      return fold(1, mm, page, pfn, writable ? 1 : 0, readAtPs, order);
    }
  }

  /** Why cached translations went away. */
  enum Cause {
    /** Software asked for it. */
    INVALIDATED,
    /** Room was needed. */
    EVICTED,
    /** The address space's slot was given to another, or brought up to date. */
    SWITCHED
  }

  /** All cached translations of {@code mm} in {@code range} are gone from this component. */
  record Dropped(int mm, PageRange range, Cause cause) implements MachineFact {
    @Override
    public long digest() {
      return fold(2, mm, range.firstPage(), range.pages(), cause.ordinal());
    }
  }

  /** A completion was not cached because its range was invalidated meanwhile. */
  record FillDiscarded(int mm, long page) implements MachineFact {
    @Override
    public long digest() {
      return fold(3, mm, page);
    }
  }

  /**
   * A cached translation was used to reach memory.
   *
   * @param transfer number of the DMA that goes on until {@link Drained}; −1 for an access of a
   *     CPU, which is over at once
   */
  record Used(int mm, long page, long pfn, boolean write, long transfer) implements MachineFact {
    @Override
    public long digest() {
      return fold(4, mm, page, pfn, write ? 1 : 0, transfer);
    }
  }

  /** The DMA {@code transfer} is over. */
  record Drained(long transfer) implements MachineFact {
    @Override
    public long digest() {
      return fold(5, transfer);
    }
  }

  /** Untranslated DMA that a device had asked its IOMMU for is over, and has moved its data. */
  record DmaEnded(int mm, long page, boolean write) implements MachineFact {
    @Override
    public long digest() {
      return fold(120, mm, page, write ? 1 : 0);
    }
  }

  /** An access was refused: the page is not mapped, or not for writing. */
  record Denied(int mm, long page, boolean write) implements MachineFact {
    @Override
    public long digest() {
      return fold(6, mm, page, write ? 1 : 0);
    }
  }

  /** What a run of page-table steps did. */
  enum Change {
    /** Entries cleared. */
    CLEARED,
    /** Entries stored where none was. */
    SET,
    /** Right to write taken away. */
    PROTECTED,
    /** Right to write given. */
    UPGRADED,
    /** Entries cleared because they moved to another address. */
    MOVED_AWAY,
    /** Entries that pointed elsewhere before point to these frames now. */
    REPOINTED
  }

  /**
   * Entries changed, one after the other: entry i at {@code firstAtPs + i · stepPs}.
   *
   * @param pages the pages whose entries changed
   * @param pfns the frame of each, as mapped before (or after, for SET and UPGRADED)
   */
  record PtesChanged(
      int mm, Change change, List<Long> pages, List<Long> pfns, long firstAtPs, long stepPs)
      implements MachineFact {
    @Override
    public long digest() {
      return Mix.fold(
          fold(7, mm, change.ordinal(), firstAtPs, stepPs), Mix.fold(all(pages), all(pfns)));
    }
  }

  /** Frames were handed out. */
  record FramesAllocated(List<Long> pfns) implements MachineFact {
    @Override
    public long digest() {
      return fold(8, all(pfns));
    }
  }

  /** Frames went back to the allocator (PAGE-FREE) for {@code operation}. */
  record FramesFreed(long operation, List<Long> pfns) implements MachineFact {
    @Override
    public long digest() {
      return fold(9, operation, all(pfns));
    }
  }

  /** Who is to forget. */
  enum Audience {
    /** The CPUs' TLBs. */
    CPU,
    /** IOTLBs and ATCs. */
    SECONDARY
  }

  /**
   * A flush started.
   *
   * @param requested what the path asked for
   * @param flushed what is flushed after the rules of architecture or driver: never less
   * @param targets how many other CPUs, or how many devices
   */
  record FlushBegan(
      long operation, Audience audience, int mm, PageRange requested, PageRange flushed,
      int targets) implements MachineFact {
    @Override
    public long digest() {
      return Mix.fold(
          fold(10, operation, audience.ordinal(), mm, targets),
          fold(11, requested.firstPage(), requested.pages(), flushed.firstPage(),
              flushed.pages()));
    }
  }

  /** The flush ended: all who were asked have answered. */
  record FlushEnded(long operation, Audience audience) implements MachineFact {
    @Override
    public long digest() {
      return fold(12, operation, audience.ordinal());
    }
  }

  /** A device-TLB invalidation left the IOMMU for device number {@code device}. */
  record InvalidationSent(int device, int pasid, PageRange range, int itag)
      implements MachineFact {
    @Override
    public long digest() {
      return fold(13, device, pasid, range.firstPage(), range.pages(), itag);
    }
  }

  /** A device-TLB invalidation arrived at the device that states this. */
  record InvalidationTaken(int pasid, PageRange range, int itag) implements MachineFact {
    @Override
    public long digest() {
      return fold(14, pasid, range.firstPage(), range.pages(), itag);
    }
  }

  /** The device that states this has completed the invalidation under {@code itag}. */
  record InvalidationDone(int itag) implements MachineFact {
    @Override
    public long digest() {
      return fold(15, itag);
    }
  }

  /** An operation began on the CPU that states this. */
  record OperationBegan(long operation, String kind, int mm, PageRange range)
      implements MachineFact {
    @Override
    public long digest() {
      return Mix.fold(
          fold(16, operation, mm, range.firstPage(), range.pages()), Mix.text(0, kind));
    }
  }

  /**
   * A stretch of the operation's time line, from {@code fromPs} to {@code untilPs}, which is now or
   * earlier: a wait is split into its parts only when it is over.
   */
  record Booked(long operation, Account account, long fromPs, long untilPs)
      implements MachineFact {
    @Override
    public long digest() {
      return fold(17, operation, account.ordinal(), fromPs, untilPs);
    }
  }

  /** The operation ended. */
  record OperationEnded(long operation) implements MachineFact {
    @Override
    public long digest() {
      return fold(18, operation);
    }
  }

  /** This CPU spent the time from {@code fromPs} until now on behalf of {@code operation}. */
  record Stolen(long operation, long fromPs) implements MachineFact {
    @Override
    public long digest() {
      return fold(19, operation, fromPs);
    }
  }

  /**
   * An interrupt was sent to CPU {@code target}.
   *
   * @param flush whether it asks for a flush; if not, it is only to be taken, as whoever walks
   *     without a lock has interrupts off
   */
  record InterruptSent(long operation, int target, boolean flush) implements MachineFact {
    /** One that asks for a flush. */
    public InterruptSent(long operation, int target) {
      this(operation, target, true);
    }

    @Override
    public long digest() {
      return fold(20, operation, target, flush ? 1 : 0);
    }
  }

  /** This CPU took up {@code mm} (−1: none), lazily or in earnest. */
  record ContextTaken(int mm, boolean lazy) implements MachineFact {
    @Override
    public long digest() {
      return fold(21, mm, lazy ? 1 : 0);
    }
  }

  /** A part broke a rule of its protocol. */
  record ProtocolBreach(String rule) implements MachineFact {
    @Override
    public long digest() {
      return Mix.text(22, rule);
    }
  }

  /** A lock was taken by a step of {@code operation}; it had waited since {@code askedAtPs}. */
  record LockTaken(long operation, String lock, long askedAtPs) implements MachineFact {
    @Override
    public long digest() {
      return Mix.fold(fold(23, operation, askedAtPs), Mix.text(0, lock));
    }
  }

  /** A lock was given back. */
  record LockDropped(long operation, String lock) implements MachineFact {
    @Override
    public long digest() {
      return Mix.fold(fold(24, operation), Mix.text(0, lock));
    }
  }

  /** A walker recorded in the page table that {@code page} is written (set its dirty bit). */
  record PteDirtied(int mm, long page, long pfn) implements MachineFact {
    @Override
    public long digest() {
      return fold(25, mm, page, pfn);
    }
  }

  /** Dirty bits were read out of entries and kept with their frames. */
  record DirtyHarvested(int mm, List<Long> pages, List<Long> pfns) implements MachineFact {
    @Override
    public long digest() {
      return Mix.fold(fold(26, mm), Mix.fold(all(pages), all(pfns)));
    }
  }

  /** Why a frame counts as clean from now on. */
  enum Clean {
    /** Its content is on its way to storage. */
    WRITE_BACK,
    /** MADV_FREE has returned: it may be discarded as long as it stays clean. */
    DISCARDABLE,
    /** page_mkclean has returned: the next write must fault. */
    MKCLEAN
  }

  /** The frames count as clean from now on; a later write that nobody records is lost. */
  record FramesCleaned(long operation, Clean why, List<Long> pfns) implements MachineFact {
    @Override
    public long digest() {
      return fold(27, operation, why.ordinal(), all(pfns));
    }
  }

  /** The content of {@code oldPfn} is being copied to {@code newPfn} on behalf of a page. */
  record CopyBegan(long operation, int mm, long page, long oldPfn, long newPfn)
      implements MachineFact {
    @Override
    public long digest() {
      return fold(28, operation, mm, page, oldPfn, newPfn);
    }
  }

  /** Why nobody may write a frame. */
  enum Share {
    /** Parent and child see the same frame until one of them writes. */
    FORK,
    /** Its content was found equal to another page's. */
    KSM
  }

  /** From now on nobody may write these frames in place. */
  record FramesShared(long operation, Share why, List<Long> pfns) implements MachineFact {
    @Override
    public long digest() {
      return fold(29, operation, why.ordinal(), all(pfns));
    }
  }

  /** These frames have a single owner again, which may write them. */
  record FramesExclusive(long operation, List<Long> pfns) implements MachineFact {
    @Override
    public long digest() {
      return fold(30, operation, all(pfns));
    }
  }

  /** A page-table page that covered {@code range} went back to the allocator (PGT-FREE). */
  record TableFreed(long operation, int mm, PageRange range, long table)
      implements MachineFact {
    @Override
    public long digest() {
      return fold(31, operation, mm, range.firstPage(), range.pages(), table);
    }
  }

  /** A paging-structure cache now knows page-table page {@code table} for {@code range}. */
  record WalkCached(int mm, PageRange range, long table) implements MachineFact {
    @Override
    public long digest() {
      return fold(32, mm, range.firstPage(), range.pages(), table);
    }
  }

  /** All paging-structure entries of {@code mm} that overlap {@code range} are gone from here. */
  record WalkDropped(int mm, PageRange range) implements MachineFact {
    @Override
    public long digest() {
      return fold(33, mm, range.firstPage(), range.pages());
    }
  }

  /** A walk for {@code page} started from a cached pointer to page-table page {@code table}. */
  record WalkUsed(int mm, long page, long table) implements MachineFact {
    @Override
    public long digest() {
      return fold(34, mm, page, table);
    }
  }

  /** Why a range is being invalidated: the events of mmu_notifier_range (Linux 6.12). */
  enum Event {
    /** The range goes away or moves. */
    UNMAP,
    /** Entries are cleared or get another frame. */
    CLEAR,
    /** A whole area gets another protection. */
    PROTECTION_VMA,
    /** Single pages get another protection. */
    PROTECTION_PAGE,
    /** Soft-dirty bits are cleared. */
    SOFT_DIRTY,
    /** The address space goes away. */
    RELEASE,
    /** Pages move to or from a device's memory. */
    MIGRATE,
    /** A device gets exclusive access. */
    EXCLUSIVE
  }

  /** mmu_notifier_invalidate_range_start was called for an address space. */
  record BracketOpened(long operation, int mm, PageRange range, Event event)
      implements MachineFact {
    @Override
    public long digest() {
      return fold(35, operation, mm, range.firstPage(), range.pages(), event.ordinal());
    }
  }

  /** The matching mmu_notifier_invalidate_range_end was called. */
  record BracketClosed(long operation, int mm, PageRange range) implements MachineFact {
    @Override
    public long digest() {
      return fold(36, operation, mm, range.firstPage(), range.pages());
    }
  }

  /** The subscriber that states this has returned from its start callback: it holds nothing. */
  record SubscriberStarted(int mm, PageRange range) implements MachineFact {
    @Override
    public long digest() {
      return fold(37, mm, range.firstPage(), range.pages());
    }
  }

  /** The subscriber that states this was told that the bracket ends: it may fill again. */
  record SubscriberEnded(int mm, PageRange range) implements MachineFact {
    @Override
    public long digest() {
      return fold(38, mm, range.firstPage(), range.pages());
    }
  }

  /**
   * An operation returned that takes rights away: nobody may use them from now on.
   *
   * @param writeOnly whether only the right to write went away
   */
  record RightsRevoked(long operation, int mm, PageRange range, boolean writeOnly)
      implements MachineFact {
    @Override
    public long digest() {
      return fold(39, operation, mm, range.firstPage(), range.pages(), writeOnly ? 1 : 0);
    }
  }

  /**
   * A device or a vCPU needs software to serve an access.
   *
   * @param request its number at the component that states this
   */
  record FaultRaised(long request, int mm, long page, boolean write) implements MachineFact {
    @Override
    public long digest() {
      return fold(40, request, mm, page, write ? 1 : 0);
    }
  }

  /** The access was tried again after an answer, and failed again. */
  record FaultRetried(long request) implements MachineFact {
    @Override
    public long digest() {
      return fold(41, request);
    }
  }

  /** How a fault ended. */
  enum Resolution {
    /** The access went through. */
    SERVED,
    /** It was refused for good. */
    REFUSED,
    /** Whoever wanted it gave up or broke. */
    FAILED
  }

  /** The fault is over. */
  record FaultResolved(long request, Resolution how) implements MachineFact {
    @Override
    public long digest() {
      return fold(42, request, how.ordinal());
    }
  }

  /** A deferred flush: devices may use {@code range} until the window closes, as announced. */
  record StaleWindowOpened(int mm, PageRange range) implements MachineFact {
    @Override
    public long digest() {
      return fold(43, mm, range.firstPage(), range.pages());
    }
  }

  /**
   * The flush of all of {@code mm} was left to hardware, for when a device works there again: until
   * a stale window of it closes, devices may hold what is stale, but not use it.
   */
  record FlushLeftToUse(int mm) implements MachineFact {
    @Override
    public long digest() {
      return fold(110, mm);
    }
  }

  /** The deferred flush was done for {@code range}. */
  record StaleWindowClosed(int mm, PageRange range) implements MachineFact {
    @Override
    public long digest() {
      return fold(44, mm, range.firstPage(), range.pages());
    }
  }

  /** How full a queue, a set of walkers or a link of this component is, from now on. */
  record Occupied(String what, int used, int capacity) implements MachineFact {
    @Override
    public long digest() {
      return Mix.fold(fold(45, used, capacity), Mix.text(0, what));
    }
  }

  /** An injected trouble struck a message or a part. */
  record TroubleStruck(String name, String target) implements MachineFact {
    @Override
    public long digest() {
      return Mix.fold(Mix.text(46, name), Mix.text(0, target));
    }
  }

  /** A device stopped working, for the reason given. */
  record DeviceFailed(String reason) implements MachineFact {
    @Override
    public long digest() {
      return Mix.text(47, reason);
    }
  }

  /** Interrupts were off on this CPU from {@code fromPs} until now. */
  record InterruptsWereOff(long operation, long fromPs) implements MachineFact {
    @Override
    public long digest() {
      return fold(48, operation, fromPs);
    }
  }

  /** A page request of group {@code group} left the device that states this. */
  record PageRequested(int pasid, long page, int group, boolean last) implements MachineFact {
    @Override
    public long digest() {
      return fold(49, pasid, page, group, last ? 1 : 0);
    }
  }

  /** The group's answer arrived at the device that states this. */
  record PageAnswered(int group, int code) implements MachineFact {
    @Override
    public long digest() {
      return fold(50, group, code);
    }
  }

  /** Device number {@code device} didn't answer the invalidation under {@code itag} in time. */
  record InvalidationExpired(int device, int itag, boolean gone) implements MachineFact {
    @Override
    public long digest() {
      return fold(90, device, itag, gone ? 1 : 0);
    }
  }

  /** An error ended a submission of CPU {@code cpu}; it is written to the ring again. */
  record SubmissionAborted(long operation, int cpu) implements MachineFact {
    @Override
    public long digest() {
      return fold(91, operation, cpu);
    }
  }

  /** CPU {@code cpu} stopped waiting for its submission: what it asked for may not be done. */
  record SubmissionAbandoned(long operation, int cpu) implements MachineFact {
    @Override
    public long digest() {
      return fold(92, operation, cpu);
    }
  }

  /**
   * A PASID that is given out stands for address space {@code mm} from now on; −1: for none. Its
   * number is none of an address space's.
   */
  record PasidBound(long operation, int pasid, int mm) implements MachineFact {
    @Override
    public long digest() {
      return fold(93, operation, pasid, mm);
    }
  }

  /**
   * The device that states this was given these pages' frames for as long as it wants them: a
   * long-term pin keeps frame and right, whatever becomes of the page.
   */
  record PagesPinned(int mm, List<Long> pages, List<Long> pfns) implements MachineFact {
    @Override
    public long digest() {
      return Mix.fold(fold(94, mm), Mix.fold(all(pages), all(pfns)));
    }
  }

  /** This vCPU did not run from {@code fromPs} until now. */
  record WasPreempted(long fromPs) implements MachineFact {
    @Override
    public long digest() {
      return fold(100, fromPs);
    }
  }

  /** The page table that states this was read through page-table page {@code table}. */
  record TableRead(int mm, long page, long table) implements MachineFact {
    @Override
    public long digest() {
      return fold(111, mm, page, table);
    }
  }

  /**
   * What this subscriber keeps of brackets has changed (KVM: mmu_invalidate_in_progress and
   * mmu_invalidate_seq).
   *
   * @param counted how many it counts as under way
   * @param sequence what fills compare
   */
  record BracketsCounted(int mm, int counted, long sequence) implements MachineFact {
    @Override
    public long digest() {
      return fold(112, mm, counted, sequence);
    }
  }

  /**
   * What the interval notifiers of an address space keep of brackets has changed (Linux 6.12,
   * mm/mmu_notifier.c: active_invalidate_ranges and invalidate_seq).
   *
   * @param counted how many are counted as under way
   * @param sequence odd while one of them concerns a notifier
   */
  record IntervalsCounted(int mm, int counted, long sequence) implements MachineFact {
    @Override
    public long digest() {
      return fold(113, mm, counted, sequence);
    }
  }

  /**
   * A walk in two stages came to an end: {@code page} leads to a frame of the guest's by the first
   * stage, and from there to a frame by the second. Who caches the one for the other depends on
   * both tables.
   *
   * @param mm address space of the first stage, a guest's
   * @param guestPfn the guest's frame, in numbers that are unlike those of the host's
   * @param guestReadAtPs when the first stage's entry was read, in ps
   * @param hostMm the process that runs the guest, and {@code hostPage} its page behind that frame
   * @param readAtPs when the second stage's entry was read, in ps
   * @param reads how many entries of both tables the walk read
   */
  record StagesJoined(
      int mm, long page, long guestPfn, long guestReadAtPs, int hostMm, long hostPage, long pfn,
      long readAtPs, int reads) implements MachineFact {
    @Override
    public long digest() {
      return Mix.fold(
          fold(114, mm, page, guestPfn, guestReadAtPs, reads),
          fold(115, hostMm, hostPage, pfn, readAtPs));
    }
  }

  private static long all(List<Long> values) {
    long digest = values.size();
    for (long value : values) {
      digest = Mix.fold(digest, value);
    }
    return digest;
  }
}
