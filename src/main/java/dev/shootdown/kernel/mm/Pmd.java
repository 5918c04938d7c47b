package dev.shootdown.kernel.mm;

/** What stands above one 2 MiB group: a 2 MiB entry, or a page-table page, or nothing. */
final class Pmd {
  private final long group;
  private Slot huge = new Slot();
  private TablePage table;
  private TablePage tableBefore;
  private long changesAtPs = Long.MIN_VALUE;

  Pmd(long group) {
    this.group = group;
  }

  long group() {
    return group;
  }

  long firstPage() {
    return group * TablePage.ENTRIES;
  }

  /** The 2 MiB entry. */
  Slot huge() {
    return huge;
  }

  boolean isHuge() {
    return !huge.now().isNone();
  }

  /** The page-table page as software sees it, null if there is none. */
  TablePage table() {
    return table;
  }

  /** The page-table page as a walker sees it at {@code atPs}, null if there is none. */
  TablePage tableAt(long atPs) {
    return atPs < changesAtPs ? tableBefore : table;
  }

  /** From {@code atPs} on the group has this page-table page, or none. */
  void hook(TablePage next, long atPs) {
    tableBefore = table;
    table = next;
    changesAtPs = atPs;
  }
}
