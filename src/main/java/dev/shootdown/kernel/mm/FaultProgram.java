package dev.shootdown.kernel.mm;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Continuation;
import dev.shootdown.kernel.notifier.FaultHandlers;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.KernelWords.FrameKind;
import dev.shootdown.protocol.KernelWords.FrameState;
import dev.shootdown.protocol.KernelWords.Visit;
import dev.shootdown.trace.Account;
import java.util.List;

/**
 * A page fault, of this CPU or on behalf of a device.
 *
 * <ol>
 *   <li>Takes mmap_lock shared and finds the area; one that doesn't allow the access refuses.
 *   <li>Maps a new page of anonymous memory, or the file's page from the page cache, read-only
 *       unless a shared file is written.
 *   <li>If an entry is there already, does what it calls for: waits for a migration, reads swapped
 *       content back, ends a NUMA hint, or serves a write to a read-only page.
 *   <li>A write to a read-only page: the right is given if nobody else sees the frame (the
 *       architecture is told, call site C24); otherwise the path {@code cow-break} copies it; a 2
 *       MiB page is split first, but one of hugetlb is copied whole by {@code hugetlb-wp}.
 * </ol>
 *
 * <p>A fault that finds something in between serves what it can; the access is tried again and
 * faults once more. It never looks at notifier brackets, as Linux {@code handle_mm_fault} doesn't.
 * Can't: read ahead or map pages around, per-VMA locks, userfaultfd's monitor (a write to a page
 * that it protects is allowed at once, after a flush of the page if one is pending).
 */
final class FaultProgram implements FaultHandlers.Fault {
  private final int mm;
  private final long page;
  private final boolean write;
  private final KernelSetup setup;
  private final PathRun run;
  private FaultHandlers.Answer answer = FaultHandlers.Answer.SERVED;
  private boolean begun;

  FaultProgram(int mm, long page, boolean write, KernelSetup setup) {
    this.mm = mm;
    this.page = page;
    this.write = write;
    this.setup = setup;
    Path none = new Path("fault", "page fault", "none", List.of());
    this.run = new PathRun(PathJob.of(none, mm, PageRange.of(page)), List.of(), setup);
  }

  @Override
  public FaultHandlers.Answer answer() {
    return answer;
  }

  @Override
  public Step next(Outcome last, long nowPs) {
    if (!begun) {
      begun = true;
      run.step(new Begin("fault", mm, PageRange.of(page)));
      run.then(this::start);
      run.putFirst();
    } else if (last instanceof Began began) {
      run.operation = began.operation();
    }
    run.take(last);
    Step step = run.next();
    return step == null ? new Finish() : step;
  }

  private void start() {
    run.step(new Spend(Account.SOFTWARE, setup.costs().faultPs()));
    run.call(
        run.space(),
        areaLocks() ? new KernelCall.LockArea() : new KernelCall.Lock(false), Account.SOFTWARE);
    run.call(
        run.space(), new KernelCall.FindArea(page), Account.SOFTWARE,
        result -> found((KernelCall.Area) result));
  }

  private void found(KernelCall.Area area) {
    if (!area.exists() || (write && !area.writable())) {
      answer = FaultHandlers.Answer.REFUSED;
      finish();
    } else if (area.file() >= 0) {
      mapCached(area);
    } else if (area.huge().pages() > 0) {
      lookAround(area);
    } else {
      mapAnonymous(area);
    }
  }

  private void finish() {
    unlock();
    run.step(new End());
  }

  private void unlock() {
    run.tell(
        run.space(), areaLocks() ? new KernelCall.UnlockArea() : new KernelCall.Unlock(false));
  }

  private boolean areaLocks() {
    return setup.costs().together().areaLocks();
  }

  /** A new page; if something stands there already it is given back. */
  private void mapAnonymous(KernelCall.Area area) {
    run.call(
        run.frames(), new KernelCall.Allocate(1), Account.PAGE_ALLOC,
        result -> {
          List<Long> pfns = ((KernelCall.Frames) result).pfns();
          run.step(new Spend(Account.PAGE_ALLOC, setup.costs().pageAllocPs()));
          setup.folios().add(run, pfns);
          visit(
              area.writable() ? Visit.SET : Visit.SET_READ_ONLY, PageRange.of(page), pfns,
              visited -> {
                if (visited.pages().isEmpty()) {
                  free(pfns);
                  look(area);
                } else {
                  finish();
                }
              });
        });
  }

