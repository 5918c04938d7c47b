package dev.shootdown.replay;

import dev.shootdown.address.PageRange;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;

/**
 * What one address space is known to have mapped, from its recorded faults and calls: enough to
 * tell when a page table runs empty and when a huge page has to be split.
 */
final class Footprint {
  /** Pages that one page table maps: 2 MiB. */
  static final int BLOCK_PAGES = 512;

  private final TreeMap<Long, BitSet> blocks = new TreeMap<>();
  private final TreeSet<Long> huge = new TreeSet<>();
  /** Huge blocks that the simulated page table has as such too, since MADV_COLLAPSE. */
  private final TreeSet<Long> collapsed = new TreeSet<>();
  private final Advice hugeAdvice = new Advice();
  private final Advice mergeAdvice = new Advice();
  /** Pages that KSM has merged since they were mapped. */
  private final TreeSet<Long> merged = new TreeSet<>();

  /** MADV_HUGEPAGE or MADV_NOHUGEPAGE was given for a range. */
  void advise(PageRange range, boolean hugeWanted) {
    hugeAdvice.give(range, hugeWanted);
  }

  /** MADV_MERGEABLE was given for a range, or MADV_UNMERGEABLE, which undoes all merges there. */
  void adviseMerging(PageRange range, boolean wanted) {
    mergeAdvice.give(range, wanted);
    if (!wanted) {
      merged.subSet(range.firstPage(), range.endPage()).clear();
    }
  }

  /** Whether a write to a missing page gets a huge one: all of its empty block was advised. */
  boolean takesHuge(long page) {
    long block = page / BLOCK_PAGES;
    return hugeAdvice.covers(new PageRange(block * BLOCK_PAGES, BLOCK_PAGES))
        && !blocks.containsKey(block);
  }

  /** The first 2 MiB block that khugepaged may collapse: advised, with small pages in it. */
  Optional<PageRange> nextCollapsible() {
    return blocks.keySet().stream()
        .filter(block -> !huge.contains(block))
        .map(block -> new PageRange(block * BLOCK_PAGES, BLOCK_PAGES))
        .filter(hugeAdvice::covers)
        .findFirst();
  }

  /** The first page that KSM may merge: advised, small, and not merged yet. */
  Optional<PageRange> nextMergeable() {
    return smallRuns().stream()
        .flatMap(run -> LongStream.range(run.firstPage(), run.endPage()).boxed())
        .filter(page -> !merged.contains(page))
        .map(PageRange::of)
        .filter(mergeAdvice::covers)
        .findFirst();
  }

  /** Pages of the range that KSM has merged. */
  List<PageRange> merged(PageRange range) {
    return merged.subSet(range.firstPage(), range.endPage()).stream().map(PageRange::of).toList();
  }

  /** KSM has merged that page. */
  void merge(PageRange page) {
    merged.add(page.firstPage());
  }

  /** Somebody wrote to a page; whether KSM had merged it, in which case it is copied. */
  boolean unmerge(long page) {
    return merged.remove(page);
  }

  /** A huge page was put where {@code page} is; its range. */
  PageRange mapHuge(long page) {
    long block = page / BLOCK_PAGES;
    PageRange range = new PageRange(block * BLOCK_PAGES, BLOCK_PAGES);
    map(range);
    huge.add(block);
    return range;
  }

  /** A block was made one huge page. */
  void collapse(PageRange block) {
    mapHuge(block.firstPage());
    collapsed.add(block.firstPage() / BLOCK_PAGES);
  }

  /** Blocks of the range that were collapsed; they count as small pages from now on. */
  List<PageRange> uncollapse(PageRange range) {
    List<PageRange> found = new ArrayList<>();
    for (PageRange part : byBlock(range)) {
      long block = part.firstPage() / BLOCK_PAGES;
      if (collapsed.remove(block)) {
        huge.remove(block);
        found.add(new PageRange(block * BLOCK_PAGES, BLOCK_PAGES));
      }
    }
    return found;
  }

  /** The huge pages that a change of only {@code range} splits, which then are huge no more. */
  List<PageRange> splitFor(PageRange range) {
    List<PageRange> split = new ArrayList<>();
    for (long edge : new long[] {range.firstPage(), range.endPage()}) {
      long block = edge / BLOCK_PAGES;
      if (edge % BLOCK_PAGES != 0 && huge.remove(block)) {
        split.add(new PageRange(block * BLOCK_PAGES, BLOCK_PAGES));
      }
    }
    return split;
  }

  void map(PageRange range) {
    for (PageRange part : byBlock(range)) {
      int from = (int) (part.firstPage() % BLOCK_PAGES);
      blocks.computeIfAbsent(part.firstPage() / BLOCK_PAGES, key -> new BitSet(BLOCK_PAGES))
          .set(from, from + (int) part.pages());
    }
  }

  void unmap(PageRange range) {
    merged.subSet(range.firstPage(), range.endPage()).clear();
    for (PageRange part : byBlock(range)) {
      long block = part.firstPage() / BLOCK_PAGES;
      BitSet pages = blocks.get(block);
      if (pages != null) {
        int from = (int) (part.firstPage() % BLOCK_PAGES);
        pages.clear(from, from + (int) part.pages());
        if (pages.isEmpty()) {
          blocks.remove(block);
          huge.remove(block);
          collapsed.remove(block);
        }
      }
    }
  }

