package dev.shootdown.replay;

import dev.shootdown.address.Access;
import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.mm.Action;
import dev.shootdown.kernel.mm.Path;
import dev.shootdown.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Turns recorded causes into work for simulated CPUs: system calls, page faults and context
 * switches, each at its recorded time or as soon after as the CPU is free (an open loop).
 *
 * <p>What a trace does not say is assumed: addresses are always part of some area, so paths run
 * without their steps on areas; pages are there once a recorded fault or MADV_POPULATE touched
 * them; a task that never appears with a call or fault has an address space of its own, unless its
 * name is a kernel thread's, which borrows the one that is loaded (lazy TLB). Every device of the
 * profile is bound to every process.
 */
final class ReplayPlan {
  private static final long LEAD_PS = 1_000_000L;
  /** Pages that reclaim takes at a time (SWAP_CLUSTER_MAX, Linux include/linux/swap.h). */
  private static final long RECLAIM_PAGES = 32;
  /** Larger ranges are mostly reserved and empty; a path would walk all of it. 4 GiB. */
  private static final long CALL_PAGES_MAX = 1L << 20;
  /** Layouts are randomised over a far larger range. 1 GiB. */
  private static final long REGION_PAGES = 1L << 18;
  private static final PageRange NOWHERE = new PageRange(0, 0);
  private static final long PAGE_LIMIT = 1L << 35;
  private static final List<String> KERNEL_THREADS =
      List.of("swapper", "kworker", "ksoftirqd", "rcu_", "migration", "kcompactd", "kthreadd",
          "jbd2", "kswapd", "khugepaged");

  private final String file;
  private final Scenario profile;
  private final Causes causes;
  private final AddressSpaces spaces;
  private final ReplayPaths paths;
  private final CopyOnWrite copyOnWrite = new CopyOnWrite();
  private final Map<Integer, Footprint> footprints = new TreeMap<>();
  private final Map<Integer, List<Action>> work = new TreeMap<>();
  private final Map<Integer, List<ReplayedOperation>> operations = new TreeMap<>();
  private final Map<Integer, Boolean> idle = new TreeMap<>();
  private final Map<Integer, Integer> loaded = new TreeMap<>();
  private final long originPs;
  private final int foreign;
  private int causeIndex;
  private long skipped;
  private long lostMigrations;

  ReplayPlan(String file, Scenario profile, Causes causes, AddressSpaces spaces) {
    this.file = file;
    this.profile = profile;
    this.causes = causes;
    this.spaces = spaces;
    this.paths = new ReplayPaths(profile.kernel().paths());
    this.foreign = spaces.spaces().size();
    this.originPs = causes.list().isEmpty() ? 0 : causes.list().get(0).atPs() - LEAD_PS;
    for (Cause cause : MissedSwitches.filledIn(causes.list())) {
      causeIndex++;
      if (cause instanceof SyscallCause call) {
        onCall(call);
      } else if (cause instanceof FaultCause fault) {
        onFault(fault);
      } else if (cause instanceof MigrateCause batch) {
        onMigrate(batch);
      } else if (cause instanceof SwitchCause change) {
        onSwitch(change);
      }
    }
    work.values().forEach(actions -> actions.add(new Action.GoIdle()));
  }

  /** The scenario to run. */
  Scenario scenario() {
    List<Integer> devices = new ArrayList<>();
    for (int device = 0; device < profile.machine().devices().size(); device++) {
      devices.add(device);
    }
    List<Scenario.Process> processes = new ArrayList<>();
    PageRange everything = new PageRange(0, PAGE_LIMIT);
    for (int i = 0; i <= foreign; i++) {
      Scenario.Area area = new Scenario.Area("all", everything, false, false, true, -1);
      processes.add(new Scenario.Process("space" + i, 0, devices, List.of(area)));
    }
    Map<String, List<Action>> byName = new TreeMap<>();
    work.forEach((cpu, actions) -> byName.put(profile.machine().cpus().get(cpu).name(), actions));
    return profile.withWork(processes, byName).withUntilPs(Long.MAX_VALUE);
  }

  /** What each CPU's simulated operations stand for, in order. */
  Map<Integer, List<ReplayedOperation>> operations() {
    return operations;
  }

  /** Calls that are not modelled, such as mremap in place, that failed, or are over 4 GiB. */
  long skipped() {
    return skipped;
  }

  /** Runs of migrated pages that no address space, or more than one, is known to have. */
  long lostMigrations() {
    return lostMigrations;
  }

  private int mm(int tid) {
    OptionalInt space = spaces.spaceOf(tid);
    return space.isPresent() ? indexOf(space.getAsInt()) : foreign;
  }

  private int indexOf(int spaceId) {
    for (int i = 0; i < spaces.spaces().size(); i++) {
      if (spaces.spaces().get(i).id() == spaceId) {
        return i;
      }
    }
    return foreign;
  }

