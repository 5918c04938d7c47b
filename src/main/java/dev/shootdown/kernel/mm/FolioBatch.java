package dev.shootdown.kernel.mm;

import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import java.util.List;
import java.util.TreeSet;

/**
 * New pages that one CPU keeps back before it puts them on the LRU lists, and what the lists cost.
 *
 * <ol>
 *   <li>A new anonymous page waits here. When enough wait, or {@code lru-drain} says so, all go to
 *       the lists, under lru_lock with interrupts off.
 *   <li>A page that is freed is taken off its list, under that lock. One that still waits here is
 *       put on and taken off when its batch goes.
 * </ol>
 *
 * <p>Source: Linux 6.12, mm/swap.c, {@code folio_batch_move_lru}, {@code __page_cache_release}.
 * Can't: keep the reference that a batch has in truth, so a page is free at once; tell a page that
 * waits with another CPU from one on a list; more than one memory node or control group.
 */
public final class FolioBatch {
  private final SharedCosts costs;
  private final TreeSet<Long> waiting = new TreeSet<>();
  private int dead;

  /** An empty batch. */
  public FolioBatch(SharedCosts costs) {
    this.costs = costs;
  }

  /** New pages that belong on a list. */
  void add(PathRun run, List<Long> pfns) {
    if (costs.folioBatch() > 0) {
      waiting.addAll(pfns);
      if (waiting.size() + dead >= costs.folioBatch()) {
        drain(run);
      }
    }
  }

  /** All that wait go to the lists, and the dead among them off again. */
  void drain(PathRun run) {
    int dying = dead;
    move(run, waiting.size() + dying);
    move(run, dying);
    waiting.clear();
    dead = 0;
  }

  /** Pages are about to be freed. */
  void free(PathRun run, List<Long> pfns) {
    if (costs.folioBatch() > 0) {
      int listed = 0;
      for (long pfn : pfns) {
        if (waiting.remove(pfn)) {
          dead++;
        } else {
          listed++;
        }
      }
      move(run, listed);
    }
  }

  private void move(PathRun run, int pages) {
    if (pages > 0) {
      run.step(new Program.Interrupts(false));
      run.call(run.frames(), new KernelCall.LockLru(), Account.SOFTWARE);
      run.spend(Account.SOFTWARE, costs.lruPs() + pages * costs.lruPagePs());
      run.tell(run.frames(), new KernelCall.UnlockLru());
      run.step(new Program.Interrupts(true));
    }
  }
}
