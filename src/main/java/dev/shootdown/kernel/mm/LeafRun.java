package dev.shootdown.kernel.mm;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.mm.PageTable.Leaf;
import dev.shootdown.protocol.KernelCall.TableVisit;
import dev.shootdown.protocol.KernelWords.EntryKind;
import dev.shootdown.protocol.KernelWords.Visit;
import dev.shootdown.trace.MachineFact.Change;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A run over leaf entries: of 4 KiB, and of 2 MiB where a huge page is mapped. */
final class LeafRun {
  private static final Set<Visit> HARVESTS =
      EnumSet.of(
          Visit.CLEAR, Visit.MIGRATION, Visit.SWAP, Visit.CLEAN, Visit.MKCLEAN, Visit.REPOINT,
          Visit.REPOINT_READ_ONLY);

  /** What the reverse map's users do, to entries that still name the frame they came for. */
  private static final Set<Visit> OF_ONE_FRAME =
      EnumSet.of(Visit.CLEAR, Visit.MIGRATION, Visit.SWAP, Visit.MKCLEAN);

  /** What may be done to a 2 MiB entry for one of its pages. */
  private static final Set<Visit> BY_ANY_PAGE =
      EnumSet.of(Visit.LOOK, Visit.UPGRADE, Visit.RESTORE);

  private final Tables tables;
  private final RunLog log;
  private final TableVisit visit;

  LeafRun(Tables tables, RunLog log) {
    this.tables = tables;
    this.log = log;
    this.visit = log.visit();
  }

  /** Changes what stands in one group. */
  void carryOut(long group) {
    PageRange pages = within(group);
    if (stores()) {
      store(group, pages);
      return;
    }
    Pmd pmd = tables.pmdOrNull(group);
    if (pmd == null) {
      return;
    }
    if (pmd.isHuge()) {
      if (pages.pages() == TablePage.ENTRIES || BY_ANY_PAGE.contains(visit.visit())) {
        visit(pmd.firstPage(), pmd.huge());
      } else if (pages.pages() > 0) {
        log.breach(visit.visit() + " of a part of the 2 MiB entry at page " + pmd.firstPage()
            + ", which has to be split first");
      }
      return;
    }
    for (long page = pages.firstPage(); page < pages.endPage() && !log.isFull(); page++) {
      Slot slot = pmd.table() == null ? null : pmd.table().slotOrNull(page);
      if (slot != null) {
        visit(page, slot);
      }
    }
  }

  private PageRange within(long group) {
    long first = Math.max(visit.range().firstPage(), group * TablePage.ENTRIES);
    long end = Math.min(visit.range().endPage(), (group + 1) * TablePage.ENTRIES);
    return new PageRange(first, Math.max(0, end - first));
  }

  private boolean stores() {
    return switch (visit.visit()) {
      case SET, SET_READ_ONLY, SET_HUGE, REPOINT, REPOINT_READ_ONLY -> true;
      default -> false;
    };
  }

  private void store(long group, PageRange pages) {
    Pmd pmd = tables.pmd(group);
    if (visit.visit() == Visit.SET_HUGE) {
      storeHuge(pmd);
      return;
    }
    if (visit.visit() == Visit.REPOINT && visit.pfns().size() == 1
        && pages.pages() == TablePage.ENTRIES) {
      repointHuge(pmd);
      return;
    }
    if (pmd.isHuge()) {
      return;
    }
    boolean writable = visit.visit() == Visit.SET || visit.visit() == Visit.REPOINT;
    boolean always = visit.visit() == Visit.REPOINT || visit.visit() == Visit.REPOINT_READ_ONLY;
    for (long page = pages.firstPage(); page < pages.endPage(); page++) {
      long pfn = given(page);
      if (pfn < 0) {
        continue;
      }
      TablePage table = pmd.table() == null ? tables.hook(pmd, log.nowPs()) : pmd.table();
      Slot slot = table.slot(page);
      Leaf before = slot.now();
      if (always || before.isNone()) {
        slot.change(writable ? Leaf.dirtied(pfn) : Leaf.readOnly(pfn), log.atPs());
        log.changed(always ? Change.REPOINTED : Change.SET, page, pfn, 0);
        log.answer(page, pfn, before, always ? slot : null);
        log.stepDone();
      }
    }
  }

