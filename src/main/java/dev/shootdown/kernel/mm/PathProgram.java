package dev.shootdown.kernel.mm;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Carries out one path on one CPU: turns its primitives into steps, and keeps what they have
 * gathered.
 *
 * <p>An mmu_gather that holds {@link #GATHER_LIMIT} pages is flushed and freed inside the path
 * (Linux 6.12: a bundle of 8 and at most 19 batches of 510).
 */
final class PathProgram implements Program {
  /** Pages that one mmu_gather holds: 8 + 19 · 510. */
  static final int GATHER_LIMIT = 9_698;

  private static final int BUNDLE = 8;
  private static final long GROUP_PAGES = 512;
  private static final PageRange EMPTY = new PageRange(0, 0);

  /**
   * What to do, to which range.
   *
   * @param to where a move goes; empty otherwise
   * @param file the file whose reverse map is used, −1 for none
   */
  record Job(Path path, int mm, PageRange range, PageRange to, int file) {}

  private final Job job;
  private final List<PathStep> steps;
  private final KernelMap map;
  private final FlushRules rules;
  private final Costs costs;

  private long operation;
  private int at = -2;
  private PageRange group;
  private int groupStart;
  private PageRange changed = EMPTY;
  private PageRange gathered = EMPTY;
  private final List<Long> gatheredPfns = new ArrayList<>();
  private final List<Step> queued = new ArrayList<>();
  private final Set<Long> allocated = new TreeSet<>();
  private boolean batched;
  private boolean nested;
  private PathStep asked;

  PathProgram(Job job, List<PathStep> steps, KernelMap map, FlushRules rules, Costs costs) {
    this.job = job;
    this.steps = steps;
    this.map = map;
    this.rules = rules;
    this.costs = costs;
    this.group = job.range();
  }

  @Override
  public Step next(Outcome last, long nowPs) {
    if (at == -2) {
      at = -1;
      return new Begin(job.path().name(), job.mm(), job.range());
    }
    if (at == -1) {
      operation = ((Began) last).operation();
      at = 0;
    }
    take(last);
    while (queued.isEmpty()) {
      if (at == steps.size()) {
        at++;
        return new End();
      } else if (at > steps.size()) {
        return new Finish();
      }
      enqueue(steps.get(at++));
    }
    return queued.remove(0);
  }

  /** Takes the answer to the last question in. */
  private void take(Outcome last) {
    if (asked == null || !(last instanceof Answered answered)) {
      return;
    }
    if (answered.result() instanceof KernelCall.Nested found) {
      nested = found.nested();
    } else if (answered.result() instanceof KernelCall.Visited visited) {
      visited(visited);
    } else if (answered.result() instanceof KernelCall.Frames frames) {
      populate(frames.pfns());
      return;
    }
    asked = null;
  }

  /** Frames are there: clear them and store entries; a second visit's worth of the same step. */
  private void populate(List<Long> pfns) {
    allocated.addAll(pfns);
    queued.add(new Spend(Account.PAGE_ALLOC, pfns.size() * costs.pageAllocPs()));
    KernelCall.TableVisit visit =
        new KernelCall.TableVisit(
            KernelCall.Visit.SET, group, EMPTY, pfns, costs.ptePs(), false);
    queued.add(new Ask(map.table(job.mm()), visit, Account.PTE_WORK));
  }

  private void visited(KernelCall.Visited visited) {
    if (asked.primitive() == PathStep.Primitive.PTE_POPULATE) {
      allocated.removeAll(visited.pfns());
      if (!allocated.isEmpty()) {
        KernelCall.Free back = new KernelCall.Free(List.copyOf(allocated), costs.pageFreePs());
        queued.add(new Ask(map.frames(), back, Account.PAGE_FREE));
        allocated.clear();
      }
      return;
    }
    changed = EMPTY;
    for (long page : visited.pages()) {
      changed = changed.hull(PageRange.of(page));
    }
    gathered = gathered.hull(changed);
    if (asked.primitive() == PathStep.Primitive.PTE_CLEAR) {
      gatheredPfns.addAll(visited.pfns());
      if (!batched && gatheredPfns.size() >= BUNDLE) {
        batched = true;
        queued.add(new Spend(Account.SOFTWARE, costs.gatherPs()));
      }
      if (gatheredPfns.size() >= GATHER_LIMIT) {
        commitEarly();
      }
    }
  }

  private void enqueue(PathStep step) {
    int space = map.addressSpace(job.mm());
    switch (step.primitive()) {
      case SPEND -> queued.add(new Spend(Account.SOFTWARE, cost(step.argument())));
      case MMAP_W_LOCK -> ask(step, space, new KernelCall.Lock(true), Account.SOFTWARE);
      case MMAP_W_UNLOCK -> tell(space, new KernelCall.Unlock(true));
      case MMAP_R_LOCK -> ask(step, space, new KernelCall.Lock(false), Account.SOFTWARE);
      case MMAP_R_UNLOCK -> tell(space, new KernelCall.Unlock(false));
      case RMAP_LOCK ->
          ask(step, map.file(job.file()), new KernelCall.Lock(false), Account.SOFTWARE);
      case RMAP_UNLOCK -> tell(map.file(job.file()), new KernelCall.Unlock(false));
      case GATHER_BEGIN -> tell(space, new KernelCall.GatherBegin());
      case GATHER_CHECK -> ask(step, space, new KernelCall.GatherCheck(), Account.SOFTWARE);
      case GATHER_END -> tell(space, new KernelCall.GatherEnd());
      case N_START -> tell(space, new KernelCall.NotifierStart(job.range()));
      case N_END -> tell(space, new KernelCall.NotifierEnd(job.range()));
      case AREAS_REMOVE -> tell(space, new KernelCall.MoveAreas(job.range(), EMPTY));
      case AREAS_MOVE -> tell(space, new KernelCall.MoveAreas(job.range(), job.to()));
      case AREAS_PROTECT -> tell(space, new KernelCall.ProtectAreas(job.range(), false));
      case AREAS_UPGRADE -> tell(space, new KernelCall.ProtectAreas(job.range(), true));
      case PTL_UNLOCK -> tell(map.table(job.mm()), new KernelCall.TableUnlock());
      default -> enqueueWork(step);
    }
  }

  private void enqueueWork(PathStep step) {
    switch (step.primitive()) {
      case FOR_GROUP -> {
        groupStart = at;
        group = groupFrom(job.range().firstPage());
      }
      case END_GROUP -> {
        if (group.endPage() < job.range().endPage()) {
          group = groupFrom(group.endPage());
          at = groupStart;
        }
      }
      case PTE_CLEAR -> visit(step, KernelCall.Visit.CLEAR);
      case PTE_PROTECT -> visit(step, KernelCall.Visit.PROTECT);
      case PTE_UPGRADE -> visit(step, KernelCall.Visit.UPGRADE);
      case PTE_POPULATE ->
          ask(
              step, map.frames(), new KernelCall.Allocate((int) group.pages()),
              Account.PAGE_ALLOC);
      case PTE_MOVE -> visit(step, KernelCall.Visit.MOVE);
      case CPU_FLUSH -> {
        if (changed.pages() > 0) {
          cpuFlush(changed, step.argument().equals("changed-with-tables"));
        }
      }
      case SEC_INV -> {
        PageRange range = step.argument().equals("range") ? job.range() : gathered;
        if (range.pages() > 0) {
          queued.add(new Run(rules.secondaryFlush(flush(range, false))));
        }
      }
      case COMMIT -> commit();
      case PAGE_FREE -> free();
      default -> throw new IllegalStateException("no work for " + step.primitive());
    }
  }

  /** A forced flush frees pages as well, so it reaches whomever the path's own commit reaches. */
  private void commitEarly() {
    commit();
    if (steps.stream().anyMatch(step -> step.argument().equals("gathered"))) {
      queued.add(new Run(rules.secondaryFlush(flush(gathered, false))));
    }
    free();
  }

  private PageRange groupFrom(long page) {
    long end = Math.min((page / GROUP_PAGES + 1) * GROUP_PAGES, job.range().endPage());
    return new PageRange(page, end - page);
  }

  private void visit(PathStep step, KernelCall.Visit visit) {
    PageRange to =
        visit == KernelCall.Visit.MOVE
            ? new PageRange(
                group.firstPage() - job.range().firstPage() + job.to().firstPage(), group.pages())
            : EMPTY;
    boolean keepLock = step.argument().equals("keep-lock");
    ask(
        step, map.table(job.mm()),
        new KernelCall.TableVisit(visit, group, to, List.of(), costs.ptePs(), keepLock),
        Account.PTE_WORK);
  }

  /** Flushes what was gathered; everything, if another gather may have hidden entries from us. */
  private void commit() {
    if (nested) {
      cpuFlush(PageRange.ALL, true);
    } else if (gathered.pages() > 0) {
      cpuFlush(gathered, false);
    }
  }

  private void free() {
    if (!gatheredPfns.isEmpty()) {
      queued.add(
          new Ask(
              map.frames(), new KernelCall.Free(List.copyOf(gatheredPfns), costs.pageFreePs()),
              Account.PAGE_FREE));
      gatheredPfns.clear();
    }
    gathered = EMPTY;
  }

  private void cpuFlush(PageRange range, boolean freedTables) {
    queued.add(new Run(rules.cpuFlush(flush(range, freedTables))));
  }

  private FlushRules.Job flush(PageRange range, boolean freedTables) {
    return new FlushRules.Job(operation, job.mm(), range, freedTables);
  }

  private void ask(PathStep step, int domain, KernelCall.Request request, Account service) {
    asked = step;
    queued.add(new Ask(domain, request, service));
  }

  private void tell(int domain, KernelCall.Request request) {
    queued.add(new Tell(domain, request));
  }

  private long cost(String name) {
    return switch (name) {
      case "syscall" -> costs.syscallPs();
      case "unmap" -> costs.unmapPs();
      case "zap" -> costs.zapPs();
      case "protect" -> costs.protectPs();
      case "move" -> costs.movePs();
      default -> costs.truncatePs();
    };
  }
}
