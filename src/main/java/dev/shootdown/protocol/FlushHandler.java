package dev.shootdown.protocol;

import dev.shootdown.address.PageRange;

/**
 * What a CPU's software does when it is told to flush: the receiver's half of the architecture's
 * rules. A pure function of the CPU's context, so that both sides of an interrupt share it.
 */
public interface FlushHandler {
  /**
   * What is to be flushed.
   *
   * @param generation the address space's flush generation after this flush
   * @param range what to flush, in 4 KiB pages; {@link PageRange#ALL} for everything
   * @param strideOrder 0 if each 4 KiB page takes an instruction, 9 if each 2 MiB do
   * @param freedTables whether page-table pages may be freed, so that what paging-structure caches
   *     know of the range must go as well
   * @param globalId whether the CPU must change over to the address space's global identifier
   */
  record Flush(
      int mm, long generation, PageRange range, int strideOrder, boolean freedTables,
      boolean globalId) {
    /** A flush of 4 KiB pages whose tables stay. */
    public Flush(int mm, long generation, PageRange range) {
      this(mm, generation, range, 0, false, false);
    }

    /** Of no address space and no page: an interrupt that is only to be taken. */
    public static Flush ofNothing() {
      return new Flush(-1, 0, new PageRange(0, 0));
    }

    /** Whether there is nothing to flush. */
    public boolean isNothing() {
      return range.pages() == 0;
    }

    /** How many instructions a flush of {@code pages} takes. */
    public long strides(long pages) {
      return (pages + (1L << strideOrder) - 1) >> strideOrder;
    }
  }

  /**
   * What the CPU has loaded.
   *
   * @param mm the loaded address space, −1 for none
   * @param generation how far its TLB has been brought up to date
   * @param lazy whether it only keeps the tables loaded
   */
  record Context(int mm, long generation, boolean lazy) {}

  /** What becomes of paging-structure entries. */
  enum Walks {
    /** They stay: the instruction names leaf entries only. */
    KEEP,
    /** Those that lie on the way to the range go. */
    RANGE,
    /** All of the address space go, as INVLPG does with the current PCID (Intel SDM 3A, 4.10.4). */
    ALL
  }

  /**
   * What to do.
   *
   * @param range what to drop; zero pages for nothing, {@link PageRange#ALL} for everything
   * @param generation the generation afterwards
   * @param unload whether to switch away from the address space altogether
   * @param walks what becomes of paging-structure entries
   * @param globalId whether to change over to the address space's global identifier
   */
  record Decision(
      PageRange range, long generation, boolean unload, Walks walks, boolean globalId) {
    /** As INVLPG and full flushes on x86. */
    public Decision(PageRange range, long generation, boolean unload) {
      this(range, generation, unload, range.pages() > 0 ? Walks.ALL : Walks.KEEP, false);
    }
  }

  /**
   * Decides on a flush.
   *
   * @param newest the newest generation of the address space that the CPU knows of; the flush's own
   *     if it didn't look
   */
  Decision decide(Context context, Flush flush, long newest);

  /** Decides on a flush of {@code range} of {@code mm} that brings it to {@code generation}. */
  default Decision decide(Context context, int mm, long generation, PageRange range) {
    return decide(context, new Flush(mm, generation, range), generation);
  }

  /**
   * The lock domain where the CPU reads the newest generation before it decides; −1 if it decides
   * by what it has been told.
   */
  default int newestAt(Context context, Flush flush) {
    return -1;
  }

  /**
   * The lock domain whose mask of CPUs this CPU leaves, because the flush concerned it in vain; −1
   * if it stays.
   *
   * @param context what was loaded when the interrupt came
   */
  default int leavesAt(Context context, Flush flush) {
    return -1;
  }

  /** Whether a CPU that has interrupts off puts the flush off. Firmware doesn't ask. */
  default boolean isMaskable() {
    return true;
  }
}
