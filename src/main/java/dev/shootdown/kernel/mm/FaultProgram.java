package dev.shootdown.kernel.mm;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import java.util.List;

/**
 * A page fault: takes mmap_lock shared, finds the area, maps a new page or gives the right to
 * write.
 *
 * <p>Can't: copy on write, files' page cache, swap, huge pages.
 */
final class FaultProgram implements Program {
  private enum At {
    START, WORK, LOCK, FIND, FOUND, ALLOCATED, SET, TRY_UPGRADE, RETURN_FRAME, UNLOCK, END, OVER
  }

  private final int mm;
  private final long page;
  private final KernelMap map;
  private final Costs costs;
  private At at = At.START;
  private List<Long> pfns = List.of();
  private boolean bad;

  FaultProgram(int mm, long page, KernelMap map, Costs costs) {
    this.mm = mm;
    this.page = page;
    this.map = map;
    this.costs = costs;
  }

  /** Whether the access was outside any area that allows it (SIGSEGV). */
  boolean isBad() {
    return bad;
  }

  @Override
  public Step next(Outcome last, long nowPs) {
    int space = map.addressSpace(mm);
    switch (at) {
      case START:
        at = At.WORK;
        return new Begin("fault", mm, PageRange.of(page));
      case WORK:
        at = At.LOCK;
        return new Spend(Account.SOFTWARE, costs.faultPs());
      case LOCK:
        at = At.FIND;
        return new Ask(space, new KernelCall.Lock(false), Account.SOFTWARE);
      case FIND:
        at = At.FOUND;
        return new Ask(space, new KernelCall.FindArea(page), Account.SOFTWARE);
      case FOUND:
        KernelCall.Area area = (KernelCall.Area) ((Answered) last).result();
        bad = !area.exists() || !area.writable();
        at = bad ? At.END : At.ALLOCATED;
        return bad
            ? new Tell(space, new KernelCall.Unlock(false))
            : new Ask(map.frames(), new KernelCall.Allocate(1), Account.PAGE_ALLOC);
      case ALLOCATED:
        pfns = ((KernelCall.Frames) ((Answered) last).result()).pfns();
        at = At.SET;
        return new Spend(Account.PAGE_ALLOC, costs.pageAllocPs());
      case SET:
        at = At.TRY_UPGRADE;
        return visit(KernelCall.Visit.SET, pfns);
      default:
        return nextAfterSet(last, space);
    }
  }

  private Step nextAfterSet(Outcome last, int space) {
    switch (at) {
      case TRY_UPGRADE:
        boolean wasMapped =
            ((KernelCall.Visited) ((Answered) last).result()).pages().isEmpty();
        at = wasMapped ? At.RETURN_FRAME : At.END;
        return wasMapped
            ? visit(KernelCall.Visit.UPGRADE, List.of())
            : new Tell(space, new KernelCall.Unlock(false));
      case RETURN_FRAME:
        at = At.UNLOCK;
        return new Ask(
            map.frames(), new KernelCall.Free(pfns, costs.pageFreePs()), Account.PAGE_FREE);
      case UNLOCK:
        at = At.END;
        return new Tell(space, new KernelCall.Unlock(false));
      case END:
        at = At.OVER;
        return new End();
      default:
        return new Finish();
    }
  }

  private Step visit(KernelCall.Visit visit, List<Long> frames) {
    return new Ask(
        map.table(mm),
        new KernelCall.TableVisit(
            visit, PageRange.of(page), new PageRange(0, 0), frames, costs.ptePs(), false),
        Account.PTE_WORK);
  }
}