  /** A 2 MiB page is worth allocating only where nothing stands yet (pmd_none). */
  private void lookAround(KernelCall.Area area) {
    run.call(
        run.table(), lookAt(area.huge(), false), Account.PTE_WORK,
        result -> {
          KernelCall.Visited visited = (KernelCall.Visited) result;
          if (visited.pages().isEmpty()) {
            mapHuge(area);
          } else if (PathVisits.captures(visited).stream()
              .anyMatch(found -> found.range().contains(page))) {
            look(area);
          } else {
            mapAnonymous(area);
          }
        });
  }

  private static KernelCall.TableVisit lookAt(PageRange range, boolean keepLock) {
    return new KernelCall.TableVisit(
        Visit.LOOK, range, PathJob.NOWHERE, List.of(), 0, keepLock);
  }

  private void mapHuge(KernelCall.Area area) {
    KernelCall.Allocate wanted = new KernelCall.Allocate(1, FrameKind.ANON, true, 9);
    run.call(
        run.frames(), wanted, Account.PAGE_ALLOC,
        result -> {
          List<Long> pfns = ((KernelCall.Frames) result).pfns();
          run.step(
              new Spend(
                  Account.PAGE_ALLOC, TablePage.ENTRIES * setup.costs().pageAllocPs()));
          visit(
              Visit.SET_HUGE, area.huge(), pfns,
              visited -> {
                if (visited.pages().isEmpty()) {
                  free(pfns);
                  mapAnonymous(area);
                } else {
                  finish();
                }
              });
        });
  }

  /** The page-cache page; writable at once only where a write is the file's. */
  private void mapCached(KernelCall.Area area) {
    run.call(
        run.frames(), new KernelCall.MapCached(area.file(), area.filePage()),
        Account.PAGE_ALLOC,
        result -> {
          List<Long> pfns = ((KernelCall.Frames) result).pfns();
          boolean writable = write && area.shared();
          visit(
              writable ? Visit.SET : Visit.SET_READ_ONLY, PageRange.of(page), pfns,
              visited -> {
                if (visited.pages().isEmpty()) {
                  free(pfns);
                  look(area);
                } else {
                  finish();
                }
              });
        });
  }

  /** Something stands there already: what? */
  private void look(KernelCall.Area area) {
    run.call(
        run.table(), lookAt(PageRange.of(page), false), Account.PTE_WORK,
        result -> {
          KernelCall.Visited visited = (KernelCall.Visited) result;
          if (visited.pages().isEmpty()) {
            finish(); // it has gone meanwhile: the access tries again
            return;
          }
          long pfn = visited.pfns().get(0);
          KernelCall.Seen seen = visited.seen().get(0);
          switch (seen.kind()) {
            case PRESENT -> present(area, visited.pages().get(0), pfn, seen);
            case MIGRATION -> waitForMigration(pfn);
            case SWAP -> swapIn(pfn);
            case PROTNONE ->
                restoreIfStill(seen.kind(), pfn, List.of(), this::finish, this::finish);
            default -> finish();
          }
        });
  }

  /**
   * Maps the page again under the page-table lock if an entry of that kind still names that frame
   * (pte_same of do_numa_page and do_swap_page): it may be on its way to another frame by now.
   */
  private void restoreIfStill(
      KernelCall.EntryKind kind, long pfn, List<Long> pfns, Continuation restored,
      Continuation other) {
    run.call(
        run.table(), lookAt(PageRange.of(page), true), Account.PTE_WORK,
        result -> {
          KernelCall.Visited visited = (KernelCall.Visited) result;
          boolean still = !visited.pages().isEmpty() && visited.pfns().get(0) == pfn
              && visited.seen().get(0).kind() == kind;
          if (still) {
            visit(
                Visit.RESTORE, PageRange.of(page), pfns,
                done -> {
                  run.tell(run.table(), new KernelCall.TableUnlock());
                  restored.run();
                });
          } else {
            run.tell(run.table(), new KernelCall.TableUnlock());
            other.run();
          }
        });
  }

