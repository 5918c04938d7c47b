package dev.shootdown.protocol;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.KernelWords.BoundTo;
import dev.shootdown.protocol.KernelWords.FrameState;
import dev.shootdown.protocol.KernelWords.Seen;
import dev.shootdown.protocol.KernelWords.WantedPage;
import java.util.List;

/** What the answers to a {@link KernelCall} carry. */
public interface KernelAnswers {
  /** What an answer carries. */
  sealed interface Result {}

  /**
   * A fault to be served in the process.
   *
   * @param request its number where it was taken
   */
  record WantedFault(long request, int mm, long page, boolean write) implements Result {}

  /**
   * A complete group of page requests, or one stalled transaction.
   *
   * @param group page request group, or the tag of the stalled transaction
   * @param bound whose PASID it is
   */
  record PageRequests(
      int iommu, int device, int pasid, int group, boolean stalled, List<WantedPage> wants,
      BoundTo bound) implements Result {
    /** Of an address space whose number is its PASID. */
    public PageRequests(
        int iommu, int device, int pasid, int group, boolean stalled, List<WantedPage> wants) {
      this(iommu, device, pasid, group, stalled, wants, new BoundTo(pasid, true));
    }
  }

  /** Whether an address space has a PASID now. */
  record Bound(boolean bound) implements Result {}

  /** Done, nothing to say. */
  record Ok() implements Result {}

  /** Not done: it would have had to sleep (-EAGAIN). */
  record Again() implements Result {}

  /**
   * Whether several gathers are active in the same address space (mm_tlb_flush_nested), and whether
   * any is (mm_tlb_flush_pending).
   */
  record Nested(boolean nested, boolean pending) implements Result {
    /** Several, or none. */
    public Nested(boolean nested) {
      this(nested, nested);
    }
  }

  /** Whether a batched flush may be owed, and how many entries have been queued so far. */
  record Batched(boolean owed, long added) implements Result {}

  /** The new generation, and the CPUs that have the address space loaded, by number, ascending. */
  record FlushTargets(long generation, List<Integer> active, List<Integer> lazy)
      implements Result {}

  /** The flush generation at the moment of taking the address space up. */
  record Generation(long generation) implements Result {}

  /**
   * Whether there is an area, and what it is.
   *
   * @param shared whether writes are seen by others that map the same file; if not, they copy
   * @param file number of the file, −1 for anonymous memory
   * @param filePage which page of the file it is
   * @param huge the 2 MiB group of the page, if huge pages may be used there; empty if not
   * @param hugetlb whether those stay whole
   */
  record Area(
      boolean exists, boolean writable, boolean shared, int file, long filePage, PageRange huge,
      boolean hugetlb)
      implements Result {
    /** Private anonymous memory in 4 KiB pages. */
    public Area(boolean exists, boolean writable) {
      this(exists, writable, false, -1, 0, new PageRange(0, 0), false);
    }
  }

  /**
   * The entries that a visit changed, or that it was to look at.
   *
   * @param pages their pages
   * @param pfns their frames: before the visit, or after it if it stores given frames
   * @param seen what stood there; empty if nobody cares
   * @param tables page-table pages that were unhooked, or the one that a reader came to
   */
  record Visited(List<Long> pages, List<Long> pfns, List<Seen> seen, List<Long> tables)
      implements Result {
    /** Entries without details. */
    public Visited(List<Long> pages, List<Long> pfns) {
      this(pages, pfns, List.of(), List.of());
    }
  }

  /** Frames handed out. */
  record Frames(List<Long> pfns) implements Result {}

  /** What is known of the frames asked for, in order. */
  record FrameStates(List<FrameState> frames) implements Result {}
}