  private List<Action> on(int cpu) {
    if (cpu == Stamp.NO_CPU) {
      throw new TraceProblem(
          file, "its text has no column for the CPU", "print it with perf script -F +cpu");
    }
    if (cpu >= profile.machine().cpus().size()) {
      throw new TraceProblem(
          file,
          "it was recorded with a CPU " + cpu + ", but the machine '" + profile.title()
              + "' has only " + profile.machine().cpus().size(),
          "take a larger machine with --machine, or record on that many CPUs");
    }
    return work.computeIfAbsent(cpu, key -> new ArrayList<>());
  }

  private void begin(int cpu, int mm, long atPs) {
    List<Action> actions = on(cpu);
    boolean sleeping = idle.getOrDefault(cpu, false);
    actions.add(sleeping ? new Action.SleepUntil(at(atPs)) : new Action.SpinUntil(at(atPs)));
    idle.put(cpu, false);
    if (loaded.getOrDefault(cpu, -1) != mm) {
      actions.add(new Action.SwitchTo(mm));
      loaded.put(cpu, mm);
    }
  }

  private long at(long tracePs) {
    return tracePs - originPs;
  }

  private void onSwitch(SwitchCause change) {
    int cpu = change.cpu();
    boolean borrows =
        change.nextTid() == 0 || isKernelThread(causes.names().getOrDefault(change.nextTid(), ""));
    if (!borrows) {
      begin(cpu, mm(change.nextTid()), change.atPs());
    } else if (!idle.getOrDefault(cpu, false)) {
      on(cpu).add(new Action.SpinUntil(at(change.atPs())));
      idle.put(cpu, true);
    }
  }

  static boolean isKernelThread(String name) {
    return KERNEL_THREADS.stream().anyMatch(name::startsWith);
  }

  /**
   * All runs lose the right to write, one flush reaches whoever has the address space, and they get
   * it back: what the shipped path does to each page, with the one flush of a batch.
   */
  private void onMigrate(MigrateCause batch) {
    TreeMap<Integer, List<PageRange>> runsByMm = new TreeMap<>();
    for (PageRange run : batch.pages()) {
      List<Integer> owners = owners(run.firstPage());
      if (owners.size() == 1) {
        runsByMm.computeIfAbsent(owners.get(0), key -> new ArrayList<>()).add(run);
      } else {
        lostMigrations++;
      }
    }
    if (runsByMm.isEmpty()) {
      return;
    }
    beginFor(batch);
    runsByMm.forEach((mm, runs) -> {
      long pages = runs.stream().mapToLong(PageRange::pages).sum();
      for (PageRange run : runs) {
        operation(batch, mm, "migrate", pages,
            new Action.Operate(paths.migrateOut(), mm, run, NOWHERE, -1));
      }
      PageRange hull = runs.get(0).hull(runs.get(runs.size() - 1));
      operation(batch, mm, "migrate", pages,
          new Action.Operate(paths.migrateFlush(), mm, hull, NOWHERE, -1));
      for (PageRange run : runs) {
        operation(batch, mm, "migrate", pages,
            new Action.Operate(paths.migrateIn(), mm, run, NOWHERE, -1));
      }
    });
  }

  /** Who has a page: whoever is known to, or else has something in the same 1 GiB. */
  private List<Integer> owners(long page) {
    long region = page / REGION_PAGES * REGION_PAGES;
    List<Integer> owners = new ArrayList<>();
    for (PageRange where : List.of(PageRange.of(page), new PageRange(region, REGION_PAGES))) {
      footprints.forEach((mm, footprint) -> {
        if (footprint.hasAny(where)) {
          owners.add(mm);
        }
      });
      if (!owners.isEmpty()) {
        return owners;
      }
    }
    return owners;
  }

  /** A kernel thread works in whatever address space is loaded. */
  private void beginFor(MigrateCause batch) {
    int cpu = batch.cpu();
    boolean borrows = isKernelThread(causes.names().getOrDefault(batch.tid(), ""));
    begin(cpu, borrows ? loaded.getOrDefault(cpu, foreign) : mm(batch.tid()), batch.atPs());
  }

  private void onFault(FaultCause fault) {
    int mm = mm(fault.tid());
    begin(fault.cpu(), mm, fault.atPs());
    long page = fault.address() >>> 12;
    if (page >= PAGE_LIMIT) {
      return;
    }
    Footprint footprint = footprint(mm);
    if (fault.missing() && fault.write() && footprint.takesHuge(page)) {
      operate(fault, mm, "thp-fault", paths.hugeFault(), footprint.mapHuge(page));
      return;
    }
    Access access = fault.write() ? Access.WRITE : Access.READ;
    on(fault.cpu()).add(new Action.TouchAll(mm, PageRange.of(page), access));
    footprint.map(PageRange.of(page));
    if (copyOnWrite.copies(fault, mm)) {
      operate(fault, mm, "cow-break", paths.copyOnWrite(), PageRange.of(page));
    }
  }

  private Footprint footprint(int mm) {
    return footprints.computeIfAbsent(mm, key -> new Footprint());
  }

