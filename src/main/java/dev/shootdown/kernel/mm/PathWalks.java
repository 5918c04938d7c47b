package dev.shootdown.kernel.mm;

import dev.shootdown.engine.Continuation;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Page tables read without a lock, as get_user_pages_fast does (Linux 6.12, mm/gup.c).
 *
 * <ol>
 *   <li>With interrupts off it reads which page-table page has the entries, and then the entries.
 *   <li>It takes a reference to each frame, unless that is free by then.
 *   <li>It looks again: if something else stands there now, the references go back, and the slow
 *       way is left, which is a page fault's business.
 * </ol>
 *
 * <p>Whoever frees page-table pages has to know of it: by an interrupt, which waits until they are
 * on, or by waiting for readers. Can't: fall back to the slow way; the sequence by which a fork
 * makes walkers try again (write_protect_seq).
 */
final class PathWalks {
  private static final long NONE = -1;

  private final PathRun run;
  private final PathFlow flow;
  private final TreeMap<Long, Capture> read = new TreeMap<>();
  private final List<Long> held = new ArrayList<>();
  private long table = NONE;
  private boolean guarded;
  private boolean entered;

  PathWalks(PathRun run, PathFlow flow) {
    this.run = run;
    this.flow = flow;
  }

  boolean carryOut(PathStep step) {
    switch (step.primitive()) {
      case INTERRUPTS_OFF -> {
        guarded = true;
        run.step(new Program.Interrupts(false));
      }
      case INTERRUPTS_ON -> interruptsOn();
      case WALK_ENTER -> enter();
      case WALK_READ -> readEntries(step.has("write"));
      case WALK_TAKE -> take();
      case WALK_SAME -> {
        if (!step.has("entries")) {
          sameAbove();
        }
        sameEntries();
      }
      case WALK_DROP -> drop();
      case TABLE_SYNC -> run.run(run.setup().rules().syncWalkers());
      default -> {
        return false;
      }
    }
    return true;
  }

  private void interruptsOn() {
    if (entered) {
      run.tell(run.table(), new KernelCall.LeaveTables());
    }
    guarded = false;
    entered = false;
    run.step(new Program.Interrupts(true));
  }

  private void enter() {
    entered = entered || guarded;
    read.clear();
    ask(
        NONE,
        above -> {
          table = tableOf(above);
          remember(above, false);
          inside();
        });
  }

  private void ask(long from, Continuation.With<KernelCall.Visited> answered) {
    run.call(
        run.table(), new KernelCall.ReadTable(run.here(), from, guarded), Account.PTE_WORK,
        result -> answered.accept((KernelCall.Visited) result));
  }

  private static long tableOf(KernelCall.Visited above) {
    return above.tables().isEmpty() ? NONE : above.tables().get(0);
  }

  private void inside() {
    if (table != NONE) {
      run.note(new MachineFact.WalkUsed(run.mm(), run.here().firstPage(), table));
    }
  }

  private void remember(KernelCall.Visited visited, boolean writableOnly) {
    for (Capture capture : PathVisits.captures(visited)) {
      if (!writableOnly || capture.isWritable()) {
        read.put(capture.page(), capture);
      }
    }
  }

  /** Entry by entry; a 2 MiB entry has been read already. */
  private void readEntries(boolean writableOnly) {
    if (writableOnly) {
      read.values().removeIf(capture -> !capture.isWritable());
    }
    if (table != NONE) {
      run.spend(Account.PTE_WORK, run.here().pages() * run.setup().costs().ptePs());
      ask(table, visited -> remember(visited, writableOnly));
    }
  }

  private void take() {
    if (!read.isEmpty()) {
      run.call(
          run.frames(), new KernelCall.TryGet(PathRun.pfns(read.values())), Account.PTE_WORK,
          result -> held.addAll(((KernelCall.Frames) result).pfns()));
    }
  }

  /** The level above: khugepaged leaves the entries as they are (70cbc3cc78a9, Linux 6.1). */
  private void sameAbove() {
    ask(
        NONE,
        above -> {
          if (tableOf(above) != table || table == NONE && !isRead(above)) {
            flow.checkFailed();
          }
        });
  }

  private void sameEntries() {
    int behind = run.at;
    run.then(
        () -> {
          boolean goesOn = run.at == behind;
          if (goesOn && held.size() < read.size()) {
            flow.checkFailed();
          } else if (goesOn && table != NONE) {
            inside();
            ask(
                table,
                visited -> {
                  if (!isRead(visited)) {
                    flow.checkFailed();
                  }
                });
          }
        });
  }

  /** Whether all that was read stands there still, the same frame with the same right. */
  private boolean isRead(KernelCall.Visited visited) {
    Map<Long, Capture> now = new TreeMap<>();
    PathVisits.captures(visited).forEach(capture -> now.put(capture.page(), capture));
    return read.values().stream().allMatch(
        capture -> {
          Capture same = now.get(capture.page());
          return same != null && same.pfn() == capture.pfn()
              && same.isWritable() == capture.isWritable();
        });
  }

  private void drop() {
    if (!held.isEmpty()) {
      run.call(
          run.frames(),
          new KernelCall.Free(
              List.copyOf(held), run.setup().costs().pageFreePs(), false),
          Account.PAGE_FREE);
      held.clear();
    }
  }
}
