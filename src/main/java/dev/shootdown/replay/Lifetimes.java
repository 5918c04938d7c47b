package dev.shootdown.replay;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.mm.Action;
import dev.shootdown.kernel.mm.Costs;
import java.util.List;
import java.util.TreeSet;

/**
 * Processes that copy themselves, and address spaces that go away. How much is copied or unmapped
 * no event says: it is what faults and calls have put there, which is less than there was.
 */
final class Lifetimes {
  private static final PageRange NOWHERE = new PageRange(0, 0);

  private final WorkLists work;
  private final ReplayPaths paths;
  private final CopyOnWrite copyOnWrite;
  private final Costs costs;
  private final TreeSet<Integer> gone = new TreeSet<>();
  private long unknownForks;
  private long unknownExits;

  Lifetimes(WorkLists work, ReplayPaths paths, CopyOnWrite copyOnWrite, Costs costs) {
    this.costs = costs;
    this.work = work;
    this.paths = paths;
    this.copyOnWrite = copyOnWrite;
  }

  /** Forks of address spaces of which nothing is known. */
  long unknownForks() {
    return unknownForks;
  }

  /** Address spaces that were torn down and of which nothing is known. */
  long unknownExits() {
    return unknownExits;
  }

  /** When a fork began whose line says that it is over: as much earlier as its work takes. */
  long beginPs(ForkCause cause, Footprint footprint) {
    return cause.atPs() - costs.syscallPs() - costs.rarely().forkPs()
        - pages(footprint.smallRuns()) * 2 * costs.ptePs();
  }

  /** The same of the end of an address space. */
  long beginPs(EndCause cause, Footprint footprint) {
    return cause.atPs() - costs.syscallPs() - costs.unmapPs() - costs.gatherPs()
        - footprint.blockCount() * costs.zapPs()
        - pages(footprint.runs()) * (costs.ptePs() + costs.pageFreePs());
  }

  /**
   * Copies what the parent is known to have in small pages: run by run, as the kernel goes area by
   * area, then one flush for all. A huge page is one entry to copy in the kernel and 512 here, so
   * it is left out, and its pages count as {@link CopyOnWrite} has them without a fork.
   *
   * @param child −1 if it never touches anything, so that it has no table here
   */
  void fork(ForkCause cause, int parent, Footprint footprint, int child, Footprint copy) {
    List<PageRange> runs = footprint.smallRuns();
    if (runs.isEmpty()) {
      unknownForks++;
      return;
    }
    long pages = pages(runs);
    boolean first = true;
    for (PageRange run : runs) {
      work.operation(cause, "fork", pages, new Action.Operate(
          paths.forkCopy(first, child >= 0), parent, run, NOWHERE, -1, child));
      first = false;
    }
    work.operation(cause, "fork", pages,
        new Action.Operate(paths.forkFlush(), parent, hull(runs), NOWHERE, -1, child));
    if (child < 0) {
      return;
    }
    runs.forEach(run -> copyOnWrite.forked(run, parent, child));
    copy.copy(footprint);
  }

  /** Unmaps all that is known to be there. */
  void exit(EndCause cause, int mm, Footprint footprint) {
    List<PageRange> runs = footprint.runs();
    if (runs.isEmpty() || !gone.add(mm)) {
      unknownExits++;
      return;
    }
    work.operation(cause, cause.exec() ? "exec" : "exit", pages(runs), new Action.Operate(
        paths.exit(footprint.blockCount()), mm, hull(runs), NOWHERE, -1));
    footprint.clear();
    copyOnWrite.gone(mm);
  }

  /** Counts the end of an address space that no call or fault is known of. */
  void exitOfStranger() {
    unknownExits++;
  }

  private static long pages(List<PageRange> runs) {
    return runs.stream().mapToLong(PageRange::pages).sum();
  }

  private static PageRange hull(List<PageRange> runs) {
    return runs.get(0).hull(runs.get(runs.size() - 1));
  }
}
