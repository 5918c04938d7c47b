package dev.shootdown.kernel.mm;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.mm.PathStep.Primitive;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Where a path goes on: repetitions, checks, meetings with others, and its return. */
final class PathFlow {
  /** The steps after which a path may go on at its else. */
  static final Set<Primitive> CHECKS =
      EnumSet.of(Primitive.PTE_SAME, Primitive.CHECK_REFS, Primitive.WALK_SAME);

  private final PathRun run;
  private final PathGather gather;
  private int areaStart;
  private int areaIndex;
  private int groupStart;
  private int pageStart;
  private List<PageRange> pages = List.of();
  private int pageIndex;

  PathFlow(PathRun run, PathGather gather) {
    this.run = run;
    this.gather = gather;
  }

  boolean carryOut(PathStep step) {
    switch (step.primitive()) {
      case FOR_GROUP -> {
        groupStart = run.at;
        run.group = groupFrom(run.area.firstPage());
      }
      case END_GROUP -> endGroup();
      case FOR_AREA -> {
        areaStart = run.at;
        areaIndex = 0;
        enter(run.job().pieces().get(0));
      }
      case END_AREA -> endArea();
      case FOR_PAGE -> forPage(step.has("mapped"));
      case END_PAGE -> endPage();
      case ELSE -> run.at = endOfCheck(run.at, false);
      case END_CHECK -> { }
      case SPEND -> run.spend(
          Account.SOFTWARE, run.setup().costs().named(step.argument()));
      case SIGNAL -> run.tell(rendezvous(), new KernelCall.Signal(step.argument()));
      case WAIT ->
          run.call(rendezvous(), new KernelCall.Await(step.argument()), Account.SOFTWARE);
      case BARRIER ->
          run.call(
              rendezvous(),
              new KernelCall.Barrier(step.argument(), Integer.parseInt(step.words().get(1))),
              Account.SOFTWARE);
      case REVOKE ->
          run.note(
              new MachineFact.RightsRevoked(
                  run.operation, run.mm(), run.job().range(), step.has("write")));
      default -> {
        return false;
      }
    }
    return true;
  }

  /** A check has failed: goes on behind its else, or behind its end if it has none. */
  void checkFailed() {
    run.at = endOfCheck(run.at, true);
  }

  /** The step behind the end of the check that {@code from} is inside of, or behind its else. */
  private int endOfCheck(int from, boolean orElse) {
    return end(run.steps(), from, orElse);
  }

  static int end(List<PathStep> steps, int from, boolean orElse) {
    int depth = 0;
    for (int i = from; i < steps.size(); i++) {
      Primitive primitive = steps.get(i).primitive();
      if (CHECKS.contains(primitive)) {
        depth++;
      } else if (depth == 0
          && (primitive == Primitive.END_CHECK || (orElse && primitive == Primitive.ELSE))) {
        return i + 1;
      } else if (primitive == Primitive.END_CHECK) {
        depth--;
      }
    }
    return steps.size();
  }

  /** Goes on behind the next step of that kind. */
  void skipBehind(Set<Primitive> ends) {
    run.at = behind(run.steps(), run.at, ends);
  }

  static int behind(List<PathStep> steps, int from, Set<Primitive> ends) {
    for (int i = from; i < steps.size(); i++) {
      if (ends.contains(steps.get(i).primitive())) {
        return i + 1;
      }
    }
    return steps.size();
  }

  private int rendezvous() {
    if (!run.setup().map().meets()) {
      throw new IllegalStateException(
          "path '" + run.job().path().name() + "' meets others, but there is no rendezvous");
    }
    return run.setup().map().rendezvous();
  }

  private static long groupEnd(long page) {
    return (Tables.group(page) + 1) * TablePage.ENTRIES;
  }

  /** Up to a 2 MiB border, of the range or of where it goes (move_page_tables). */
  private PageRange groupFrom(long page) {
    long end = Math.min(groupEnd(page), run.area.endPage());
    if (run.job().to().pages() > 0) {
      long target = run.job().counterpart(PageRange.of(page)).firstPage();
      end = Math.min(end, page + groupEnd(target) - target);
    }
    return new PageRange(page, end - page);
  }

  private void endGroup() {
    if (run.group.endPage() < run.area.endPage()) {
      run.group = groupFrom(run.group.endPage());
      run.at = groupStart;
    } else {
      run.group = run.area;
    }
  }

  private void enter(Action.Piece piece) {
    run.area = piece.range();
    run.group = piece.range();
    run.file = piece.file();
    run.pfnMapped = piece.pfnMapped();
  }

  private void endArea() {
    gather.endArea();
    areaIndex++;
    if (areaIndex < run.job().pieces().size()) {
      enter(run.job().pieces().get(areaIndex));
      run.at = areaStart;
    } else {
      run.everywhere();
    }
  }

  private void forPage(boolean mapped) {
    pageStart = run.at;
    if (mapped) {
      KernelCall.TableVisit look =
          new KernelCall.TableVisit(
              KernelCall.Visit.LOOK, run.group, PathJob.NOWHERE, List.of(), 0, false);
      run.call(
          run.table(), look, Account.PTE_WORK,
          result -> {
            KernelCall.Visited visited = (KernelCall.Visited) result;
            List<PageRange> found = new ArrayList<>();
            for (Capture capture : PathVisits.captures(visited)) {
              run.captured.put(capture.page(), capture);
              found.add(capture.range());
            }
            start(found);
          });
      return;
    }
    List<PageRange> all = new ArrayList<>();
    for (long page = run.group.firstPage(); page < run.group.endPage(); page++) {
      all.add(PageRange.of(page));
    }
    start(all);
  }

  private void start(List<PageRange> found) {
    pages = found;
    pageIndex = 0;
    if (found.isEmpty()) {
      skipBehind(EnumSet.of(Primitive.END_PAGE));
    } else {
      run.page = found.get(0);
    }
  }

  private void endPage() {
    pageIndex++;
    if (pageIndex < pages.size()) {
      run.page = pages.get(pageIndex);
      run.at = pageStart;
    } else {
      run.page = null;
    }
  }
}