  /**
   * Moves what is mapped.
   *
   * @return whether a page table was left empty, and so is freed: not one that moves as a whole
   */
  boolean move(PageRange from, PageRange to) {
    merged.subSet(from.firstPage(), from.endPage()).clear();
    long shift = to.firstPage() - from.firstPage();
    boolean emptied = false;
    for (PageRange part : byBlock(from)) {
      long block = part.firstPage() / BLOCK_PAGES;
      BitSet pages = blocks.get(block);
      if (pages != null) {
        BitSet moved = (BitSet) pages.clone();
        int first = (int) (part.firstPage() % BLOCK_PAGES);
        boolean whole = part.pages() == BLOCK_PAGES && shift % BLOCK_PAGES == 0;
        pages.clear(first, first + (int) part.pages());
        emptied |= pages.isEmpty() && !whole;
        moved.andNot(pages);
        if (pages.isEmpty()) {
          blocks.remove(block);
          huge.remove(block);
          collapsed.remove(block);
        }
        moved.stream().forEach(
            page -> map(PageRange.of(block * BLOCK_PAGES + page + shift)));
      }
    }
    return emptied;
  }

  /** Whether anything is known to be mapped in the range. */
  boolean hasAny(PageRange range) {
    for (Map.Entry<Long, BitSet> block : blocks.subMap(
        range.firstPage() / BLOCK_PAGES, true, (range.endPage() - 1) / BLOCK_PAGES, true)
        .entrySet()) {
      long first = block.getKey() * BLOCK_PAGES;
      int from = (int) Math.max(0, range.firstPage() - first);
      int page = block.getValue().nextSetBit(from);
      if (page >= 0 && first + page < range.endPage()) {
        return true;
      }
    }
    return false;
  }

  /** How many pages of the range are not known to be mapped. */
  long missing(PageRange range) {
    long missing = range.pages();
    for (PageRange part : byBlock(range)) {
      BitSet pages = blocks.get(part.firstPage() / BLOCK_PAGES);
      int from = (int) (part.firstPage() % BLOCK_PAGES);
      missing -= pages == null
          ? 0 : pages.get(from, from + (int) part.pages()).cardinality();
    }
    return missing;
  }

  /** All that is known to be mapped, as runs without a gap that cross no page table. */
  List<PageRange> runs() {
    List<PageRange> runs = new ArrayList<>();
    blocks.forEach((block, pages) -> {
      for (int from = pages.nextSetBit(0); from >= 0;) {
        int end = pages.nextClearBit(from);
        runs.add(new PageRange(block * BLOCK_PAGES + from, end - from));
        from = pages.nextSetBit(end);
      }
    });
    return runs;
  }

  /** The same without blocks that stand for one huge page each. */
  List<PageRange> smallRuns() {
    return runs().stream().filter(run -> !huge.contains(run.firstPage() / BLOCK_PAGES)).toList();
  }

  /** Page tables that are known to have something in them. */
  int blockCount() {
    return blocks.size();
  }

  /** Takes over what another address space has (fork). */
  void copy(Footprint other) {
    other.blocks.forEach((block, pages) -> blocks.put(block, (BitSet) pages.clone()));
    huge.addAll(other.huge);
    collapsed.addAll(other.collapsed);
    hugeAdvice.copy(other.hugeAdvice);
    mergeAdvice.copy(other.mergeAdvice);
    merged.addAll(other.merged);
  }

  /** Nothing is mapped any more. */
  void clear() {
    blocks.clear();
    huge.clear();
    collapsed.clear();
    hugeAdvice.clear();
    mergeAdvice.clear();
    merged.clear();
  }

  /** The 2 MiB blocks wholly in the range that have pages and no huge one. */
  List<PageRange> collapsible(PageRange range) {
    List<PageRange> found = new ArrayList<>();
    for (PageRange part : byBlock(range)) {
      long block = part.firstPage() / BLOCK_PAGES;
      if (part.pages() == BLOCK_PAGES && blocks.containsKey(block) && !huge.contains(block)) {
        found.add(part);
      }
    }
    return found;
  }

  /** Pages, ascending, as runs without a gap. */
  static List<PageRange> runs(SortedSet<Long> pages) {
    List<PageRange> runs = new ArrayList<>();
    for (long page : pages) {
      PageRange last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
      if (last != null && last.endPage() == page) {
        runs.set(runs.size() - 1, new PageRange(last.firstPage(), last.pages() + 1));
      } else {
        runs.add(PageRange.of(page));
      }
    }
    return Collections.unmodifiableList(runs);
  }

  /** The range cut at the borders of page tables; at most as many parts as there are known. */
  static List<PageRange> byBlock(PageRange range) {
    List<PageRange> parts = new ArrayList<>();
    long at = range.firstPage();
    while (at < range.endPage()) {
      long end = Math.min((at / BLOCK_PAGES + 1) * BLOCK_PAGES, range.endPage());
      parts.add(new PageRange(at, end - at));
      at = end;
    }
    return parts;
  }
}
