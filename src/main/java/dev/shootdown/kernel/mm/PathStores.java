package dev.shootdown.kernel.mm;

import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.KernelWords.EntryKind;
import dev.shootdown.protocol.KernelWords.Visit;
import dev.shootdown.trace.Account;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Changes that store entries, and those that only look. */
final class PathStores {
  private final PathRun run;
  private final PathVisits visits;

  PathStores(PathRun run, PathVisits visits) {
    this.run = run;
    this.visits = visits;
  }

  boolean carryOut(PathStep step) {
    boolean keep = step.keepsLock();
    boolean readOnly = step.has("read-only");
    switch (step.primitive()) {
      case PTE_POPULATE -> populate();
      case PTE_LOOK -> look(step.has("to"));
      case PTE_SET ->
          visits.visit(
              readOnly ? Visit.SET_READ_ONLY : Visit.SET, keep, freshByPage(), this::stored);
      case PTE_REPOINT ->
          visits.visit(
              readOnly ? Visit.REPOINT_READ_ONLY : Visit.REPOINT, keep, freshByPage(),
              this::stored);
      case PTE_RETURN ->
          visits.visit(
              readOnly ? Visit.RETURN_READ_ONLY : Visit.RETURN, keep, List.of(),
              visited -> returned(visited, readOnly));
      case PTE_RESTORE -> restore(keep);
      case PMD_COLLAPSE ->
          visits.visit(Visit.COLLAPSE, keep, run.freshHere(), this::stored);
      case PMD_REPOINT ->
          visits.visit(Visit.REPOINT, keep, run.freshHere(), this::stored);
      case FORK_COPY -> fork(keep);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** The fresh frames of here, one for each page, −1 where there is none. */
  private List<Long> freshByPage() {
    List<Long> pfns = new ArrayList<>();
    if (run.fresh.isEmpty()) {
      return pfns;
    }
    for (long page = run.here().firstPage(); page < run.here().endPage(); page++) {
      pfns.add(run.fresh.getOrDefault(page, -1L));
    }
    return pfns;
  }

  /** Mappings take over the references of fresh frames, or take new ones to frames found. */
  private void stored(KernelCall.Visited visited) {
    List<Long> taken = new ArrayList<>();
    List<Long> got = new ArrayList<>();
    for (long pfn : visited.pfns()) {
      (run.owned.remove(pfn) ? taken : got).add(pfn);
    }
    map(taken, false);
    map(got, true);
  }

  private void map(List<Long> pfns, boolean get) {
    if (!pfns.isEmpty()) {
      run.tell(run.frames(), new KernelCall.MapFrames(pfns, get));
    }
  }

  /** Entries map their frames again that had been taken out. */
  private void returned(KernelCall.Visited visited, boolean readOnly) {
    List<Long> again = new ArrayList<>();
    for (long page : visited.pages()) {
      Capture capture = run.captured.get(page);
      if (capture != null && capture.isUnmapped()) {
        again.add(capture.pfn());
      }
      if (capture != null) {
        capture.out(false);
        if (readOnly) {
          capture.readOnly();
        }
      }
    }
    map(again, false);
  }

  /** What the path took out itself; if it has looked at nothing here, whatever stands here. */
  private void restore(boolean keep) {
    List<Capture> found = run.found();
    if (found.isEmpty()) {
      visits.visit(Visit.RESTORE, keep, freshByPage(), this::restored);
      return;
    }
    List<Long> pfns = new ArrayList<>();
    for (Capture capture : found) {
      if (capture.isOut()) {
        while (pfns.size() < capture.page() - run.here().firstPage()) {
          pfns.add(-1L);
        }
        long fresh = run.freshFor(capture);
        pfns.add(fresh < 0 ? capture.pfn() : fresh);
      }
    }
    if (!pfns.isEmpty()) {
      visits.visit(Visit.RESTORE, keep, pfns, this::restored);
    }
  }

  /**
   * Migration and swap entries map a frame again: as in remove_migration_ptes each mapping takes a
   * reference of its own, and who migrates gives his back.
   */
  private void restored(KernelCall.Visited visited) {
    List<Long> pfns = new ArrayList<>();
    for (int i = 0; i < visited.pages().size(); i++) {
      boolean hint = i < visited.seen().size()
          && visited.seen().get(i).kind() == EntryKind.PROTNONE;
      if (!hint) {
        pfns.add(visited.pfns().get(i));
      }
    }
    map(pfns, true);
  }

  private void look(boolean target) {
    KernelCall.TableVisit request =
        new KernelCall.TableVisit(
            Visit.LOOK, target ? run.job().counterpart(run.here()) : run.here(),
            PathJob.NOWHERE, List.of(), 0, false);
    run.call(
        run.table(), request, Account.PTE_WORK,
        result -> {
          for (Capture found : PathVisits.captures((KernelCall.Visited) result)) {
            if (target) {
              long page = found.page() - run.job().to().firstPage()
                  + run.job().range().firstPage();
              run.fresh.put(page, found.pfn());
            } else if (isExpected(found)) {
              run.captured.put(found.page(), found);
            }
          }
        });
  }

  /** pte_same of handle_pte_fault: what the fault decided by must still stand there. */
  private boolean isExpected(Capture found) {
    long expected = run.job().expected();
    return expected < 0 || (found.pfn() == expected && !found.isWritable());
  }

  /** Allocates a page for each of here, stores them, and gives back what found no place. */
  private void populate() {
    run.call(
        run.frames(), new KernelCall.Allocate((int) run.here().pages()), Account.PAGE_ALLOC,
        result -> {
          List<Long> pfns = ((KernelCall.Frames) result).pfns();
          run.spend(Account.PAGE_ALLOC, pfns.size() * run.setup().costs().pageAllocPs());
          visits.visit(
              Visit.SET, false, pfns,
              visited -> {
                TreeSet<Long> left = new TreeSet<>(pfns);
                left.removeAll(visited.pfns());
                if (!left.isEmpty()) {
                  run.call(
                      run.frames(),
                      new KernelCall.Free(
                          List.copyOf(left), run.setup().costs().pageFreePs()),
                      Account.PAGE_FREE);
                }
              });
        });
  }

  /** The parent's entries become read-only; the child gets the same, read-only. */
  private void fork(boolean keep) {
    if (run.job().child() < 0) {
      throw new IllegalStateException(
          "path '" + run.job().path().name() + "' forks, but no child is named");
    }
    int child = run.setup().map().table(run.job().child());
    visits.visit(
        Visit.FORK, keep, List.of(),
        visited -> {
          if (visited.pages().isEmpty()) {
            return;
          }
          copyTo(child, visited);
          run.tell(run.frames(), new KernelCall.MapFrames(visited.pfns(), true));
        });
  }

  private void copyTo(int child, KernelCall.Visited visited) {
    long first = run.here().firstPage();
    List<Long> pfns = new ArrayList<>();
    for (Capture capture : PathVisits.captures(visited)) {
      if (capture.pages() > 1) {
        store(child, Visit.SET_HUGE, capture, List.of(capture.pfn()));
        store(child, Visit.PROTECT, capture, List.of());
        continue;
      }
      while (pfns.size() < capture.page() - first) {
        pfns.add(-1L);
      }
      pfns.add(capture.pfn());
    }
    if (!pfns.isEmpty()) {
      run.call(
          child,
          new KernelCall.TableVisit(
              Visit.SET_READ_ONLY, run.here(), PathJob.NOWHERE, pfns,
              run.setup().costs().ptePs(), false),
          Account.PTE_WORK);
    }
  }

  private void store(int child, Visit visit, Capture capture, List<Long> pfns) {
    run.call(
        child,
        new KernelCall.TableVisit(
            visit, capture.range(), PathJob.NOWHERE, pfns, run.setup().costs().ptePs(), false),
        Account.PTE_WORK);
  }
}