  private void onCall(SyscallCause cause) {
    SystemCall call = cause.call();
    int mm = mm(cause.tid());
    PageRange range = range(call.startAddress(), call.lengthBytes());
    if (call.failed() || range.pages() == 0) {
      skipped++;
      return;
    }
    begin(cause.cpu(), mm, cause.atPs());
    switch (call.kind()) {
      case MUNMAP -> take(cause, mm, "munmap", paths.named("munmap"), range);
      case MPROTECT -> {
        boolean gives = (call.protection() & 2) != 0;
        String name = gives ? "mprotect-write" : "mprotect";
        split(cause, mm, name, range);
        operate(cause, mm, name, paths.named(name), range);
      }
      case MREMAP -> onMremap(cause, mm, range);
      case MMAP -> onMmap(cause, mm, range);
      case MADVISE -> onMadvise(cause, mm, range);
    }
  }

  /** A mapping over older ones takes them away; any other comes to where nothing was. */
  private void onMmap(SyscallCause cause, int mm, PageRange range) {
    if (cause.call().replaces() && footprint(mm).hasAny(range)) {
      take(cause, mm, "mmap-fixed", paths.named("munmap"), range);
    } else {
      footprint(mm).unmap(range);
    }
  }

  /** The numbers are those of Linux include/uapi/asm-generic/mman-common.h. */
  private void onMadvise(SyscallCause cause, int mm, PageRange range) {
    switch ((int) cause.call().behavior()) {
      case 4 -> take(cause, mm, "dontneed", paths.named("dontneed"), range);
      case 14 -> footprint(mm).advise(range, true);
      case 15 -> footprint(mm).advise(range, false);
      case 0x14 -> {
        split(cause, mm, "cold", range);
        operate(cause, mm, "cold", paths.cold("cold"), range);
      }
      case 0x15 -> pageOut(cause, mm, range);
      case 0x16, 0x17 -> {
        operate(cause, mm, "populate", paths.named("populate"), range);
        footprint(mm).map(range);
      }
      default -> skipped++;
    }
  }

  private void pageOut(SyscallCause cause, int mm, PageRange range) {
    split(cause, mm, "pageout", range);
    operate(cause, mm, "pageout", paths.cold("pageout"), range);
    for (PageRange part : Footprint.byBlock(range)) {
      for (long at = part.firstPage(); at < part.endPage(); at += RECLAIM_PAGES) {
        long pages = Math.min(RECLAIM_PAGES, part.endPage() - at);
        operation(cause, mm, "pageout", range.pages(),
            new Action.Operate(paths.reclaim(), mm, new PageRange(at, pages), NOWHERE, -1));
      }
    }
    footprint(mm).unmap(range);
  }

  private void onMremap(SyscallCause cause, int mm, PageRange range) {
    SystemCall call = cause.call();
    long newPages = range(call.startAddress(), call.newLengthBytes()).pages();
    if (call.result() != call.startAddress()) {
      PageRange to = range(call.result(), range.pages() << 12);
      if (to.pages() != range.pages()) {
        skipped++;
        return;
      }
      split(cause, mm, "mremap", range);
      boolean emptied = footprint(mm).move(range, to);
      Path path = emptied ? paths.mremapFreeingTables() : paths.named("mremap");
      operation(
          cause, mm, "mremap", range.pages(), new Action.Operate(path, mm, range, to, -1));
    } else if (newPages < range.pages()) {
      PageRange tail = new PageRange(range.firstPage() + newPages, range.pages() - newPages);
      split(cause, mm, "munmap", tail);
      operation(cause, mm, "munmap", range.pages(),
          new Action.Operate(paths.named("munmap"), mm, tail, NOWHERE, -1));
      footprint(mm).unmap(tail);
    } else {
      skipped++;
    }
  }

  /** A call that takes pages away. */
  private void take(
      SyscallCause cause, int mm, String name, Path path, PageRange range) {
    split(cause, mm, name, range);
    operate(cause, mm, name, path, range);
    footprint(mm).unmap(range);
  }

  private void split(SyscallCause cause, int mm, String kind, PageRange range) {
    for (PageRange block : footprint(mm).splitFor(range)) {
      operation(cause, mm, kind, range.pages(),
          new Action.Operate(
              paths.hugeSplit(), mm, PageRange.of(block.firstPage()), NOWHERE, -1));
    }
  }

  private void operate(Cause cause, int mm, String kind, Path path, PageRange range) {
    operation(
        cause, mm, kind, range.pages(), new Action.Operate(path, mm, range, NOWHERE, -1));
  }

  private void operation(
      Cause cause, int mm, String kind, long pages, Action.Operate action) {
    on(cause.cpu()).add(action);
    operations.computeIfAbsent(cause.cpu(), key -> new ArrayList<>())
        .add(new ReplayedOperation(causeIndex, cause, kind, pages));
  }

  private static PageRange range(long startAddress, long lengthBytes) {
    long firstPage = startAddress >>> 12;
    long endPage = (startAddress + lengthBytes + 0xfff) >>> 12;
    boolean sane = startAddress >= 0 && endPage >= firstPage && endPage < PAGE_LIMIT
        && endPage - firstPage <= CALL_PAGES_MAX;
    return sane ? new PageRange(firstPage, endPage - firstPage) : NOWHERE;
  }
}
