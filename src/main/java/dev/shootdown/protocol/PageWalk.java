package dev.shootdown.protocol;

/**
 * A hardware walker reads a page table.
 *
 * <ol>
 *   <li>The walker asks the shard that holds the page for its leaf entry.
 *   <li>The shard answers with what stands there at that instant. It takes no lock: silicon reads a
 *       table while software changes it.
 * </ol>
 *
 * <p>The answer travels as long as any message, so an invalidation can overtake it. (Intel SDM 3A,
 * 4.10.3; VT-d 6.2.5 leaves the same freedom to an IOMMU.)
 */
public sealed interface PageWalk {
  /** Said by a walker. */
  sealed interface ToTable extends PageWalk {
    /** Calls the handler of this message. */
    void deliverTo(TableSide side);
  }

  /** Said by a page table. */
  sealed interface ToWalker extends PageWalk {
    /** Calls the handler of this message. */
    void deliverTo(WalkerSide side);
  }

  /**
   * Reads one leaf entry.
   *
   * @param walker the walker's number at the shard, where the answer goes
   * @param tag chosen by the walker, returned as it is
   * @param mm whose table
   * @param page page number
   * @param forWrite whether the walker sets the dirty bit if the entry allows writing
   * @param table number of the page-table page that a paging-structure cache names for this page;
   *     −1 if the walk starts at the root
   */
  record Walk(int walker, long tag, int mm, long page, boolean forWrite, long table)
      implements ToTable {
    /** A walk from the root. */
    public Walk(int walker, long tag, int mm, long page, boolean forWrite) {
      this(walker, tag, mm, page, forWrite, -1);
    }

    @Override
    public void deliverTo(TableSide side) {
      side.on(this);
    }
  }

  /**
   * The leaf entry.
   *
   * @param pfn frame number, or −1 if the entry is not present
   * @param writable whether it allows writing
   * @param readAtPs when it was read, in ps
   * @param dirty whether its dirty bit is set now; a write through a copy that is not dirty walks
   *     again, so that the table learns of it (Intel SDM 3A, 4.8)
   * @param order 0 for a 4 KiB entry, 9 for a 2 MiB one, whose page and pfn are those of its start
   * @param table number of the page-table page it was read from, −1 if there is none
   */
  record Entry(
      long tag, int mm, long page, long pfn, boolean writable, long readAtPs, boolean dirty,
      int order, long table) implements ToWalker {
    /** A 4 KiB entry, dirty if it is writable, of a table without a number. */
    public Entry(long tag, int mm, long page, long pfn, boolean writable, long readAtPs) {
      this(tag, mm, page, pfn, writable, readAtPs, writable, 0, -1);
    }

    /** Whether the page is mapped. */
    public boolean isPresent() {
      return pfn >= 0;
    }

    /** Whether it is that of {@code wanted} in {@code space}, as far as that shows. */
    public boolean isOf(int space, long wanted) {
      long first = wanted >>> order << order;
      return mm == space && (page == first || !isPresent()) && (order == 0 || order == 9);
    }

    @Override
    public void deliverTo(WalkerSide side) {
      side.on(this);
    }
  }

  /** What a page table listens to. */
  interface TableSide {
    /** A walker asks for an entry. */
    void on(Walk walk);
  }

  /** What a walker listens to. */
  interface WalkerSide {
    /** The entry asked for. */
    void on(Entry entry);
  }
}
