package dev.shootdown.kernel.mm;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Continuation;
import dev.shootdown.kernel.mm.PathStep.Primitive;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.trace.Account;
import java.util.ArrayList;
import java.util.List;

/**
 * An mmu_gather: pages whose entries are gone and that are freed once nobody holds them any more.
 *
 * <p>It holds {@link #LIMIT} pages (Linux 6.12: a bundle of 8 on the stack, and at most 19 batches
 * of 510). When it is full, or when a dirty page of a file was cleared, it is flushed before the
 * page-table lock is dropped, and freed after that. The reverse map of such a file page is left
 * until after the flush since 6.2, and was given up before it until then. Memory without reference
 * counts (VM_PFNMAP) is flushed with the rest, but neither takes room, nor forces a flush, nor is
 * freed: zap_pte_range goes on where vm_normal_page has none.
 */
final class PathGather {
  /** Pages that one mmu_gather holds: 8 + 19 · 510. */
  static final int LIMIT = 9_698;

  private static final int BUNDLE = 8;

  private final PathRun run;
  private final boolean flushesOwnSecondary;
  private final boolean deletesReverseMap;
  private final List<Capture> pages = new ArrayList<>();
  private final List<Long> everGathered = new ArrayList<>();
  private PageRange hull = PathJob.NOWHERE;
  private PageRange committed = PathJob.NOWHERE;
  private boolean active;
  private boolean batched;
  private boolean nested;
  private boolean full;
  private boolean freedTables;
  private boolean small;
  private boolean flushed;

  PathGather(PathRun run) {
    this.run = run;
    this.flushesOwnSecondary =
        run.setup().placement().policy().ownSteps()
            && run.steps().stream().anyMatch(
                step -> step.has("gathered") && step.primitive() == Primitive.SEC_INV
                    || step.primitive() == Primitive.SEC_INV_NESTED);
    this.deletesReverseMap =
        run.steps().stream().anyMatch(step -> step.primitive() == Primitive.RMAP_DEL);
  }

  /** Begins; a full one flushes everything at its commit (tlb_gather_mmu_fullmm). */
  void begin(boolean whole) {
    active = true;
    full = whole;
    nested = false;
    run.tell(run.space(), new KernelCall.GatherBegin());
  }

  void check() {
    run.call(
        run.space(), new KernelCall.GatherCheck(), Account.SOFTWARE,
        result -> nested = ((KernelCall.Nested) result).nested());
  }

  void end() {
    active = false;
    run.tell(run.space(), new KernelCall.GatherEnd());
  }

  boolean isActive() {
    return active;
  }

  /** What has been gathered and not freed. */
  PageRange hull() {
    return hull;
  }

  /** Pages that still fit. */
  int room() {
    return Math.max(0, LIMIT - pages.size());
  }

  /** A change that the commit has to flush, of 4 KiB entries unless {@code huge}. */
  void include(PageRange changed, boolean huge) {
    hull = hull.hull(changed);
    small = small || (changed.pages() > 0 && !huge);
    flushed = flushed && changed.pages() == 0;
  }

  /** Pages to be freed, unless they have no reference counts. */
  void add(List<Capture> more) {
    if (run.file >= 0) {
      everGathered.addAll(PathRun.pfns(more));
    }
    if (run.pfnMapped) {
      return;
    }
    pages.addAll(more);
    if (!batched && pages.size() >= BUNDLE) {
      batched = true;
      run.spend(Account.SOFTWARE, run.setup().costs().gatherPs());
    }
  }

  /** Page-table pages were unhooked: the commit reaches lazy CPUs and walk caches as well. */
  void tablesUnhooked(long page) {
    freedTables = true;
    flushed = false;
    hull = hull.hull(PageRange.of(page));
    small = true;
  }

  /**
   * Flushes what was gathered and has not been flushed yet, as tlb_end_vma and tlb_finish_mmu do.
   * If another gather may have hidden entries from us it is more: everything, and in era A all that
   * the gather was begun for (before 7a30df49f63a, Linux 5.2).
   */
  void commit() {
    committed = full || nested ? beyond() : flushed ? PathJob.NOWHERE : hull;
    flushed = true;
    if (committed.pages() > 0) {
      flush(committed, freedTables || committed.isAll());
    }
  }

  private PageRange beyond() {
    return full || run.setup().placement().era() != Era.A ? PageRange.ALL : run.area;
  }

  /** What the last commit flushed, as era B told secondary TLBs: everything was nothing there. */
  PageRange told() {
    return committed.isAll() ? FlushRules.TOP : committed;
  }

  /** What was committed with an area need not be flushed with the next (tlb_end_vma). */
  void endArea() {
    if (flushed) {
      forget();
    }
  }

  private void forget() {
    hull = PathJob.NOWHERE;
    small = false;
    freedTables = false;
    flushed = false;
  }

  private void flush(PageRange range, boolean tables) {
    run.run(
        run.setup().rules().cpuFlush(
            run.flush(range, tables, small || range.isAll() ? 0 : 9)));
  }

  /**
   * A forced flush, under the page-table lock. It frees pages, so it reaches whomever the path's
   * own commit reaches.
   */
  void force(Continuation unlock) {
    boolean late = run.setup().placement().era() == Era.C;
    if (deletesReverseMap && !late) {
      deleteReverseMap();
    }
    commit();
    if (flushesOwnSecondary) {
      run.flushSecondary(hull);
    }
    if (deletesReverseMap && late) {
      deleteReverseMap();
    }
    unlock.run();
    free();
  }

  /** RMAP-DEL of what was gathered. */
  void deleteReverseMap() {
    List<Capture> mapped = pages.stream().filter(page -> !page.isUnmapped()).toList();
    if (!mapped.isEmpty()) {
      mapped.forEach(Capture::unmap);
      run.tell(run.frames(), new KernelCall.UnmapFrames(PathRun.pfns(mapped)));
    }
  }

  /** Gives the references back that the mappings held. */
  void free() {
    for (boolean unmapped : new boolean[] {false, true}) {
      List<Long> pfns =
          PathRun.pfns(pages.stream().filter(page -> page.isUnmapped() == unmapped).toList());
      if (!pfns.isEmpty()) {
        run.setup().folios().free(run, pfns);
        run.call(
            run.frames(),
            new KernelCall.Free(pfns, run.setup().costs().pageFreePs(), !unmapped),
            Account.PAGE_FREE);
      }
    }
    pages.clear();
    hull = PathJob.NOWHERE;
    small = false;
  }

  /** All frames of a file that this gather has seen. */
  List<Long> everGathered() {
    return everGathered;
  }
}
