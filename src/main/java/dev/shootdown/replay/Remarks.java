package dev.shootdown.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** What a replay has to say of a trace besides its figures: what is odd, guessed or left out. */
final class Remarks {
  private Remarks() {}

  static List<String> of(Recording recording, AddressSpaces spaces, ReplayPlan plan) {
    List<String> remarks = new ArrayList<>(recording.reading().remarks());
    strangers(recording, spaces, remarks);
    Reading reading = recording.reading();
    leftOut(remarks, reading, "exit_mmap", "it follows its flush, and exec has the same line");
    leftOut(remarks, reading, "mm_collapse_huge_page", "it names no address");
    leftOut(remarks, reading, "ksm_merge_one_page", "it names a frame and no address");
    leftOut(remarks, reading, "ksm_merge_with_ksm_page", "it names a frame and no address");
    leftOut(remarks, reading, "sched_process_fork", "what it copied is not known");
    leftOut(remarks, reading, "sched_process_exec", "what it unmapped is not known");
    if (plan.lostMigrations() > 0) {
      remarks.add(plan.lostMigrations()
          + " migrations not replayed: no address space, or more than one, is known to have the"
          + " page");
    }
    spaces.spaces().forEach(space -> remarks.add(space.explanation()));
    return remarks;
  }

  private static void leftOut(List<String> remarks, Reading reading, String event, String why) {
    if (reading.count(event) > 0) {
      remarks.add(reading.count(event) + " " + event + " not replayed: " + why);
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
        boolean strange = next.tid() != 0 && !ReplayPlan.isKernelThread(next.comm())
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
