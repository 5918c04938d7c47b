package dev.shootdown.replay;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Writes what a recorded workload did as the tracefs file {@code trace}, with thread groups: its
 * causes and nothing of what the kernel's flushing made of them. Read again, it has equal causes.
 *
 * <p>Times are printed in ns; those of a clock that counts cycles are cut to it.
 */
public final class TraceExport {
  private static final long PS_PER_SECOND = 1_000_000_000_000L;
  private static final long PS_PER_NS = 1_000;

  private final Recording recording;
  private final Appendable out;

  private TraceExport(Recording recording, Appendable out) {
    this.recording = recording;
    this.out = out;
  }

  /**
   * Writes the text.
   *
   * @param file the recording's name, for messages
   * @throws TraceProblem if the recording does not say on which CPUs things happened
   */
  public static void write(Appendable out, String file, Recording recording) throws IOException {
    TraceExport export = new TraceExport(recording, out);
    TreeSet<Integer> ends = new TreeSet<>();
    for (Causes.Located located : Causes.located(recording)) {
      if (located.cause() instanceof MigrateCause) {
        ends.add(located.until());
      }
    }
    export.header();
    export.silentThreads();
    for (int index = 0; index < recording.events().size(); index++) {
      TraceEvent event = recording.events().get(index);
      if (event.stamp().cpu() == Stamp.NO_CPU) {
        throw new TraceProblem(
            file, "its text has no column for the CPU", "print it with perf script -F +cpu");
      }
      String body = body(event);
      if (body == null && ends.contains(index)) {
        body = "remove_migration_pte: addr=0 order=0";
      }
      if (body != null) {
        export.line(event.stamp(), body);
      }
    }
  }

  private void header() throws IOException {
    out.append("# tracer: nop\n#\n# entries-in-buffer/entries-written: 0/0   #P:"
        + recording.reading().cpuCount() + "\n#\n"
        + "#           TASK-PID       TGID     CPU#  |||||  TIMESTAMP  FUNCTION\n"
        + "#              | |           |         |   |||||     |         |\n");
  }

  /** Threads of a known process that no line of a cause is from. */
  private void silentThreads() throws IOException {
    TreeMap<Integer, Integer> silent = new TreeMap<>(recording.groups());
    for (TraceEvent event : recording.events()) {
      if (body(event) != null) {
        silent.remove(event.stamp().tid());
      }
    }
    Stamp first = recording.events().get(0).stamp();
    for (Map.Entry<Integer, Integer> thread : silent.entrySet()) {
      int process = thread.getValue();
      line(new Stamp(first.atPs(), first.cpu(), process, "process", first.line()),
          "task_newtask: pid=" + thread.getKey() + " comm=thread clone_flags=10000"
              + " oom_score_adj=0");
    }
  }

  private void line(Stamp stamp, String body) throws IOException {
    Integer group = recording.groups().get(stamp.tid());
    long seconds = recording.originSeconds() + Math.floorDiv(stamp.atPs(), PS_PER_SECOND);
    long ns = Math.floorMod(stamp.atPs(), PS_PER_SECOND) / PS_PER_NS;
    out.append(String.format(Locale.ROOT, "%16s-%-7d (%7s) [%03d] ..... %d.%09d: %s\n",
        stamp.comm(), stamp.tid(), group == null ? "-------" : group, stamp.cpu(), seconds, ns,
        body));
  }

  /** The line's event as the kernel prints it, or null for one that is no cause. */
  private static String body(TraceEvent event) {
    if (event instanceof TraceEvent.SyscallEnter enter) {
      return entered(enter);
    } else if (event instanceof TraceEvent.SyscallExit exit) {
      return "sys_" + exit.kind().printedName() + " -> 0x" + Long.toHexString(exit.result());
    } else if (event instanceof TraceEvent.PageFault fault) {
      return String.format(Locale.ROOT, "page_fault_%s: address=0x%x ip=0x%x error_code=0x%x",
          fault.user() ? "user" : "kernel", fault.address(), fault.instructionPointer(),
          fault.errorCode());
    } else if (event instanceof TraceEvent.SchedSwitch change) {
      return "sched_switch: prev_comm=" + change.previous().comm() + " prev_pid="
          + change.previous().tid() + " prev_prio=120 prev_state=" + letter(change.previousState())
          + " ==> next_comm=" + change.next().comm() + " next_pid=" + change.next().tid()
          + " next_prio=120";
    } else if (event instanceof TraceEvent.SetMigrationPte set) {
      return String.format(Locale.ROOT, "set_migration_pte: addr=%x, pte=0 order=%d",
          set.address(), set.order());
    } else if (event instanceof TraceEvent.RemoveMigrationPte removed) {
      return String.format(Locale.ROOT, "remove_migration_pte: addr=%x, pte=0 order=%d",
          removed.address(), removed.order());
    } else if (event instanceof TraceEvent.OfMemory memory) {
      return memory(memory.event());
    } else if (event instanceof TraceEvent.NewTask made) {
      return String.format(Locale.ROOT, "task_newtask: pid=%d comm=task clone_flags=%x"
          + " oom_score_adj=0", made.childTid(), made.cloneFlags());
    } else if (event instanceof TraceEvent.ExitMmap) {
      return "exit_mmap: mt_mod 0x0, DESTROY";
    } else if (event instanceof TraceEvent.Exec) {
      return "sched_process_exec: filename=program pid=" + event.stamp().tid() + " old_pid="
          + event.stamp().tid();
    }
    return null;
  }

  private static String memory(MemoryEvent event) {
    if (event instanceof MemoryEvent.Collapse collapse) {
      return String.format(Locale.ROOT, "mm_collapse_huge_page: mm=%x, isolated=1, status=%s",
          collapse.mm(), collapse.status());
    } else if (event instanceof MemoryEvent.KsmMerge merge) {
      return String.format(
          Locale.ROOT, "ksm_merge_with_ksm_page: %spfn %d rmap_item 0 mm %x error %d",
          merge.intoShared() ? "ksm " : "", merge.pfn(), merge.mm(), merge.error());
    }
    return null;
  }

  private static String entered(TraceEvent.SyscallEnter enter) {
    StringBuilder text = new StringBuilder("sys_").append(enter.kind().printedName());
    for (int index = 0; index < enter.arguments().size(); index++) {
      text.append(index == 0 ? "(" : ", ").append(enter.kind().argumentNames().get(index))
          .append(": 0x").append(Long.toHexString(enter.arguments().get(index)));
    }
    return text.append(')').toString();
  }

  private static String letter(ThreadState state) {
    return switch (state) {
      case RUNNABLE -> "R";
      case SLEEPING -> "S";
      case BLOCKED -> "D";
      case IDLE -> "I";
      case STOPPED -> "T";
      case EXITED -> "X";
    };
  }
}
