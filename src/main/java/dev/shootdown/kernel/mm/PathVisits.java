package dev.shootdown.kernel.mm;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Continuation;
import dev.shootdown.kernel.mm.PathStep.Primitive;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.KernelWords.EntryKind;
import dev.shootdown.protocol.KernelWords.Visit;
import dev.shootdown.trace.Account;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Changes of page-table entries. */
final class PathVisits {
  private static final Map<Primitive, Visit> VISITS = new EnumMap<>(Primitive.class);
  private static final Set<Visit> TAKE_RIGHTS =
      EnumSet.of(
          Visit.CLEAR, Visit.PROTECT, Visit.FORK, Visit.MOVE, Visit.MIGRATION, Visit.SWAP,
          Visit.PROTNONE, Visit.CLEAN, Visit.MKCLEAN, Visit.SOFT_CLEAN, Visit.USERFAULT,
          Visit.REPOINT, Visit.REPOINT_READ_ONLY, Visit.INVALIDATE, Visit.PMD_CLEAR,
          Visit.PMD_MOVE);
  private static final Set<Visit> TAKE_OUT =
      EnumSet.of(Visit.CLEAR, Visit.MIGRATION, Visit.SWAP, Visit.PMD_CLEAR);
  private static final Set<Visit> OF_ONE_FRAME =
      EnumSet.of(Visit.MIGRATION, Visit.SWAP, Visit.MKCLEAN);
  private static final Set<Visit> HARVEST =
      EnumSet.of(Visit.CLEAR, Visit.MIGRATION, Visit.SWAP, Visit.PMD_CLEAR, Visit.MKCLEAN);

  /** Their answers name frames that are stored, not found. */
  private static final Set<Visit> STORE =
      EnumSet.of(
          Visit.SET, Visit.SET_READ_ONLY, Visit.COLLAPSE, Visit.RESTORE, Visit.RETURN,
          Visit.RETURN_READ_ONLY);
  private static final Set<Visit> REPOINTS =
      EnumSet.of(Visit.REPOINT, Visit.REPOINT_READ_ONLY);

  static {
    VISITS.put(Primitive.PTE_PROTECT, Visit.PROTECT);
    VISITS.put(Primitive.PTE_UPGRADE, Visit.UPGRADE);
    VISITS.put(Primitive.PTE_MOVE, Visit.MOVE);
    VISITS.put(Primitive.PTE_MIGRATION, Visit.MIGRATION);
    VISITS.put(Primitive.PTE_SWAP, Visit.SWAP);
    VISITS.put(Primitive.PTE_PROTNONE, Visit.PROTNONE);
    VISITS.put(Primitive.PTE_LAZYFREE, Visit.CLEAN);
    VISITS.put(Primitive.PTE_MKCLEAN, Visit.MKCLEAN);
    VISITS.put(Primitive.PTE_SOFT_CLEAN, Visit.SOFT_CLEAN);
    VISITS.put(Primitive.PTE_USERFAULT, Visit.USERFAULT);
    VISITS.put(Primitive.PMD_CLEAR, Visit.PMD_CLEAR);
    VISITS.put(Primitive.PMD_MOVE, Visit.PMD_MOVE);
    VISITS.put(Primitive.PMD_INVALIDATE, Visit.INVALIDATE);
    VISITS.put(Primitive.PMD_SPLIT, Visit.SPLIT);
  }

  /** Whether it changes entries that are there, under their lock. */
  static boolean isVisit(Primitive primitive) {
    return primitive == Primitive.PTE_CLEAR || VISITS.containsKey(primitive);
  }

  private final PathRun run;
  private final PathLocks locks;
  private final PathGather gather;
  private final PathPlacement placement;
  private final PathStores stores;

  PathVisits(PathRun run, PathLocks locks, PathGather gather, PathPlacement placement) {
    this.run = run;
    this.locks = locks;
    this.gather = gather;
    this.placement = placement;
    this.stores = new PathStores(run, this);
  }