  /** A single frame for 512 pages is one of 2 MiB, and takes the place of another one. */
  private void repointHuge(Pmd pmd) {
    if (pmd.table() != null) {
      log.breach("the group at page " + pmd.firstPage() + " has no 2 MiB entry to repoint");
      return;
    }
    Leaf before = pmd.huge().now();
    Leaf leaf = Leaf.huge(visit.pfns().get(0));
    pmd.huge().change(leaf, log.atPs());
    log.changed(Change.REPOINTED, pmd.firstPage(), leaf.pfn(), leaf.order());
    log.answer(pmd.firstPage(), leaf.pfn(), before, pmd.huge());
    log.stepDone();
  }

  private void storeHuge(Pmd pmd) {
    if (pmd.isHuge() || pmd.table() != null) {
      return;
    }
    Leaf leaf = Leaf.huge(visit.pfns().get(0));
    pmd.huge().change(leaf, log.atPs());
    log.changed(Change.SET, pmd.firstPage(), leaf.pfn(), leaf.order());
    log.answer(pmd.firstPage(), leaf.pfn(), leaf, null);
    log.stepDone();
  }

  /**
   * pte_same: whoever decided by an entry must not give its right to another that took its place.
   */
  private boolean isAsExpected(long page, Leaf leaf) {
    long expected = given(page);
    return expected < 0 || expected == leaf.pfn();
  }

  /** The frame given for {@code page}, −1 for none. */
  private long given(long page) {
    long index = page - visit.range().firstPage();
    return index < visit.pfns().size() ? visit.pfns().get((int) index) : -1;
  }

  private void visit(long page, Slot slot) {
    Leaf leaf = slot.now();
    switch (visit.visit()) {
      case LOOK -> {
        if (!leaf.isNone()) {
          log.answer(page, leaf.pfn(), leaf, null);
        }
      }
      case MOVE -> move(page, slot);
      case RETURN, RETURN_READ_ONLY -> giveBack(page, slot);
      default -> change(page, slot, leaf);
    }
  }

  private void change(long page, Slot slot, Leaf leaf) {
    Leaf next = after(page, leaf);
    if (next == null) {
      return;
    }
    boolean harvests = HARVESTS.contains(visit.visit());
    slot.change(next, log.atPs());
    if (!harvests) {
      slot.leaveDirtyTo(List.of(slot));
    }
    if (!leaf.isMapping() && visit.visit() != Visit.RESTORE) {
      return; // a swap or migration entry has no frame of its own to speak of
    }
    stateChange(page, leaf, next);
    log.answer(
        page, visit.visit() == Visit.RESTORE ? next.pfn() : leaf.pfn(), leaf,
        harvests ? slot : null);
    log.stepDone();
  }

  private void stateChange(long page, Leaf leaf, Leaf next) {
    switch (visit.visit()) {
      case CLEAR, MIGRATION, SWAP, PROTNONE ->
          log.changed(Change.CLEARED, page, leaf.pfn(), leaf.order());
      case UPGRADE -> log.changed(Change.UPGRADED, page, leaf.pfn(), leaf.order());
      case RESTORE -> log.changed(Change.SET, page, next.pfn(), leaf.order());
      case CLEAN -> { }
      default -> {
        if (leaf.writable()) {
          log.changed(Change.PROTECTED, page, leaf.pfn(), leaf.order());
        }
      }
    }
  }

