package dev.shootdown.trace;

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
   */
  record Filled(int mm, long page, long pfn, boolean writable, long readAtPs)
      implements MachineFact {
    @Override
    public long digest() {
      return fold(1, mm, page, pfn, writable ? 1 : 0, readAtPs);
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
    MOVED_AWAY
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

  /** An interrupt was sent to CPU {@code target}, asking for a flush. */
  record InterruptSent(long operation, int target) implements MachineFact {
    @Override
    public long digest() {
      return fold(20, operation, target);
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

  private static long fold(long... words) {
    long digest = 0;
    for (long word : words) {
      digest = Mix.fold(digest, word);
    }
    return digest;
  }

  private static long all(List<Long> values) {
    long digest = values.size();
    for (long value : values) {
      digest = Mix.fold(digest, value);
    }
    return digest;
  }
}
