package dev.shootdown.translation;

import dev.shootdown.address.PageRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * A set-associative cache of translations with least-recently-used replacement: a TLB, an IOTLB or
 * an ATC. Entries are tagged with their address space, so that one process's flush spares
 * another's.
 *
 * <p>A large entry stands in the set of its own number, and may stand beside smaller ones for pages
 * that it covers; the smallest is found first. A range drops every entry that it overlaps.
 */
public final class TranslationCache {
  private static final int ORDERS = 46;

  /**
   * A cached translation.
   *
   * @param mm address space (or PASID)
   * @param page page number
   * @param pfn frame number
   * @param readAtPs when the page-table entry behind it was read, in ps
   * @param dirty whether the page table knows already that the page was written
   * @param order 0 for a 4 KiB translation, 9 for a 2 MiB one, 0 to 45; page and pfn are its
   *     start's
   */
  public record Entry(
      int mm, long page, long pfn, boolean writable, long readAtPs, boolean dirty, int order) {
    /** A 4 KiB translation through which writes need not be recorded any more. */
    public Entry(int mm, long page, long pfn, boolean writable, long readAtPs) {
      this(mm, page, pfn, writable, readAtPs, writable, 0);
    }

    /** The pages that it translates. */
    public PageRange range() {
      return new PageRange(page, 1L << order);
    }

    /** The frame of {@code covered}, a page of {@link #range}. */
    public long pfnOf(long covered) {
      return pfn + covered - page;
    }

    private boolean overlaps(PageRange range) {
      return page < range.endPage() && page + (1L << order) > range.firstPage();
    }
  }

  private final int sets;
  private final int ways;

  /**
   * By set, most recently used first and null behind the last; null until a set is first filled.
   * Plain arrays: what is looked up most should take the fewest steps through memory.
   */
  private final Entry[][] bySet;

  private final BitSet filled = new BitSet();
  private final int[] sizeByOrder = new int[ORDERS];

  /** Bit n: there are entries of order n. */
  private long orders;

  private int size;

  /**
   * An empty cache.
   *
   * @param entries capacity, ≥ 1, a multiple of {@code ways}
   * @param ways associativity, ≥ 1; equal to {@code entries} for a fully associative cache
   */
  public TranslationCache(int entries, int ways) {
    if (ways < 1 || entries < ways || entries % ways != 0) {
      throw new IllegalArgumentException(
          entries + " entries do not divide into sets of " + ways + " ways");
    }
    this.sets = entries / ways;
    this.ways = ways;
    this.bySet = new Entry[sets][];
  }

  /** The entry for {@code page}, which becomes the most recently used of its set. */
  public Optional<Entry> lookup(int mm, long page) {
    Entry entry = null;
    for (long left = orders; left != 0 && entry == null; left &= left - 1) {
      int order = Long.numberOfTrailingZeros(left);
      entry = use(setOf(page, order), mm, start(page, order), order);
    }
    return Optional.ofNullable(entry);
  }

  private Entry use(int number, int mm, long page, int order) {
    Entry[] set = bySet[number];
    int at = find(set, mm, page, order);
    if (at < 0) {
      return null;
    }
    Entry entry = set[at];
    if (at > 0) {
      System.arraycopy(set, 0, set, 1, at);
      set[0] = entry;
    }
    return entry;
  }

  /** Whether {@code page} is cached, without touching the order of use. */
  public boolean holds(int mm, long page) {
    for (long left = orders; left != 0; left &= left - 1) {
      int order = Long.numberOfTrailingZeros(left);
      if (find(bySet[setOf(page, order)], mm, start(page, order), order) >= 0) {
        return true;
      }
    }
    return false;
  }

