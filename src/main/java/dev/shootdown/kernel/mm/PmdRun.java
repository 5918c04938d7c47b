package dev.shootdown.kernel.mm;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.mm.PageTable.Leaf;
import dev.shootdown.protocol.KernelCall.TableVisit;
import dev.shootdown.protocol.KernelWords.EntryKind;
import dev.shootdown.protocol.KernelWords.Visit;
import dev.shootdown.trace.MachineFact.Change;
import java.util.ArrayList;
import java.util.List;

/** A run over the entries one level up, each of which stands for 512 pages. */
final class PmdRun {
  private final Tables tables;
  private final RunLog log;
  private final TableVisit visit;

  PmdRun(Tables tables, RunLog log) {
    this.tables = tables;
    this.log = log;
    this.visit = log.visit();
  }

  static boolean serves(Visit visit) {
    return switch (visit) {
      case INVALIDATE, SPLIT, COLLAPSE, PMD_CLEAR, PMD_MOVE, DETACH -> true;
      default -> false;
    };
  }

  /**
   * Changes what stands above one group. To clear, to move and to collapse, the range has to cover
   * all of it.
   */
  void carryOut(long group) {
    PageRange whole = new PageRange(group * TablePage.ENTRIES, TablePage.ENTRIES);
    if (!visit.range().overlaps(whole)) {
      return; // where a move goes: its lock is needed, its entries change with those that move
    }
    boolean covered =
        visit.range().contains(whole.firstPage()) && visit.range().contains(whole.endPage() - 1);
    if (visit.visit() == Visit.COLLAPSE && covered) {
      collapse(tables.pmd(group));
      return;
    }
    Pmd pmd = tables.pmdOrNull(group);
    if (pmd == null) {
      return;
    }
    if (visit.visit() == Visit.DETACH) {
      detach(pmd);
    } else if (covered || visit.visit() == Visit.INVALIDATE || visit.visit() == Visit.SPLIT) {
      change(pmd);
    } else {
      log.breach(visit.visit() + " of a part of the 2 MiB group at page " + whole.firstPage());
    }
  }

  private void change(Pmd pmd) {
    Leaf leaf = pmd.huge().now();
    switch (visit.visit()) {
      case INVALIDATE -> {
        if (leaf.isPresent()) {
          pmd.huge().change(leaf.as(EntryKind.INVALID), log.atPs());
          pmd.huge().leaveDirtyTo(List.of(pmd.huge()));
          log.changed(Change.CLEARED, pmd.firstPage(), leaf.pfn(), leaf.order());
          log.answer(pmd.firstPage(), leaf.pfn(), leaf, null);
          log.stepDone();
        }
      }
      case SPLIT -> split(pmd, leaf);
      case PMD_CLEAR -> clear(pmd, leaf);
      case PMD_MOVE -> move(pmd, leaf);
      default -> throw new IllegalStateException("no run of " + visit.visit() + " over PMDs");
    }
  }

  private void split(Pmd pmd, Leaf leaf) {
    if (!leaf.isPresent() && leaf.kind() != EntryKind.INVALID) {
      return;
    }
    TablePage table = tables.hook(pmd, log.atPs());
    List<Slot> heirs = new ArrayList<>();
    List<Long> pages = RunLog.run(pmd.firstPage());
    for (long page : pages) {
      Slot slot = table.slot(page);
      slot.change(leaf.part(page - pmd.firstPage()), log.atPs());
      heirs.add(slot);
    }
    pmd.huge().change(Leaf.NONE, log.atPs());
    pmd.huge().leaveDirtyTo(heirs);
    if (leaf.kind() == EntryKind.INVALID) {
      log.changedAtOnce(Change.SET, pages, RunLog.run(leaf.pfn()));
    }
    log.answer(pmd.firstPage(), leaf.pfn(), leaf, null);
    log.stepDone();
  }