  /** What the entry becomes, or null if the visit doesn't concern it. */
  private Leaf after(long page, Leaf leaf) {
    boolean present = leaf.isPresent();
    if (OF_ONE_FRAME.contains(visit.visit()) && !isAsExpected(page, leaf)) {
      return null;
    }
    return switch (visit.visit()) {
      case CLEAR -> leaf.isNone() ? null : Leaf.NONE;
      case PROTECT -> leaf.writable() ? leaf.without(Leaf.WRITABLE) : null;
      case FORK -> leaf.isMapping() ? leaf.without(Leaf.WRITABLE) : null;
      case UPGRADE ->
          present && !leaf.writable() && isAsExpected(page, leaf)
              ? leaf.with(Leaf.WRITABLE).without(Leaf.USERFAULT) : null;
      case MIGRATION -> leaf.isMapping()
          ? leaf.as(EntryKind.MIGRATION).without(Leaf.DIRTY) : null;
      case SWAP -> leaf.isMapping() ? leaf.as(EntryKind.SWAP).without(Leaf.DIRTY) : null;
      case PROTNONE -> present ? leaf.as(EntryKind.PROTNONE) : null;
      case CLEAN -> present && leaf.dirty() ? leaf.without(Leaf.DIRTY) : null;
      case MKCLEAN ->
          present && (leaf.dirty() || leaf.writable())
              ? leaf.without(Leaf.DIRTY | Leaf.WRITABLE) : null;
      case SOFT_CLEAN ->
          present && (leaf.softDirty() || leaf.writable())
              ? leaf.without(Leaf.SOFT_DIRTY | Leaf.WRITABLE) : null;
      case USERFAULT ->
          present ? leaf.without(Leaf.WRITABLE).with(Leaf.USERFAULT) : null;
      case RESTORE -> restored(page, leaf);
      default -> throw new IllegalStateException("no run of " + visit.visit() + " over leaves");
    };
  }

  private Leaf restored(long page, Leaf leaf) {
    boolean kept = leaf.kind() == EntryKind.PROTNONE;
    if (leaf.isNone() || leaf.isPresent() || leaf.kind() == EntryKind.INVALID) {
      return null;
    }
    long pfn = given(page);
    if (pfn < 0 && !visit.pfns().isEmpty()) {
      return null;
    }
    return (kept || pfn < 0 ? leaf : leaf.at(pfn)).as(EntryKind.PRESENT);
  }

  private void move(long page, Slot slot) {
    Leaf leaf = slot.now();
    if (leaf.isNone()) {
      return;
    }
    long target = page - visit.range().firstPage() + visit.to().firstPage();
    Pmd pmd = tables.pmd(Tables.group(target));
    Slot heir =
        leaf.order() > 0
            ? pmd.huge() : tables.table(Tables.group(target)).slot(target);
    if (!heir.now().isNone() || (leaf.order() > 0 && pmd.table() != null)) {
      log.breach("page " + page + " moves to page " + target + ", which is mapped");
      return;
    }
    heir.change(leaf, log.atPs());
    slot.change(Leaf.NONE, log.atPs());
    slot.leaveDirtyTo(List.of(heir));
    if (leaf.isMapping()) {
      log.changed(Change.MOVED_AWAY, page, leaf.pfn(), leaf.order());
      log.changed(Change.SET, target, leaf.pfn(), leaf.order());
      log.answer(page, leaf.pfn(), leaf, null);
      log.stepDone();
    }
  }

  /** Puts back what the last run cleared. */
  private void giveBack(long page, Slot slot) {
    Leaf leaf = slot.before();
    if (!slot.now().isNone() || leaf.isNone()) {
      return;
    }
    Leaf back =
        visit.visit() == Visit.RETURN
            ? leaf : leaf.without(Leaf.WRITABLE | Leaf.DIRTY | Leaf.SOFT_DIRTY);
    slot.change(back, log.atPs());
    log.changed(Change.SET, page, back.pfn(), back.order());
    log.answer(page, back.pfn(), back, null);
    log.stepDone();
  }
}
