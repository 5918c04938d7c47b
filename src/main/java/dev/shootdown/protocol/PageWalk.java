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
   */
  record Walk(int walker, long tag, int mm, long page, boolean forWrite) implements ToTable {
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
   */
  record Entry(long tag, int mm, long page, long pfn, boolean writable, long readAtPs)
      implements ToWalker {
    /** Whether the page is mapped. */
    public boolean isPresent() {
      return pfn >= 0;
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