  /** Adds {@code entry}, replacing one for the same pages; returns what had to make room. */
  public Optional<Entry> insert(Entry entry) {
    if (entry.page() != start(entry.page(), entry.order())) {
      throw new IllegalArgumentException("not aligned to its size: " + entry);
    }
    int number = setOf(entry.page(), entry.order());
    Entry[] set = roomy(number);
    int same = find(set, entry.mm(), entry.page(), entry.order());
    int last = same >= 0 ? same : Math.min(used(set), ways - 1);
    Entry gone = set[last];
    if (gone != null) {
      count(gone, -1);
    }
    System.arraycopy(set, 0, set, 1, last);
    set[0] = entry;
    count(entry, 1);
    filled.set(number);
    return same >= 0 ? Optional.empty() : Optional.ofNullable(gone);
  }

  /** A set with a place free, unless all its ways are taken. */
  private Entry[] roomy(int number) {
    Entry[] set = bySet[number];
    if (set == null) {
      set = new Entry[Math.min(ways, 4)];
    } else if (set.length < ways && set[set.length - 1] != null) {
      set = Arrays.copyOf(set, Math.min(ways, 2 * set.length));
    }
    bySet[number] = set;
    return set;
  }

  /** Drops all entries of {@code mm} that overlap {@code range}; returns how many there were. */
  public int invalidate(int mm, PageRange range) {
    if (size == 0 || range.pages() == 0) {
      return 0;
    }
    int before = size;
    if (range.pages() < sets) {
      for (long left = orders; left != 0; left &= left - 1) {
        remove(mm, range, Long.numberOfTrailingZeros(left));
      }
    } else {
      for (int i = filled.nextSetBit(0); i >= 0; i = filled.nextSetBit(i + 1)) {
        sweep(bySet[i], mm, range);
        if (bySet[i][0] == null) {
          filled.clear(i);
        }
      }
    }
    return before - size;
  }

  private void remove(int mm, PageRange range, int order) {
    for (long page = start(range.firstPage(), order);
        page < range.endPage(); page += 1L << order) {
      Entry[] set = bySet[setOf(page, order)];
      int at = find(set, mm, page, order);
      if (at >= 0) {
        count(set[at], -1);
        System.arraycopy(set, at + 1, set, at, set.length - at - 1);
        set[set.length - 1] = null;
      }
    }
  }

  private void sweep(Entry[] set, int mm, PageRange range) {
    int kept = 0;
    int i = 0;
    for (; i < set.length && set[i] != null; i++) {
      if (set[i].mm() == mm && set[i].overlaps(range)) {
        count(set[i], -1);
      } else {
        set[kept++] = set[i];
      }
    }
    Arrays.fill(set, kept, i, null);
  }

  private void count(Entry entry, int change) {
    size += change;
    sizeByOrder[entry.order()] += change;
    long bit = 1L << entry.order();
    orders = sizeByOrder[entry.order()] > 0 ? orders | bit : orders & ~bit;
  }

  /** Drops everything. */
  public void clear() {
    for (int i = filled.nextSetBit(0); i >= 0; i = filled.nextSetBit(i + 1)) {
      Arrays.fill(bySet[i], null);
    }
    filled.clear();
    Arrays.fill(sizeByOrder, 0);
    orders = 0;
    size = 0;
  }

  /** How many entries there are. */
  public int size() {
    return size;
  }

  /** All entries, set by set, least recently used first. */
  public List<Entry> entries() {
    List<Entry> all = new ArrayList<>(size);
    for (int i = filled.nextSetBit(0); i >= 0; i = filled.nextSetBit(i + 1)) {
      for (int way = used(bySet[i]) - 1; way >= 0; way--) {
        all.add(bySet[i][way]);
      }
    }
    return all;
  }

  private int setOf(long page, int order) {
    return (int) Math.floorMod(page >> order, (long) sets);
  }

  private static long start(long page, int order) {
    return page >> order << order;
  }

  private static int find(Entry[] set, int mm, long page, int order) {
    if (set == null) {
      return -1;
    }
    for (int i = 0; i < set.length; i++) {
      Entry entry = set[i];
      if (entry == null) {
        return -1;
      }
      if (entry.page() == page && entry.mm() == mm && entry.order() == order) {
        return i;
      }
    }
    return -1;
  }

  private static int used(Entry[] set) {
    int used = set.length;
    while (used > 0 && set[used - 1] == null) {
      used--;
    }
    return used;
  }
}
