package dev.shootdown.kernel.mm;

import dev.shootdown.engine.Continuation;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.trace.Account;
import java.util.TreeSet;

/** Locks and areas. */
final class PathLocks {
  private final TreeSet<Long> folios = new TreeSet<>();
  private final PathRun run;
  private Continuation unlocked = () -> { };

  PathLocks(PathRun run) {
    this.run = run;
  }

  /** What is to be done as soon as a page-table lock has been given back. */
  void whenUnlocked(Continuation code) {
    unlocked = code;
  }

  boolean carryOut(PathStep step) {
    switch (step.primitive()) {
      case MMAP_W_LOCK ->
          run.call(run.space(), new KernelCall.Lock(true), Account.SOFTWARE);
      case MMAP_W_UNLOCK -> run.tell(run.space(), new KernelCall.Unlock(true));
      case MMAP_R_LOCK ->
          run.call(run.space(), new KernelCall.Lock(false), Account.SOFTWARE);
      case MMAP_R_UNLOCK -> run.tell(run.space(), new KernelCall.Unlock(false));
      case MMAP_DOWNGRADE -> run.tell(run.space(), new KernelCall.Downgrade());
      case RMAP_LOCK ->
          run.call(
              reverseMap(), new KernelCall.Lock(step.has("exclusive")), Account.SOFTWARE);
      case RMAP_UNLOCK ->
          run.tell(reverseMap(), new KernelCall.Unlock(step.has("exclusive")));
      case FOLIO_LOCK -> run.found().forEach(this::lockFolio);
      case FOLIO_UNLOCK -> {
        folios.forEach(pfn -> run.tell(run.frames(), new KernelCall.UnlockFolio(pfn)));
        folios.clear();
      }
      case PTL_LOCK -> lockTable();
      case PTL_UNLOCK -> unlockTable();
      default -> {
        return areas(step);
      }
    }
    return true;
  }

  private void lockFolio(Capture page) {
    if (folios.add(page.pfn())) {
      run.call(run.frames(), new KernelCall.LockFolio(page.pfn()), Account.SOFTWARE);
    }
  }

  /** Takes the page-table locks of here, and of where it goes. */
  void lockTable() {
    run.locked = true;
    run.call(
        run.table(),
        new KernelCall.TableLock(run.here(), run.job().counterpart(run.here())),
        Account.PTE_WORK);
  }

  /** Gives all page-table locks back. */
  void unlockTable() {
    run.locked = false;
    run.tell(run.table(), new KernelCall.TableUnlock());
    unlocked.run();
  }

  private boolean areas(PathStep step) {
    PathJob job = run.job();
    switch (step.primitive()) {
      case AREAS_REMOVE ->
          run.tell(run.space(), new KernelCall.MoveAreas(job.range(), PathJob.NOWHERE));
      case AREAS_MOVE ->
          run.tell(run.space(), new KernelCall.MoveAreas(job.range(), job.to()));
      case AREAS_PROTECT ->
          run.tell(run.space(), new KernelCall.ProtectAreas(job.range(), false));
      case AREAS_UPGRADE ->
          run.tell(run.space(), new KernelCall.ProtectAreas(job.range(), true));
      default -> {
        return false;
      }
    }
    return true;
  }

  private int reverseMap() {
    KernelMap map = run.setup().map();
    if (run.file >= 0) {
      return map.file(run.file);
    }
    if (!map.hasAnonMaps()) {
      throw new IllegalStateException(
          "path '" + run.job().path().name() + "' takes a reverse map's lock, but the range has no"
              + " file and there are no anonymous reverse maps");
    }
    return map.anonMapOf(run.mm());
  }
}
