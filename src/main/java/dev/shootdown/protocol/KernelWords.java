package dev.shootdown.protocol;

/**
 * What {@link KernelCall} speaks of: visits of a page table, what stands in it, frames, and what
 * devices want.
 */
public interface KernelWords {
  /** What to do to a run of entries under the page-table lock. */
  enum Visit {
    /** Clear present entries; the dirty bit goes to the caller. */
    CLEAR,
    /** Store writable, dirty entries for the given frames where none is. */
    SET,
    /** Store read-only, clean entries for the given frames where none is. */
    SET_READ_ONLY,
    /** Store one 2 MiB entry, writable and dirty, if nothing is there. */
    SET_HUGE,
    /** Take the right to write away. */
    PROTECT,
    /** Take the right to write away; answered with all present entries, changed or not. */
    FORK,
    /**
     * Give the right to write, and lift a userfaultfd write protection; with frames given, only
     * where an entry still names its frame.
     */
    UPGRADE,
    /** Move present entries to another range, without touching their frames. */
    MOVE,
    /** Present entries become migration entries that keep frame and rights. */
    MIGRATION,
    /** Migration, swap and NUMA-hint entries become present again, with the given frames if any. */
    RESTORE,
    /** Present entries become swap entries. */
    SWAP,
    /** Present entries become inaccessible but keep frame and rights (NUMA hinting). */
    PROTNONE,
    /** Clear the dirty bit but keep the right to write (MADV_FREE). */
    CLEAN,
    /** Clear the dirty bit and take the right to write away (page_mkclean). */
    MKCLEAN,
    /** Clear the soft-dirty bit and take the right to write away (clear_refs). */
    SOFT_CLEAN,
    /** Take the right to write away and leave a userfaultfd mark. */
    USERFAULT,
    /** Store writable, dirty entries for the given frames, whatever stands there. */
    REPOINT,
    /** Store read-only, clean entries for the given frames, whatever stands there. */
    REPOINT_READ_ONLY,
    /** Put back what the caller cleared, the lock having been held since. */
    RETURN,
    /** The same, read-only and clean. */
    RETURN_READ_ONLY,
    /** A 2 MiB entry becomes non-present but keeps its frame (pmdp_invalidate). */
    INVALIDATE,
    /** A 2 MiB entry becomes 512 entries for the same frames. */
    SPLIT,
    /** One 2 MiB entry for the given frame takes the place of a cleared page-table page. */
    COLLAPSE,
    /** Clear what the PMD entries point at: 2 MiB entries, or whole page-table pages. */
    PMD_CLEAR,
    /** Move PMD entries with all below them to another range. */
    PMD_MOVE,
    /** Unhook page-table pages that hold nothing. */
    DETACH,
    /** Change nothing; answered with all entries that name a frame. */
    LOOK
  }

  /**
   * How a run is carried out.
   *
   * @param stepPs time per entry that the run applies to, in ps
   * @param keepLock whether the lock stays held after the run, until {@link KernelCall.TableUnlock}
   * @param entriesMost stop after this many entries, ≥ 1
   */
  record Manner(long stepPs, boolean keepLock, int entriesMost) {}

  /** What a frame is used for. */
  enum FrameKind {
    /** Anonymous memory: freed when nothing refers to it. */
    ANON,
    /** A file's content: the page cache holds a reference of its own. */
    FILE,
    /** One copy of content that several pages share (KSM). */
    KSM,
    /** The page of zeros, which is never freed. */
    ZERO,
    /** Memory without a reference count (VM_PFNMAP): freed by its owner, mapped or not. */
    PFN_MAPPED
  }

  /** What stands in an entry. */
  enum EntryKind {
    /** Nothing. */
    NONE,
    /** Mapped. */
    PRESENT,
    /** Being migrated. */
    MIGRATION,
    /** Swapped out; the frame is that of the swap cache. */
    SWAP,
    /** Inaccessible until the next fault (NUMA hinting). */
    PROTNONE,
    /** A 2 MiB entry that is being split. */
    INVALID
  }

  /**
   * An entry as a visit found it, before any change; the frame it names now for a visit that
   * stores.
   *
   * @param order 0, or 9 for a 2 MiB entry
   */
  record Seen(EntryKind kind, boolean writable, boolean dirty, boolean userfault, int order) {}

  /**
   * What is known of a frame; a free one has no references.
   *
   * @param references all that keep it, mappings included
   * @param mappings entries that map it
   */
  record FrameState(long pfn, FrameKind kind, int references, int mappings, boolean dirty) {}

  /** A page that a device wants. */
  record WantedPage(long page, boolean write) {}

  /**
   * What a PASID stands for.
   *
   * @param mm the address space that it was bound to last
   * @param still whether it is still
   */
  record BoundTo(int mm, boolean still) {}
}