  private void collapse(Pmd pmd) {
    if (pmd.isHuge() || pmd.table() != null || visit.pfns().isEmpty()) {
      log.breach("the group at page " + pmd.firstPage() + " collapses, but it is still mapped");
      return;
    }
    Leaf leaf = Leaf.huge(visit.pfns().get(0));
    pmd.huge().change(leaf, log.atPs());
    log.changed(Change.SET, pmd.firstPage(), leaf.pfn(), leaf.order());
    log.answer(pmd.firstPage(), leaf.pfn(), leaf, null);
    log.stepDone();
  }

  private void clear(Pmd pmd, Leaf leaf) {
    if (!leaf.isNone()) {
      pmd.huge().change(Leaf.NONE, log.atPs());
      log.changed(Change.CLEARED, pmd.firstPage(), leaf.pfn(), leaf.order());
      log.answer(pmd.firstPage(), leaf.pfn(), leaf, pmd.huge());
      log.stepDone();
    } else if (pmd.table() != null) {
      TablePage table = pmd.table();
      Contents contents = new Contents(table, pmd.firstPage());
      log.changedAtOnce(Change.CLEARED, contents.pages, contents.pfns);
      unhook(pmd);
      for (int i = 0; i < contents.pages.size(); i++) {
        log.answerUnhooked(contents.pages.get(i), table.slot(contents.pages.get(i)));
      }
      log.stepDone();
    }
  }

  private void move(Pmd pmd, Leaf leaf) {
    long target = pmd.firstPage() - visit.range().firstPage() + visit.to().firstPage();
    Pmd to = tables.pmd(Tables.group(target));
    if (target % TablePage.ENTRIES != 0 || to.isHuge() || to.table() != null) {
      log.breach("the group at page " + pmd.firstPage() + " moves to page " + target
          + ", which is mapped or not at a 2 MiB border");
      return;
    }
    if (!leaf.isNone()) {
      to.huge().change(leaf, log.atPs());
      pmd.huge().change(Leaf.NONE, log.atPs());
      pmd.huge().leaveDirtyTo(List.of(to.huge()));
      log.changed(Change.MOVED_AWAY, pmd.firstPage(), leaf.pfn(), leaf.order());
      log.changed(Change.SET, target, leaf.pfn(), leaf.order());
      log.answer(pmd.firstPage(), leaf.pfn(), leaf, null);
      log.stepDone();
    } else if (pmd.table() != null) {
      TablePage table = pmd.table();
      Contents contents = new Contents(table, pmd.firstPage());
      long distance = target - pmd.firstPage();
      log.changedAtOnce(Change.MOVED_AWAY, contents.pages, contents.pfns);
      log.changedAtOnce(
          Change.SET, contents.pages.stream().map(page -> page + distance).toList(),
          contents.pfns);
      pmd.hook(null, log.atPs());
      to.hook(table, log.atPs());
      table.moveTo(to.group());
      for (int i = 0; i < contents.pages.size(); i++) {
        log.answer(
            contents.pages.get(i), contents.pfns.get(i),
            table.slot(contents.pages.get(i)).now(), null);
      }
      log.stepDone();
    }
  }

  private void detach(Pmd pmd) {
    if (pmd.table() != null && pmd.table().isEmpty()) {
      unhook(pmd);
      log.stepDone();
    }
  }

  private void unhook(Pmd pmd) {
    pmd.table().unhook();
    log.unhooked(pmd.table());
    pmd.hook(null, log.atPs());
  }

  /** The mapped pages of a page-table page. */
  private static final class Contents {
    final List<Long> pages = new ArrayList<>();
    final List<Long> pfns = new ArrayList<>();

    Contents(TablePage table, long firstPage) {
      for (long page : RunLog.run(firstPage)) {
        Slot slot = table.slotOrNull(page);
        if (slot != null && slot.now().isMapping()) {
          pages.add(page);
          pfns.add(slot.now().pfn());
        }
      }
    }
  }
}