  boolean carryOut(PathStep step) {
    Visit plain = VISITS.get(step.primitive());
    if (plain != null) {
      List<Long> pfns = OF_ONE_FRAME.contains(plain) ? expected() : List.of();
      visit(plain, step.keepsLock(), pfns, visited -> { });
      return true;
    }
    switch (step.primitive()) {
      case PTE_CLEAR -> clear(run.here(), step.keepsLock());
      case TABLE_DETACH ->
          visit(Visit.DETACH, false, List.of(), visited -> { });
      case TABLE_FREE -> freeTables(step);
      default -> {
        return stores.carryOut(step);
      }
    }
    return true;
  }

  /** Inside a for-page: the frame that was captured, which the entry has to name still. */
  private List<Long> expected() {
    Capture capture = run.page == null ? null : run.captured.get(run.page.firstPage());
    return capture == null ? List.of() : List.of(capture.pfn());
  }

  private void freeTables(PathStep step) {
    boolean late = step.words().isEmpty()
        ? run.setup().rules().freesTablesLate() : step.has("late");
    if (!run.tables.isEmpty()) {
      run.tell(
          run.table(), new KernelCall.TableFree(run.mm(), List.copyOf(run.tables), late));
      run.tables.clear();
    }
  }

  /** A visit of here that stores {@code pfns}, or none; then {@code answered}. */
  void visit(
      Visit visit, boolean keepLock, List<Long> pfns,
      Continuation.With<KernelCall.Visited> answered) {
    boolean mayKeep = !run.locked && placement.needsLock(visit) && TAKE_RIGHTS.contains(visit);
    boolean forced = !keepLock && (isLockedAhead() || mayKeep);
    run.locked = run.locked || keepLock || forced;
    boolean moves = visit == Visit.MOVE || visit == Visit.PMD_MOVE;
    KernelCall.TableVisit request =
        new KernelCall.TableVisit(
            visit, run.here(), moves ? run.job().counterpart(run.here()) : PathJob.NOWHERE, pfns,
            run.setup().costs().ptePs(), keepLock || forced);
    run.call(
        run.table(), request, Account.PTE_WORK,
        result -> {
          KernelCall.Visited visited = (KernelCall.Visited) result;
          take(visit, visited);
          answered.accept(visited);
          placement.rightsTaken(visit, rightsTaken(visit, visited), forced);
        });
  }

  /** Clears entries, as many at a time as the gather has room for. */
  private void clear(PageRange range, boolean keepLock) {
    boolean gathers = gather.isActive();
    boolean fills = gathers && gather.room() <= range.pages();
    boolean mayForce = fills || (gathers && run.file >= 0 && !run.pfnMapped);
    boolean mayKeep = !run.locked && (mayForce || placement.needsLock(Visit.CLEAR));
    boolean forced = !keepLock && (isLockedAhead() || mayKeep);
    run.locked = run.locked || keepLock || forced;
    KernelCall.Manner manner =
        new KernelCall.Manner(
            run.setup().costs().ptePs(), keepLock || forced,
            gathers ? Math.max(1, gather.room()) : Integer.MAX_VALUE);
    run.call(
        run.table(),
        new KernelCall.TableVisit(
            Visit.CLEAR, range, PathJob.NOWHERE, gathers ? List.of() : expected(), manner),
        Account.PTE_WORK,
        result -> cleared((KernelCall.Visited) result, range, keepLock, forced));
  }

  /** Whether the lock was taken for this visit, which then has to give it back. */
  private boolean isLockedAhead() {
    boolean ahead = run.lockedAhead;
    run.lockedAhead = false;
    return ahead;
  }

  private void cleared(
      KernelCall.Visited visited, PageRange range, boolean keepLock, boolean forced) {
    take(Visit.CLEAR, visited);
    boolean full = gather.isActive() && gather.room() == 0;
    boolean dirtyFile = gather.isActive() && run.file >= 0 && !run.pfnMapped
        && visited.seen().stream().anyMatch(KernelCall.Seen::dirty);
    boolean flush = full || dirtyFile;
    placement.rightsTaken(Visit.CLEAR, run.changed, forced && !flush);
    if (flush) {
      gather.force(forced ? locks::unlockTable : () -> { });
    }
    long next = full ? run.changed.endPage() : range.endPage();
    if (next < range.endPage()) {
      run.then(() -> clear(new PageRange(next, range.endPage() - next), keepLock));
    }
  }

