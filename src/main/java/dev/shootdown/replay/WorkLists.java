package dev.shootdown.replay;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.mm.Action;
import dev.shootdown.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The work of each simulated CPU as it grows, and which recorded causes it stands for. */
final class WorkLists {
  private final String file;
  private final Scenario profile;
  private final long originPs;
  private final Map<Integer, List<Action>> work = new TreeMap<>();
  private final Map<Integer, List<ReplayedOperation>> operations = new TreeMap<>();
  private final Map<Integer, Boolean> idle = new TreeMap<>();
  private final Map<Integer, Integer> loaded = new TreeMap<>();
  private final ThreadMoves moves = new ThreadMoves();
  private int causeIndex;

  /**
   * Nothing to do yet.
   *
   * @param file the trace's name, for messages
   * @param originPs the recorded time at which the simulated one begins
   */
  WorkLists(String file, Scenario profile, long originPs) {
    this.file = file;
    this.profile = profile;
    this.originPs = originPs;
  }

  /** What follows is for the next cause. */
  void nextCause() {
    moves.done(work);
    causeIndex++;
  }

  /**
   * The list of a CPU.
   *
   * @throws TraceProblem if the machine has no such CPU
   */
  List<Action> on(int cpu) {
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

  /** At that recorded time the CPU is at work in that address space, for that thread. */
  void begin(int cpu, int tid, int mm, long atPs) {
    List<Action> actions = on(cpu);
    boolean sleeping = idle.getOrDefault(cpu, false);
    actions.add(sleeping ? new Action.SleepUntil(at(atPs)) : new Action.SpinUntil(at(atPs)));
    moves.goesOn(tid, cpu).ifPresent(actions::add);
    idle.put(cpu, false);
    if (loaded.getOrDefault(cpu, -1) != mm) {
      actions.add(new Action.SwitchTo(mm));
      loaded.put(cpu, mm);
    }
  }

  /** From that recorded time on the CPU has nothing to do. */
  void rest(int cpu, long atPs) {
    if (!idle.getOrDefault(cpu, false)) {
      on(cpu).add(new Action.SpinUntil(at(atPs)));
      idle.put(cpu, true);
    }
  }

  /** The address space that the CPU has loaded. */
  int loaded(int cpu, int otherwise) {
    return loaded.getOrDefault(cpu, otherwise);
  }

  /** Adds an operation of the cause's CPU; {@code pages} is what the cause asked for. */
  void operation(Cause cause, String kind, long pages, Action.Operate action) {
    on(cause.cpu()).add(action);
    operations.computeIfAbsent(cause.cpu(), key -> new ArrayList<>())
        .add(new ReplayedOperation(causeIndex, cause, kind, pages));
  }

  /** Splits the blocks of the range that MADV_COLLAPSE has made huge. */
  void uncollapse(Cause cause, String kind, int mm, Footprint footprint, PageRange range,
      ReplayPaths paths) {
    for (PageRange block : footprint.uncollapse(range)) {
      operation(cause, kind, range.pages(), new Action.Operate(
          paths.named("huge-split"), mm, block, new PageRange(0, 0), -1));
    }
  }

  /** All of it, by CPU, each ending idle. */
  Map<Integer, List<Action>> finish() {
    moves.done(work);
    moves.tell(work);
    work.values().forEach(actions -> actions.add(new Action.GoIdle()));
    return work;
  }

  /** What each CPU's simulated operations stand for, in order. */
  Map<Integer, List<ReplayedOperation>> operations() {
    return operations;
  }

  private long at(long tracePs) {
    return tracePs - originPs;
  }
}
