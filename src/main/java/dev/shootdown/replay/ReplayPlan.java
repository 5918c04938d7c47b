package dev.shootdown.replay;

import dev.shootdown.address.Access;
import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.mm.Action;
import dev.shootdown.kernel.mm.Path;
import dev.shootdown.scenario.Scenario;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Turns recorded causes into work for simulated CPUs: system calls, page faults and context
 * switches, each at its recorded time or as soon after as CPU and thread are free (an open loop).
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
  private static final PageRange NOWHERE = new PageRange(0, 0);
  private static final long PAGE_LIMIT = 1L << 35;

  private final Scenario profile;
  private final Causes causes;
  private final AddressSpaces spaces;
  private final Images images;
  private final ReplayPaths paths;
  private final WorkLists work;
  private final CopyOnWrite copyOnWrite = new CopyOnWrite();
  private final Lifetimes lifetimes;
  private final Migrations migrations;
  private final Daemons daemons;
  private final Map<Integer, Footprint> footprints = new TreeMap<>();
  private final TreeMap<String, Integer> skipped = new TreeMap<>();
  private final int foreign;
  private final long inferred;
  private final Map<Cause, Cause> proofs;
  private int impliedMappings;

  /** {@code processes} is the thread group of each thread that is known. */
  ReplayPlan(String file, Scenario profile, Causes causes, AddressSpaces spaces,
      Map<Integer, Integer> processes) {
    this.profile = profile;
    this.causes = causes;
    this.spaces = spaces;
    this.images = new Images(processes);
    this.paths = new ReplayPaths(profile.kernel().paths(), profile.kernel().costs());
    this.work = new WorkLists(
        file, profile, causes.list().isEmpty() ? 0 : causes.list().get(0).atPs() - LEAD_PS);
    this.lifetimes = new Lifetimes(work, paths, copyOnWrite, profile.kernel().costs());
    this.migrations = new Migrations(work, paths, footprints, copyOnWrite);
    this.daemons = new Daemons(work, paths, footprints);
    this.foreign = spaces.spaces().size();
    ImpliedMappings mapped = ImpliedMappings.of(
        MissedSwitches.filledIn(causes.list()), spaces, processes);
    this.proofs = mapped.proofs();
    List<Cause> complete = InferredForks.filledIn(mapped.filledIn(), spaces, processes);
    this.inferred = complete.size() - mapped.filledIn().size();
    for (Cause cause : complete) {
      work.nextCause();
      if (cause instanceof SyscallCause call) {
        onCall(call);
      } else if (cause instanceof FaultCause fault) {
        onFault(fault);
      } else if (cause instanceof MigrateCause batch) {
        onMigrate(batch);
      } else if (cause instanceof DaemonCause daemon) {
        onDaemon(daemon);
      } else if (cause instanceof SwitchCause change) {
        onSwitch(change);
      } else if (cause instanceof ForkCause fork) {
        onFork(fork);
      } else if (cause instanceof EndCause end) {
        onEnd(end);
      }
    }
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
    work.finish().forEach(
        (cpu, actions) -> byName.put(profile.machine().cpus().get(cpu).name(), actions));
    return profile.withWork(processes, byName).withUntilPs(Long.MAX_VALUE);
  }

  /** What each CPU's simulated operations stand for, in order. */
  Map<Integer, List<ReplayedOperation>> operations() {
    return work.operations();
  }

  /** Calls that are not modelled, such as mremap in place, that failed, or are over 4 GiB. */
  long skipped() {
    return skipped.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** The same by name, with the reason. */
  SortedMap<String, Integer> skippedByName() {
    return Collections.unmodifiableSortedMap(skipped);
  }

  /** Forks that were not recorded, and that what was recorded implies. */
  long inferredForks() {
    return inferred;
  }

  /** Mappings over older ones that were not recorded, and that what was recorded implies. */
  int impliedMappings() {
    return impliedMappings;
  }

  /** The recorded cause that proves one which was not. */
  Optional<Cause> proof(Cause cause) {
    return Optional.ofNullable(proofs.get(cause));
  }

  /** What of processes was replayed and not. */
  Lifetimes lifetimes() {
    return lifetimes;
  }

  /** What of khugepaged and KSM was not replayed. */
  Daemons daemons() {
    return daemons;
  }

  /** Runs of migrated pages that no address space, or more than one, is known to have. */
  long lostMigrations() {
    return migrations.lost();
  }

  private int mm(int tid) {
    return spaces.spaceOf(tid, images.of(tid)).orElse(foreign);
  }

  private void skip(String what) {
    skipped.merge(what, 1, Integer::sum);
  }

  private void onSwitch(SwitchCause change) {
    int cpu = change.cpu();
    if (change.nextTid() == 0 || isKernelThread(change.nextTid())) {
      work.rest(cpu, change.atPs());
    } else {
      work.begin(cpu, change.nextTid(), mm(change.nextTid()), change.atPs());
    }
  }

  private void onFork(ForkCause fork) {
    int parent = mm(fork.tid());
    int child = mm(fork.childTid());
    work.begin(fork.cpu(), fork.tid(), parent, lifetimes.beginPs(fork, footprint(parent)));
    boolean known = child != foreign && child != parent;
    lifetimes.fork(fork, parent, footprint(parent), known ? child : -1,
        known ? footprint(child) : new Footprint());
  }

  /** Of exec, the new space is taken up before the old one is torn down. */
  private void onEnd(EndCause end) {
    int before = mm(end.tid());
    images.on(end);
    work.begin(end.cpu(), end.tid(), end.exec() ? mm(end.tid()) : before,
        end.tornDown() ? lifetimes.beginPs(end, footprint(before)) : end.atPs());
    if (before == foreign) {
      lifetimes.exitOfStranger();
    } else if (end.tornDown()) {
      lifetimes.exit(end, before, footprint(before));
    }
  }

  private void onMigrate(MigrateCause batch) {
    TreeMap<Integer, List<PageRange>> runs = migrations.owned(batch);
    if (!runs.isEmpty()) {
      work.begin(batch.cpu(), batch.tid(), spaceAtWork(batch), batch.atPs());
      migrations.carryOut(batch, runs);
    }
  }

  private void onDaemon(DaemonCause cause) {
    daemons.owner(cause).ifPresent(mm -> {
      work.begin(cause.cpu(), cause.tid(), spaceAtWork(cause), cause.atPs());
      daemons.carryOut(cause, mm);
    });
  }

  /** A kernel thread works in whatever address space is loaded. */
  private int spaceAtWork(Cause cause) {
    return isKernelThread(cause.tid())
        ? work.loaded(cause.cpu(), foreign) : mm(cause.tid());
  }

  private boolean isKernelThread(int tid) {
    return KernelThreads.has(causes.names().getOrDefault(tid, ""));
  }

  private void onFault(FaultCause fault) {
    int mm = mm(fault.tid());
    work.begin(fault.cpu(), fault.tid(), mm, fault.atPs());
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
    boolean unmerges = fault.write() && footprint.unmerge(page) && !fault.missing();
    CopyOnWrite.Outcome outcome =
        unmerges ? CopyOnWrite.Outcome.COPY : copyOnWrite.of(fault, mm);
    if (outcome != CopyOnWrite.Outcome.KEEP) {
      work.uncollapse(fault, "cow-break", mm, footprint, PageRange.of(page), paths);
    }
    if (outcome == CopyOnWrite.Outcome.COPY_SHARED) {
      operate(fault, mm, "cow-break", paths.copyOnWriteOfShared(), PageRange.of(page));
    }
    work.on(fault.cpu()).add(new Action.TouchAll(mm, PageRange.of(page), access));
    footprint.map(PageRange.of(page));
    if (outcome == CopyOnWrite.Outcome.COPY) {
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
      skip(call.kind().printedName() + (call.failed() ? " that failed" : " of no range, or of more"
          + " than 4 GiB"));
      return;
    }
    work.begin(cause.cpu(), cause.tid(), mm, cause.atPs());
    switch (call.kind()) {
      case MUNMAP -> take(cause, mm, "munmap", paths.named("munmap"), range);
      case MPROTECT -> {
        boolean gives = (call.protection() & 2) != 0;
        String name = gives ? "mprotect-write" : "mprotect";
        split(cause, mm, name, range);
        operate(cause, mm, name, sharing(paths.named(name), mm, range), range);
      }
      case MREMAP -> onMremap(cause, mm, range);
      case MMAP -> onMmap(cause, mm, range);
      case MADVISE -> onMadvise(cause, mm, range);
    }
  }

  /** A mapping over older ones takes them away; any other comes to where nothing was. */
  private void onMmap(SyscallCause cause, int mm, PageRange range) {
    if (cause.call().replaces() && footprint(mm).hasAny(range)) {
      impliedMappings += proofs.containsKey(cause) ? 1 : 0;
      take(cause, mm, "mmap-fixed", paths.named("munmap"), range);
    } else {
      footprint(mm).unmap(range);
      copyOnWrite.dropped(range, mm);
    }
  }

  /** The numbers are those of Linux include/uapi/asm-generic/mman-common.h. */
  private void onMadvise(SyscallCause cause, int mm, PageRange range) {
    switch ((int) cause.call().behavior()) {
      case 4 -> take(cause, mm, "dontneed", paths.named("dontneed"), range);
      case 12 -> footprint(mm).adviseMerging(range, true);
      case 13 -> daemons.unmerge(cause, mm, footprint(mm), range);
      case 14 -> footprint(mm).advise(range, true);
      case 15 -> footprint(mm).advise(range, false);
      case 0x14 -> {
        split(cause, mm, "cold", range);
        operate(cause, mm, "cold", sharing(paths.cold("cold"), mm, range), range);
      }
      case 0x15 -> pageOut(cause, mm, range);
      case 0x16, 0x17 -> {
        operate(cause, mm, "populate", paths.populate(footprint(mm).missing(range)), range);
        footprint(mm).map(range);
      }
      case SystemCall.COLLAPSE -> {
        for (PageRange block : footprint(mm).collapsible(range)) {
          operation(cause, "collapse", range.pages(),
              new Action.Operate(paths.named("collapse"), mm, block, NOWHERE, -1));
          footprint(mm).collapse(block);
        }
      }
      default -> skip("madvise(" + cause.call().behavior() + ")");
    }
  }

  private void pageOut(SyscallCause cause, int mm, PageRange range) {
    split(cause, mm, "pageout", range);
    work.uncollapse(cause, "pageout", mm, footprint(mm), range, paths);
    operate(cause, mm, "pageout", sharing(paths.cold("pageout"), mm, range), range);
    for (PageRange part : Footprint.byBlock(range)) {
      for (long at = part.firstPage(); at < part.endPage(); at += RECLAIM_PAGES) {
        long pages = Math.min(RECLAIM_PAGES, part.endPage() - at);
        operation(cause, "pageout", range.pages(),
            new Action.Operate(paths.reclaim(), mm, new PageRange(at, pages), NOWHERE, -1));
      }
    }
    footprint(mm).unmap(range);
    copyOnWrite.dropped(range, mm);
  }

  private void onMremap(SyscallCause cause, int mm, PageRange range) {
    SystemCall call = cause.call();
    long newPages = range(call.startAddress(), call.newLengthBytes()).pages();
    if (call.result() != call.startAddress()) {
      PageRange to = range(call.result(), range.pages() << 12);
      if (to.pages() != range.pages()) {
        skip("mremap to no range");
        return;
      }
      split(cause, mm, "mremap", range);
      work.uncollapse(cause, "mremap", mm, footprint(mm), range, paths);
      boolean emptied = footprint(mm).move(range, to);
      Path path = emptied ? paths.mremapFreeingTables() : paths.named("mremap");
      operation(cause, "mremap", range.pages(), new Action.Operate(path, mm, range, to, -1));
    } else if (newPages < range.pages()) {
      PageRange tail = new PageRange(range.firstPage() + newPages, range.pages() - newPages);
      split(cause, mm, "munmap", tail);
      operation(cause, "munmap", range.pages(),
          new Action.Operate(paths.named("munmap"), mm, tail, NOWHERE, -1));
      footprint(mm).unmap(tail);
      copyOnWrite.dropped(tail, mm);
    } else {
      skip("mremap in place");
    }
  }

  /** A call that takes pages away. */
  private void take(
      SyscallCause cause, int mm, String name, Path path, PageRange range) {
    split(cause, mm, name, range);
    operate(cause, mm, name, path, range);
    footprint(mm).unmap(range);
    copyOnWrite.dropped(range, mm);
  }

  private void split(SyscallCause cause, int mm, String kind, PageRange range) {
    for (long edge : new long[] {range.firstPage(), range.endPage()}) {
      if (edge % Footprint.BLOCK_PAGES != 0) {
        work.uncollapse(cause, kind, mm, footprint(mm), PageRange.of(edge), paths);
      }
    }
    for (PageRange block : footprint(mm).splitFor(range)) {
      operation(cause, kind, range.pages(),
          new Action.Operate(
              sharing(paths.hugeSplit(), mm, PageRange.of(block.firstPage())), mm,
              PageRange.of(block.firstPage()), NOWHERE, -1));
    }
  }

  /** No path makes a page writable that others have as well. */
  private Path sharing(Path path, int mm, PageRange range) {
    return copyOnWrite.isShared(range, mm) ? paths.keepingReadOnly(path) : path;
  }

  private void operate(Cause cause, int mm, String kind, Path path, PageRange range) {
    operation(cause, kind, range.pages(), new Action.Operate(path, mm, range, NOWHERE, -1));
  }

  private void operation(
      Cause cause, String kind, long pages, Action.Operate action) {
    work.operation(cause, kind, pages, action);
  }

  /** Whole pages; none if they are no range of user addresses, or more than 4 GiB. */
  static PageRange range(long startAddress, long lengthBytes) {
    long firstPage = startAddress >>> 12;
    long endPage = (startAddress + lengthBytes + 0xfff) >>> 12;
    boolean sane = startAddress >= 0 && endPage >= firstPage && endPage < PAGE_LIMIT
        && endPage - firstPage <= CALL_PAGES_MAX;
    return sane ? new PageRange(firstPage, endPage - firstPage) : NOWHERE;
  }
}