  /** Takes in what a visit did. */
  private void take(Visit visit, KernelCall.Visited visited) {
    List<Capture> found = captures(visited);
    boolean gathers = visit == Visit.CLEAR && gather.isActive();
    run.changed = PathJob.NOWHERE;
    run.changedPages.clear();
    run.accessible = PathJob.NOWHERE;
    run.hints.clear();
    boolean huge = !found.isEmpty();
    for (int i = 0; i < found.size(); i++) {
      Capture capture = found.get(i);
      boolean hint = i < visited.seen().size()
          && visited.seen().get(i).kind() == EntryKind.PROTNONE;
      if (hint) {
        run.hints.add(capture.range());
      } else {
        run.accessible = run.accessible.hull(capture.range());
      }
      run.changed = run.changed.hull(capture.range());
      run.changedPages.add(capture.range());
      huge = huge && capture.pages() > 1;
    }
    if (visit == Visit.FORK) {
      run.changed = rightsTaken(visit, visited);
    }
    gather.include(run.changed, huge);
    if (TAKE_OUT.contains(visit)) {
      found.forEach(capture -> capture.out(true));
    }
    if (HARVEST.contains(visit)) {
      tellDirty(visited, gathers);
    }
    if (visit == Visit.SPLIT) {
      visited.pfns().forEach(
          pfn -> run.tell(run.frames(), new KernelCall.SplitFrame(pfn)));
    }
    if (visit == Visit.CLEAR) {
      gather.add(gathers ? found : List.of());
    }
    if (REPOINTS.contains(visit)) {
      repointed(visited);
    } else if (!gathers && !STORE.contains(visit)) {
      found.forEach(capture -> run.captured.put(capture.page(), capture));
    }
    if (!visited.tables().isEmpty()) {
      run.tables.addAll(visited.tables());
      gather.tablesUnhooked(run.here().firstPage());
    }
  }

  /** Entries that had pointed to captured frames don't any more. */
  private void repointed(KernelCall.Visited visited) {
    for (long page : visited.pages()) {
      Capture capture = run.captured.get(page);
      if (capture != null) {
        capture.out(true);
      }
    }
  }

  /** Dirty bits go to frames that count, but for anonymous pages that are about to be freed. */
  private void tellDirty(KernelCall.Visited visited, boolean gathers) {
    if (run.pfnMapped || (gathers && run.file < 0)) {
      return;
    }
    List<Long> dirty = new ArrayList<>();
    for (int i = 0; i < visited.seen().size(); i++) {
      if (visited.seen().get(i).dirty()) {
        dirty.add(visited.pfns().get(i));
      }
    }
    if (!dirty.isEmpty()) {
      run.tell(run.frames(), new KernelCall.DirtyFrames(dirty));
    }
  }

  /** What the visit took rights to. */
  private PageRange rightsTaken(Visit visit, KernelCall.Visited visited) {
    if (!TAKE_RIGHTS.contains(visit)) {
      return PathJob.NOWHERE;
    }
    if (visit != Visit.FORK && !REPOINTS.contains(visit)) {
      return run.changed;
    }
    PageRange taken = PathJob.NOWHERE;
    List<Capture> found = captures(visited);
    for (int i = 0; i < found.size(); i++) {
      KernelCall.Seen seen = i < visited.seen().size() ? visited.seen().get(i) : null;
      boolean had = seen != null
          && (visit == Visit.FORK ? seen.writable() : seen.kind() == EntryKind.PRESENT);
      taken = had ? taken.hull(found.get(i).range()) : taken;
    }
    return taken;
  }

  /** The pages of an answer. */
  static List<Capture> captures(KernelCall.Visited visited) {
    List<Capture> captures = new ArrayList<>(visited.pages().size());
    for (int i = 0; i < visited.pages().size(); i++) {
      KernelCall.Seen seen = i < visited.seen().size() ? visited.seen().get(i) : null;
      captures.add(new Capture(visited.pages().get(i), visited.pfns().get(i), seen));
    }
    return captures;
  }
}
