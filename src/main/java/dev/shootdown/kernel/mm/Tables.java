package dev.shootdown.kernel.mm;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.mm.PageTable.Leaf;
import dev.shootdown.protocol.KernelCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All page-table pages of one address space, hooked or not, and what stands above them. */
final class Tables {
  private final TreeMap<Long, Pmd> pmds = new TreeMap<>();
  private final TreeMap<Long, TablePage> byNumber = new TreeMap<>();
  private long nextNumber;

  /** What a walk came to: the entry, its order, and the page-table page that it stood in. */
  record Found(Slot slot, Leaf leaf, long table) {
    static final Found NOTHING = new Found(null, Leaf.NONE, -1);
  }

  /**
   * Tables with these entries.
   *
   * @param firstNumber the first page-table page's number; −1 if none is to have a number, so that
   *     no walker can remember it
   */
  Tables(Map<Long, Leaf> leaves, long firstNumber) {
    nextNumber = firstNumber;
    leaves.forEach(
        (page, leaf) -> {
          Slot slot = leaf.order() > 0 ? pmd(group(page)).huge() : table(group(page)).slot(page);
          slot.change(leaf, Long.MIN_VALUE);
        });
  }

  static long group(long page) {
    return page / TablePage.ENTRIES;
  }

  /** What stands above a group, made if there was nothing. */
  Pmd pmd(long group) {
    return pmds.computeIfAbsent(group, Pmd::new);
  }

  /** The same, or null. */
  Pmd pmdOrNull(long group) {
    return pmds.get(group);
  }

  /** The page-table page of a group, made and hooked if there was none. */
  TablePage table(long group) {
    Pmd pmd = pmd(group);
    if (pmd.table() == null) {
      hook(pmd, Long.MIN_VALUE);
    }
    return pmd.table();
  }

  /** A fresh page-table page, hooked at {@code atPs}. */
  TablePage hook(Pmd pmd, long atPs) {
    TablePage table = new TablePage(nextNumber, pmd.group());
    if (nextNumber >= 0) {
      byNumber.put(nextNumber++, table);
    }
    pmd.hook(table, atPs);
    return table;
  }

  /** Groups in {@code range} that have anything above them, ascending. */
  List<Long> groups(PageRange range) {
    return range.pages() == 0
        ? List.of()
        : new ArrayList<>(
            pmds.subMap(group(range.firstPage()), true, group(range.endPage() - 1), true)
                .keySet());
  }

  /** The page-table page of that number, hooked or not; null if it was freed. */
  TablePage byNumber(long number) {
    return byNumber.get(number);
  }

  void free(long number) {
    byNumber.remove(number);
  }

  /** What a walker comes to at {@code atPs}, from the root or from page-table page {@code from}. */
  Found walk(long page, long from, long atPs) {
    if (from >= 0) {
      TablePage table = byNumber.get(from);
      return table == null ? Found.NOTHING : in(table, page, atPs);
    }
    Pmd pmd = pmds.get(group(page));
    if (pmd == null) {
      return Found.NOTHING;
    }
    Leaf huge = pmd.huge().at(atPs);
    if (!huge.isNone()) {
      return new Found(pmd.huge(), huge, -1);
    }
    TablePage table = pmd.tableAt(atPs);
    return table == null ? Found.NOTHING : in(table, page, atPs);
  }

  /**
   * What a reader without a lock finds at {@code atPs}: in page-table page {@code from}, which may
   * be unhooked by then, the present entries of {@code range}; above it, −1, that page or a 2 MiB
   * entry. Nothing in a page that has been freed.
   */
  KernelCall.Visited read(PageRange range, long from, long atPs) {
    List<Long> pages = new ArrayList<>();
    List<Long> pfns = new ArrayList<>();
    List<KernelCall.Seen> seen = new ArrayList<>();
    long step = 1;
    for (long page = range.firstPage(); page < range.endPage(); page += step) {
      Found found = walk(page, from, atPs);
      if (from < 0 && found.table() >= 0) {
        return new KernelCall.Visited(pages, pfns, seen, List.of(found.table()));
      }
      Leaf leaf = found.leaf();
      step = leaf.order() > 0 ? TablePage.ENTRIES : 1;
      if (leaf.isPresent()) {
        pages.add(leaf.order() > 0 ? group(page) * TablePage.ENTRIES : page);
        pfns.add(leaf.pfn());
        seen.add(
            new KernelCall.Seen(
                leaf.kind(), leaf.writable(), leaf.dirty(), leaf.userfault(), leaf.order()));
      }
    }
    return new KernelCall.Visited(pages, pfns, seen, List.of());
  }

  private static Found in(TablePage table, long page, long atPs) {
    Slot slot = table.slotOrNull(page);
    return new Found(slot, slot == null ? Leaf.NONE : slot.at(atPs), table.number());
  }
}
