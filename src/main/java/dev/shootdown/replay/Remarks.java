package dev.shootdown.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a replay has to say of a trace besides its figures: what is odd, guessed or left out. */
final class Remarks {
  private static final String WHOSE =
      "no address space, or more than one, is known to have asked for it";

  private Remarks() {}

  static List<String> of(Recording recording, AddressSpaces spaces, ReplayPlan plan) {
    List<String> remarks = new ArrayList<>(recording.reading().remarks());
    oddCalls(recording, remarks);
    strangers(recording, spaces, remarks);
    Reading reading = recording.reading();
    Lifetimes lifetimes = plan.lifetimes();
    leftOut(remarks, lifetimes.unknownExits(), "exit_mmap",
        "nothing is known of what was mapped");
    leftOut(remarks, lifetimes.unknownForks(), "forks",
        "nothing is known of what was mapped");
    leftOut(remarks, plan.daemons().lostCollapses(), "mm_collapse_huge_page", WHOSE);
    leftOut(remarks, plan.daemons().lostMerges(), "merges by KSM", WHOSE);
    if (reading.count("task_newtask") == 0) {
      leftOut(remarks, reading.count("sched_process_fork"), "sched_process_fork",
          "without task_newtask it may be a thread");
    }
    if (plan.inferredForks() > 0) {
      remarks.add(plan.inferredForks() + " forks not recorded and replayed all the same: a space"
          + " wrote to present pages that only an older one had faulted in");
    }
    if (plan.impliedMappings() > 0) {
      remarks.add(plan.impliedMappings() + " mappings over older ones not recorded and replayed all"
          + " the same: a call succeeded on a range of which a part had been unmapped");
    }
    plan.skippedByName().forEach((what, count) -> remarks.add(count + " " + what
        + " not replayed"));
    if (plan.lostMigrations() > 0) {
      remarks.add(plan.lostMigrations()
          + " migrations not replayed: no address space, or more than one, is known to have the"
          + " page");
    }
    spaces.spaces().forEach(space -> remarks.add(space.explanation()));
    return remarks;
  }

  private static void leftOut(List<String> remarks, long count, String event, String why) {
    if (count > 0) {
      remarks.add(count + " " + event + " not replayed: " + why);
    }
  }

  /** Calls of which one end is missing, such as those under way when the recording stopped. */
  private static void oddCalls(Recording recording, List<String> remarks) {
    TreeMap<Integer, TraceEvent.SyscallEnter> open = new TreeMap<>();
    TreeSet<Integer> lines = new TreeSet<>();
    for (TraceEvent event : recording.events()) {
      int tid = event.stamp().tid();
      if (event instanceof TraceEvent.SyscallEnter enter) {
        TraceEvent.SyscallEnter before = open.put(tid, enter);
        if (before != null) {
          lines.add(before.stamp().line());
        }
      } else if (event instanceof TraceEvent.SyscallExit exit) {
        TraceEvent.SyscallEnter begun = open.remove(tid);
        if (begun == null || begun.kind() != exit.kind()) {
          lines.add(exit.stamp().line());
        }
        if (begun != null && begun.kind() != exit.kind()) {
          lines.add(begun.stamp().line());
        }
      }
    }
    open.values().forEach(enter -> lines.add(enter.stamp().line()));
    if (!lines.isEmpty()) {
      remarks.add(lines.size() + " calls not replayed: their begin or end was not recorded (first"
          + " at line " + lines.first() + ")");
    }
  }

  /** Threads that ran and never called or faulted: all of them are taken for one other program. */
  private static void strangers(
      Recording recording, AddressSpaces spaces, List<String> remarks) {
    TreeSet<Integer> tids = new TreeSet<>();
    int firstTid = 0;
    int firstLine = 0;
    for (TraceEvent event : recording.events()) {
      if (event instanceof TraceEvent.SchedSwitch change) {
        TraceEvent.Task next = change.next();
        boolean strange = next.tid() != 0 && !KernelThreads.has(next.comm())
            && spaces.spaceOf(next.tid()).isEmpty();
        if (strange && tids.add(next.tid()) && firstLine == 0) {
          firstTid = next.tid();
          firstLine = event.stamp().line();
        }
      }
    }
    if (!tids.isEmpty()) {
      remarks.add(tids.size() + " foreign threads, which ran and neither called nor faulted; they"
          + " are taken for one other program (first " + firstTid + " at line " + firstLine + ")");
    }
  }
}
