package dev.shootdown.kernel.mm;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.KernelWords.Visit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes page tables and visits for tests. */
final class TableRig {
  static final int MM = 1;
  static final long STEP_PS = 30;
  static final PageRange NOWHERE = new PageRange(0, 0);

  private TableRig() {}

  /** Pages 10 to 13, writable, in frames 110 to 113. */
  static DomainRig<PageTable.Command> table() {
    Map<Long, PageTable.Leaf> leaves = new TreeMap<>();
    for (long page = 10; page < 14; page++) {
      leaves.put(page, new PageTable.Leaf(100 + page, true));
    }
    return new DomainRig<>(
        ctx -> PageTable.create(MM, leaves, ctx), PageTable.Arrived::new);
  }

  static KernelCall.TableVisit visit(Visit visit, long firstPage, long pages) {
    return new KernelCall.TableVisit(
        visit, new PageRange(firstPage, pages), NOWHERE, List.of(), STEP_PS, false);
  }

  static KernelCall.TableVisit keeping(KernelCall.TableVisit visit) {
    return new KernelCall.TableVisit(
        visit.visit(), visit.range(), visit.to(), visit.pfns(), visit.stepPs(), true);
  }

  static KernelCall.TableVisit move(long fromPage, long toPage, long pages) {
    return new KernelCall.TableVisit(
        Visit.MOVE, new PageRange(fromPage, pages), new PageRange(toPage, pages), List.of(),
        STEP_PS, false);
  }

  static KernelCall.TableVisit set(long firstPage, Long... pfns) {
    return new KernelCall.TableVisit(
        Visit.SET, new PageRange(firstPage, pfns.length), NOWHERE, List.of(pfns), STEP_PS,
        false);
  }

  /** An answer without its details. */
  static KernelCall.Visited plain(KernelCall.Result result) {
    KernelCall.Visited visited = (KernelCall.Visited) result;
    return new KernelCall.Visited(visited.pages(), visited.pfns());
  }
}
