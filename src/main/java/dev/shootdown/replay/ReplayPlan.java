package dev.shootdown.replay;

import dev.shootdown.address.Access;
import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.mm.Action;
import dev.shootdown.kernel.mm.Path;
import dev.shootdown.kernel.mm.PathStep;
import dev.shootdown.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Turns recorded causes into work for simulated CPUs: system calls, page faults and context
 * switches, each at its recorded time or as soon after as the CPU is free (an open loop).
 *
 * <p>What a trace does not say is assumed: addresses are always part of some area, so paths run
 * without their steps on areas; pages are there once a recorded fault or MADV_POPULATE touched
 * them; a task that never appears with a call or fault has an address space of its own, unless its
 * name is a kernel thread's, which borrows the one that is loaded (lazy TLB).
 */
final class ReplayPlan {
  private static final long LEAD_PS = 1_000_000L;
  private static final long MADV_DONTNEED = 4;
  private static final Set<Long> MADV_POPULATE = new TreeSet<>(List.of(0x16L, 0x17L));
  private static final PageRange NOWHERE = new PageRange(0, 0);
  private static final List<String> KERNEL_THREADS =
      List.of("swapper", "kworker", "ksoftirqd", "rcu_", "migration", "kcompactd", "kthreadd",
          "jbd2", "kswapd", "khugepaged");

  private final String file;
  private final Scenario profile;
  private final Causes causes;
  private final AddressSpaces spaces;
  private final Map<Integer, List<Action>> work = new TreeMap<>();
  private final Map<Integer, List<SyscallCause>> operations = new TreeMap<>();
  private final Map<Integer, Boolean> idle = new TreeMap<>();
  private final Map<Integer, Integer> loaded = new TreeMap<>();
  private final long originPs;
  private final int foreign;
  private long skipped;

  ReplayPlan(String file, Scenario profile, Causes causes, AddressSpaces spaces) {
    this.file = file;
    this.profile = profile;
    this.causes = causes;
    this.spaces = spaces;
    this.foreign = spaces.spaces().size();
    this.originPs = causes.list().isEmpty() ? 0 : causes.list().get(0).atPs() - LEAD_PS;
    for (Cause cause : MissedSwitches.filledIn(causes.list())) {
      if (cause instanceof SyscallCause call) {
        onCall(call);
      } else if (cause instanceof FaultCause fault) {
        onFault(fault);
      } else if (cause instanceof SwitchCause change) {
        onSwitch(change);
      }
    }
    work.values().forEach(actions -> actions.add(new Action.GoIdle()));
  }

  /** The scenario to run. */
  Scenario scenario() {
    List<Scenario.Process> processes = new ArrayList<>();
    PageRange everything = new PageRange(0, 1L << 35);
    for (int i = 0; i <= foreign; i++) {
      Scenario.Area area = new Scenario.Area("all", everything, false, false, true, -1);
      processes.add(new Scenario.Process("space" + i, 0, List.of(), List.of(area)));
    }
    Map<String, List<Action>> byName = new TreeMap<>();
    work.forEach((cpu, actions) -> byName.put(profile.machine().cpus().get(cpu).name(), actions));
    return profile.withWork(processes, byName).withUntilPs(Long.MAX_VALUE);
  }

  /** The recorded calls that each CPU's operations stand for, in order. */
  Map<Integer, List<SyscallCause>> operations() {
    return operations;
  }

  /** Calls that are not modelled, such as MADV_COLD, or that failed. */
  long skipped() {
    return skipped;
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
    if (cpu >= profile.machine().cpus().size()) {
      throw new TraceProblem(
          file,
          "it was recorded with a CPU " + cpu + ", but the machine '" + profile.title()
              + "' has only " + profile.machine().cpus().size(),
          "record on that many CPUs");
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

  private static boolean isKernelThread(String name) {
    return KERNEL_THREADS.stream().anyMatch(name::startsWith);
  }

  private void onFault(FaultCause fault) {
    int mm = mm(fault.tid());
    begin(fault.cpu(), mm, fault.atPs());
    long page = fault.address() >>> 12;
    if (page < 1L << 35) {
      Access access = fault.write() ? Access.WRITE : Access.READ;
      on(fault.cpu()).add(new Action.TouchAll(mm, PageRange.of(page), access));
    }
  }

  private void onCall(SyscallCause cause) {
    SystemCall call = cause.call();
    int mm = mm(cause.tid());
    PageRange range = range(call.startAddress(), call.lengthBytes());
    if (call.failed() || range.pages() == 0) {
      skipped++;
      return;
    }
    switch (call.kind()) {
      case MUNMAP -> operate(cause, mm, "munmap", range, NOWHERE);
      case MPROTECT -> {
        boolean gives = (call.protection() & 2) != 0;
        operate(cause, mm, gives ? "mprotect-write" : "mprotect", range, NOWHERE);
      }
      case MREMAP -> onMremap(cause, mm, range);
      case MADVISE -> {
        if (call.behavior() == MADV_DONTNEED) {
          operate(cause, mm, "dontneed", range, NOWHERE);
        } else if (MADV_POPULATE.contains(call.behavior())) {
          operate(cause, mm, "populate", range, NOWHERE);
        } else {
          skipped++;
        }
      }
    }
  }

  private void onMremap(SyscallCause cause, int mm, PageRange range) {
    SystemCall call = cause.call();
    long newPages = range(call.startAddress(), call.newLengthBytes()).pages();
    if (call.result() != call.startAddress()) {
      PageRange to = new PageRange(call.result() >>> 12, range.pages());
      operate(cause, mm, "mremap", range, to);
    } else if (newPages < range.pages()) {
      PageRange tail = new PageRange(range.firstPage() + newPages, range.pages() - newPages);
      operate(cause, mm, "munmap", tail, NOWHERE);
    } else {
      skipped++;
    }
  }

  private void operate(SyscallCause cause, int mm, String name, PageRange range, PageRange to) {
    begin(cause.cpu(), mm, cause.atPs());
    Path path = withoutAreas(profile.kernel().paths().get(name));
    on(cause.cpu()).add(new Action.Operate(path, mm, range, to, -1));
    operations.computeIfAbsent(cause.cpu(), key -> new ArrayList<>()).add(cause);
  }

  private static Path withoutAreas(Path path) {
    List<PathStep> steps =
        path.steps().stream()
            .filter(step -> !step.primitive().text().startsWith("areas-"))
            .toList();
    return new Path(path.name(), path.title(), path.site(), steps);
  }

  private static PageRange range(long startAddress, long lengthBytes) {
    long firstPage = startAddress >>> 12;
    long endPage = (startAddress + lengthBytes + 0xfff) >>> 12;
    boolean sane = startAddress >= 0 && endPage >= firstPage && endPage < 1L << 35;
    return sane ? new PageRange(firstPage, endPage - firstPage) : NOWHERE;
  }
}
