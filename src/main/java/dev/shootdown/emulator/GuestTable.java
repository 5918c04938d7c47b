package dev.shootdown.emulator;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.ViommuQueue.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A guest's I/O page table, with leaves of 4 KiB and 2 MiB. A page-table page comes with the first
 * leaf under it and stays until an unmap covers all that it maps (Linux 6.12, intel/iommu.c,
 * dma_pte_clear_level); so an absent upper entry stands for a range in which nothing was mapped, or
 * which was unmapped as a whole.
 */
final class GuestTable {
  /** Pages under a 2 MiB leaf. */
  static final long HUGE_PAGES = 512;

  private static final int BITS = 9;
  private static final int PAGE_SHIFT = 12;

  private record Leaf(long pages, long pfn, boolean writable) {}

  /**
   * A page that lost its entry.
   *
   * @param pfn the frame it led to
   */
  record Cleared(long page, long pfn) {}

  private final int addressBits;
  private final TreeMap<Long, Leaf> leaves = new TreeMap<>();
  private final Map<Integer, TreeSet<Long>> tables = new TreeMap<>();
  private int entriesRead;

  /** An empty table for addresses of 39 or 48 bits: three levels or four. */
  GuestTable(int addressBits) {
    this.addressBits = addressBits;
    for (int shift = BITS; shift <= topShift(); shift += BITS) {
      tables.put(shift, new TreeSet<>());
    }
  }

  private int topShift() {
    return addressBits - PAGE_SHIFT - BITS;
  }

  /** Pages that an address can name. */
  PageRange all() {
    return new PageRange(0, 1L << (addressBits - PAGE_SHIFT));
  }

  /** Stores leaves for {@code range}, to the frames from {@code pfn} on. */
  void map(PageRange range, long pfn, boolean huge, boolean writable) {
    long step = huge ? HUGE_PAGES : 1;
    for (long page = range.firstPage(); page < range.endPage(); page += step) {
      leaves.put(page, new Leaf(step, pfn + page - range.firstPage(), writable));
      for (int shift = huge ? 2 * BITS : BITS; shift <= topShift(); shift += BITS) {
        tables.get(shift).add(page >>> shift);
      }
    }
  }

  /** Whether a page of {@code range} is mapped. */
  boolean hasAny(PageRange range) {
    Map.Entry<Long, Leaf> below = leaves.lowerEntry(range.endPage());
    return below != null && below.getKey() + below.getValue().pages() > range.firstPage();
  }

  /** What a walker in hardware finds for one page. */
  PageWalk.Entry entry(PageWalk.Walk walk, long nowPs) {
    Map.Entry<Long, Leaf> at = leaves.floorEntry(walk.page());
    if (at == null || walk.page() >= at.getKey() + at.getValue().pages()) {
      return new PageWalk.Entry(walk.tag(), walk.mm(), walk.page(), -1, false, nowPs);
    }
    Leaf leaf = at.getValue();
    return new PageWalk.Entry(walk.tag(), walk.mm(), walk.page(),
        leaf.pfn() + walk.page() - at.getKey(), leaf.writable(), nowPs);
  }

  /** The numbers of {@code count} pages or frames in a row. */
  static List<Long> numbers(long first, long count) {
    List<Long> numbers = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      numbers.add(first + i);
    }
    return numbers;
  }

  /** Clears the entries in {@code range}; a 2 MiB leaf that is cut falls into 4 KiB ones first. */
  List<Cleared> unmap(PageRange range) {
    split(range.firstPage(), range);
    split(range.endPage() - 1, range);
    List<Cleared> cleared = new ArrayList<>();
    Map<Long, Leaf> gone = leaves.subMap(range.firstPage(), range.endPage());
    gone.forEach(
        (first, leaf) -> {
          for (long i = 0; i < leaf.pages(); i++) {
            cleared.add(new Cleared(first + i, leaf.pfn() + i));
          }
        });
    gone.clear();
    for (Map.Entry<Integer, TreeSet<Long>> level : tables.entrySet()) {
      int shift = level.getKey();
      long first = (range.firstPage() + (1L << shift) - 1) >>> shift;
      long end = range.endPage() >>> shift;
      if (first < end) {
        level.getValue().subSet(first, end).clear();
      }
    }
    return cleared;
  }

  private void split(long page, PageRange range) {
    Map.Entry<Long, Leaf> at = leaves.floorEntry(page);
    if (at == null || at.getValue().pages() == 1) {
      return;
    }
    PageRange whole = new PageRange(at.getKey(), HUGE_PAGES);
    boolean cut =
        whole.contains(page)
            && (range.firstPage() > whole.firstPage() || range.endPage() < whole.endPage());
    if (cut) {
      leaves.remove(at.getKey());
      map(whole, at.getValue().pfn(), false, at.getValue().writable());
    }
  }

  /** The slots that overlap {@code range}, in order, as a walk from the top finds them. */
  List<Slot> read(PageRange range) {
    List<Slot> slots = new ArrayList<>();
    entriesRead = 0;
    long end = Math.min(range.endPage(), all().endPage());
    read(topShift(), range.firstPage(), end, slots);
    return slots;
  }

  /** How many entries the last {@link #read} looked at. */
  int entriesRead() {
    return entriesRead;
  }

  private void read(int shift, long from, long end, List<Slot> slots) {
    long step = 1L << shift;
    for (long at = from >>> shift << shift; at < end; at += step) {
      entriesRead++;
      Leaf leaf = leaves.get(at);
      PageRange range = new PageRange(at, step);
      if (leaf != null && leaf.pages() == step) {
        slots.add(new Slot(range, leaf.pfn(), leaf.writable()));
      } else if (shift > 0 && tables.get(shift).contains(at >>> shift)) {
        read(shift - BITS, Math.max(from, at), Math.min(end, at + step), slots);
      } else {
        slots.add(new Slot(range, -1, false));
      }
    }
  }
}