  /** The right was missing, or is there meanwhile. */
  private void present(
      KernelCall.Area area, long firstPage, long pfn, KernelCall.Seen seen) {
    if (!write || seen.writable()) {
      finish();
    } else if (area.shared()) {
      upgrade(pfn, seen.order());
    } else {
      run.call(
          run.frames(), new KernelCall.Inspect(List.of(pfn)), Account.SOFTWARE,
          result -> {
            FrameState frame = ((KernelCall.FrameStates) result).frames().get(0);
            boolean alone = frame.kind() == FrameKind.ANON && frame.references() <= 1;
            if (seen.userfault()) {
              flushIfPending();
            }
            if (alone) {
              run.tell(run.frames(), new KernelCall.UnshareFrames(List.of(pfn)));
              upgrade(pfn, seen.order());
            } else if (area.hugetlb()) {
              runPath(
                  KernelSetup.HUGETLB_WP, new PageRange(firstPage, TablePage.ENTRIES), pfn);
            } else if (seen.order() > 0) {
              runPath(KernelSetup.HUGE_SPLIT, new PageRange(firstPage, TablePage.ENTRIES), -1);
            } else {
              runPath(KernelSetup.COW_BREAK, PageRange.of(page), pfn);
            }
          });
    }
  }

  /**
   * do_wp_page: others may still write through what mwriteprotect has not flushed; once nobody's
   * flush is pending (mm_tlb_flush_pending) there is nothing to wait for.
   */
  private void flushIfPending() {
    run.call(
        run.space(), new KernelCall.GatherCheck(), Account.SOFTWARE,
        result -> {
          if (((KernelCall.Nested) result).pending()) {
            run.run(setup.rules().cpuFlush(run.flush(PageRange.of(page), false)));
          }
        });
  }

  /** Gives the right to the entry that was looked at, should it still be the same one. */
  private void upgrade(long pfn, int order) {
    visit(
        Visit.UPGRADE, PageRange.of(page), order > 0 ? List.of() : List.of(pfn),
        visited -> {
          if (!visited.pages().isEmpty()) {
            run.run(setup.rules().upgraded(run.flush(PageRange.of(page), false)));
          }
          finish();
        });
  }

  private void runPath(String name, PageRange range, long expected) {
    Path path = setup.path(name);
    if (path == null) {
      throw new IllegalStateException(
          "page " + page + " is written while others see it, and there is no path '" + name + "'");
    }
    PathJob job = PathJob.of(path, mm, range).expecting(expected);
    run.run(PathProgram.within(run.operation, job, setup));
    finish();
  }

  /** migration_entry_wait: not under mmap_lock, since migration may need it. */
  private void waitForMigration(long pfn) {
    unlock();
    run.call(run.frames(), new KernelCall.LockFolio(pfn), Account.SOFTWARE);
    run.tell(run.frames(), new KernelCall.UnlockFolio(pfn));
    run.step(new End());
  }

  /** The swap cache's page if it still lives, once whoever reclaims it is done; else a new one. */
  private void swapIn(long pfn) {
    run.call(run.frames(), new KernelCall.LockFolio(pfn), Account.SOFTWARE);
    run.call(
        run.frames(), new KernelCall.Inspect(List.of(pfn)), Account.SOFTWARE,
        result -> {
          FrameState old = ((KernelCall.FrameStates) result).frames().get(0);
          if (old.references() > 0) {
            run.tell(run.frames(), new KernelCall.MapFrames(List.of(pfn), true));
            restore(pfn, List.of(pfn));
          } else {
            run.step(new Spend(Account.CONTENT, setup.costs().rarely().swapInPs()));
            run.call(
                run.frames(), new KernelCall.Allocate(1), Account.PAGE_ALLOC,
                allocated -> restore(pfn, ((KernelCall.Frames) allocated).pfns()));
          }
        });
  }

  private void restore(long lockedPfn, List<Long> pfns) {
    Continuation done = () -> {
      run.tell(run.frames(), new KernelCall.UnlockFolio(lockedPfn));
      finish();
    };
    restoreIfStill(
        KernelCall.EntryKind.SWAP, lockedPfn, pfns, done,
        () -> {
          free(pfns);
          done.run();
        });
  }

  private void free(List<Long> pfns) {
    run.call(
        run.frames(), new KernelCall.Free(pfns, setup.costs().pageFreePs()),
        Account.PAGE_FREE);
  }

  private void visit(
      Visit visit, PageRange range, List<Long> pfns,
      Continuation.With<KernelCall.Visited> answered) {
    run.call(
        run.table(),
        new KernelCall.TableVisit(
            visit, range, PathJob.NOWHERE, pfns, setup.costs().ptePs(), false),
        Account.PTE_WORK, result -> answered.accept((KernelCall.Visited) result));
  }
}
