package dev.shootdown.hardware.cpu;

import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Two address spaces as simple as can be, and what their CPUs must not do any more: use a frame, a
 * page-table page, or a clean entry for writing, once a flush for it is over.
 */
final class SwarmKernel {
  static final int SPACES = 2;

  /** Pages of one group that are used. */
  static final int PAGES = 4;

  static final int GROUPS = 2;

  private record Key(int mm, long page) {}

  private static final class Pte {
    private long pfn;
    private boolean dirty;

    /** The flush that is to come before a write must be noticed; −1 for none. */
    private long cleanedBy = -1;
  }

  private static final class Space {
    private final Set<Integer> active = new TreeSet<>();
    private final Set<Integer> lazy = new TreeSet<>();
    private final Map<Long, Pte> ptes = new TreeMap<>();
    private final long[] tables = new long[GROUPS];
    private long generation = 1;
  }

  private final List<Space> spaces = new ArrayList<>();
  private final boolean[] lazyNow;
  private final int[] loaded;
  private final Map<Long, List<Long>> framesByFlush = new TreeMap<>();
  private final Map<Long, List<Long>> tablesByFlush = new TreeMap<>();
  private final Set<Long> goneFrames = new TreeSet<>();
  private final Set<Long> goneTables = new TreeSet<>();
  private final List<String> violations = new ArrayList<>();
  private long used;

  SwarmKernel(int cpus) {
    lazyNow = new boolean[cpus];
    loaded = new int[cpus];
    for (int i = 0; i < SPACES; i++) {
      Space space = new Space();
      spaces.add(space);
      for (int group = 0; group < GROUPS; group++) {
        space.tables[group] = ++used;
        for (int page = 0; page < PAGES; page++) {
          Pte pte = new Pte();
          pte.pfn = ++used;
          space.ptes.put(group * 512L + page, pte);
        }
      }
    }
  }

  List<String> violations() {
    return violations;
  }

  /** A walker that starts from a page-table page that is not in use any more finds nothing. */
  PageWalk.Entry walk(PageWalk.Walk walk) {
    Space space = spaces.get(walk.mm());
    long table = space.tables[(int) (walk.page() / 512)];
    Pte pte = space.ptes.get(walk.page());
    if (walk.table() >= 0 && walk.table() != table) {
      return new PageWalk.Entry(walk.tag(), walk.mm(), walk.page(), -1, false, 0);
    }
    if (walk.forWrite()) {
      pte.dirty = true;
      pte.cleanedBy = -1;
    }
    return new PageWalk.Entry(
        walk.tag(), walk.mm(), walk.page(), pte.pfn, true, 0, pte.dirty, 0, table);
  }

  KernelCall.Result call(int mm, KernelCall.Call call) {
    Space space = spaces.get(mm);
    if (call.request() instanceof KernelCall.TakeUp takeUp) {
      space.active.add(takeUp.cpu());
      space.lazy.remove(takeUp.cpu());
      return new KernelCall.Generation(space.generation);
    } else if (call.request() instanceof KernelCall.NextGeneration) {
      space.generation++;
      return new KernelCall.FlushTargets(
          space.generation, List.copyOf(space.active), List.copyOf(space.lazy));
    }
    change(space, call.operation(), (KernelCall.TableVisit) call.request());
    return new KernelCall.Ok();
  }

  private void change(Space space, long operation, KernelCall.TableVisit visit) {
    List<Long> frames = new ArrayList<>();
    for (long page = visit.range().firstPage(); page < visit.range().endPage(); page++) {
      Pte pte = space.ptes.get(page);
      if (pte == null) {
        continue;
      }
      pte.dirty = false;
      if (visit.visit() == KernelCall.Visit.PROTECT) {
        pte.cleanedBy = operation;
      } else {
        frames.add(pte.pfn);
        pte.pfn = ++used;
        pte.cleanedBy = -1;
      }
    }
    framesByFlush.put(operation, frames);
    if (visit.visit() == KernelCall.Visit.MOVE) {
      int group = (int) (visit.range().firstPage() / 512);
      tablesByFlush.put(operation, List.of(space.tables[group]));
      space.tables[group] = ++used;
    }
  }

  void post(int mm, KernelCall.Request request) {
    Space space = spaces.get(mm);
    if (request instanceof KernelCall.GoLazy go && space.active.remove(go.cpu())) {
      space.lazy.add(go.cpu());
    } else if (request instanceof KernelCall.Leave leave) {
      space.active.remove(leave.cpu());
      space.lazy.remove(leave.cpu());
    }
  }

  /** Whether {@code cpu} still has the tables of {@code mm}: an interrupt may unload them. */
  boolean isLoaded(int cpu, int mm) {
    return loaded[cpu] == mm;
  }

  void see(int cpu, MachineFact fact) {
    if (fact instanceof MachineFact.FlushEnded ended) {
      goneFrames.addAll(framesByFlush.getOrDefault(ended.operation(), List.of()));
      goneTables.addAll(tablesByFlush.getOrDefault(ended.operation(), List.of()));
      spaces.forEach(space -> space.ptes.values().forEach(
          pte -> pte.cleanedBy = pte.cleanedBy == ended.operation() ? -1 : pte.cleanedBy));
    } else if (fact instanceof MachineFact.ContextTaken taken) {
      lazyNow[cpu] = taken.lazy();
      loaded[cpu] = taken.mm();
    } else if (fact instanceof MachineFact.WalkUsed walk && goneTables.contains(walk.table())) {
      violations.add("cpu" + cpu + " walks freed table " + walk);
    } else if (fact instanceof MachineFact.Used use && !lazyNow[cpu] && loaded[cpu] == use.mm()) {
      see(cpu, use);
    } else if (fact instanceof MachineFact.ProtocolBreach breach) {
      violations.add(breach.rule());
    }
  }

  private void see(int cpu, MachineFact.Used use) {
    Pte pte = spaces.get(use.mm()).ptes.get(use.page());
    if (goneFrames.contains(use.pfn())) {
      violations.add("cpu" + cpu + " uses stale " + use);
    } else if (use.write() && use.pfn() == pte.pfn && !pte.dirty && pte.cleanedBy < 0) {
      violations.add("cpu" + cpu + " writes unnoticed " + use);
    }
  }
}
