package dev.shootdown.report;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Fact;
import dev.shootdown.trace.MachineFact;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the CPUs did, in the words of a kernel's own tracer: the tracefs file {@code trace}, with
 * virtual time (event formats as of Linux 6.18, include/trace/events/{tlb,csd,sched}.h).
 *
 * <p>Can: system calls whose arguments the facts tell, {@code tlb_flush} with its reasons, calls by
 * interrupt queued and served, changes of the address space. Operations that are no such call are
 * {@code operation_begin} and {@code operation_end}, which no kernel has. Can't: IOMMUs and
 * devices, which a kernel does not see either.
 */
final class KernelText {
  private static final int FIRST_PID = 1000;
  private static final int CALL_FUNCTION_VECTOR = 252;

  private record Line(long atPs, int cpu, String task, String flags, String event) {}

  private final List<String> cpus;
  private final List<Line> lines = new ArrayList<>();
  private final Map<String, Integer> loaded = new LinkedHashMap<>();
  private final Map<Long, MachineFact.OperationBegan> operations = new LinkedHashMap<>();
  private final Map<String, Long> flushing = new LinkedHashMap<>();

  private KernelText(List<String> cpus) {
    this.cpus = cpus;
  }

  /**
   * Writes the text.
   *
   * @param cpus the CPUs' names in the order of their numbers
   */
  static void write(Appendable out, List<String> cpus, List<FactKeeper.Kept> facts)
      throws IOException {
    KernelText text = new KernelText(cpus);
    for (FactKeeper.Kept kept : facts) {
      int cpu = cpus.indexOf(kept.component());
      if (cpu >= 0) {
        text.seen(kept.atPs(), cpu, kept.component(), kept.fact());
      }
    }
    text.write(out);
  }

  /** Facts tell of some things only when they are over. */
  private void write(Appendable out) throws IOException {
    lines.sort(Comparator.comparingLong(Line::atPs));
    out.append("# tracer: nop\n#\n# entries-in-buffer/entries-written: ")
        .append(lines.size() + "/" + lines.size()).append("   #P:" + cpus.size() + "\n#\n")
        .append("#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION\n")
        .append("#              | |         |   |||||     |         |\n");
    for (Line line : lines) {
      long ns = line.atPs() / 1000;
      out.append(
          String.format(
              Locale.ROOT, "%16s   [%03d] %s %d.%09d: %s\n", line.task(), line.cpu(),
              line.flags(), ns / 1_000_000_000, ns % 1_000_000_000, line.event()));
    }
  }

  private void seen(long atPs, int cpu, String name, Fact fact) {
    if (fact instanceof MachineFact.ContextTaken taken) {
      onContext(atPs, cpu, name, taken);
    } else if (fact instanceof MachineFact.OperationBegan began) {
      operations.put(began.operation(), began);
      line(atPs, cpu, ".....", entered(began));
    } else if (fact instanceof MachineFact.OperationEnded ended) {
      MachineFact.OperationBegan began = operations.remove(ended.operation());
      if (began != null) {
        line(atPs, cpu, ".....", left(began));
      }
    } else if (fact instanceof MachineFact.FlushBegan began) {
      if (began.audience() == MachineFact.Audience.CPU) {
        flushing.put(name, began.operation());
        if (began.targets() > 0) {
          line(atPs, cpu, "...1.", flushed(began.flushed(), "remote ipi send (4)"));
        }
      }
    } else if (fact instanceof MachineFact.FlushEnded ended) {
      if (ended.audience() == MachineFact.Audience.CPU) {
        flushing.remove(name);
      }
    } else if (fact instanceof MachineFact.Dropped dropped) {
      if (dropped.cause() == MachineFact.Cause.INVALIDATED) {
        String reason =
            flushing.containsKey(name) ? "local MM shootdown (3)" : "remote shootdown (1)";
        line(atPs, cpu, "d..1.", flushed(dropped.range(), reason));
      }
    } else if (fact instanceof MachineFact.InterruptSent sent) {
      line(
          atPs, cpu, "...1.",
          "csd_queue_cpu: cpu=" + sent.target()
              + " callsite=smp_call_function_many_cond func=flush_tlb_func csd="
              + String.format(Locale.ROOT, "%016x", sent.operation() << 16 | sent.target()));
    } else if (fact instanceof MachineFact.Stolen stolen) {
      String vector = "vector=" + CALL_FUNCTION_VECTOR;
      line(stolen.fromPs(), cpu, "d.h1.", "call_function_entry: " + vector);
      line(atPs, cpu, "d.h1.", "call_function_exit: " + vector);
    }
  }

  private void onContext(long atPs, int cpu, String name, MachineFact.ContextTaken taken) {
    int before = loaded.getOrDefault(name, -1);
    if (before != taken.mm()) {
      String switched =
          "sched_switch: prev_comm=" + comm(before, cpu) + " prev_pid=" + pid(before)
              + " prev_prio=120 prev_state=S ==> next_comm=" + comm(taken.mm(), cpu)
              + " next_pid=" + pid(taken.mm()) + " next_prio=120";
      line(atPs, cpu, "d..2.", switched);
      loaded.put(name, taken.mm());
    }
  }

  private static String entered(MachineFact.OperationBegan began) {
    long start = began.range().firstPage() << 12;
    long length = began.range().pages() << 12;
    return switch (began.kind()) {
      case "munmap" ->
          String.format(Locale.ROOT, "sys_munmap(addr: 0x%x, len: 0x%x)", start, length);
      case "dontneed" -> advice(start, length, 4);
      case "populate" -> advice(start, length, 23);
      case "mprotect" -> protection(start, length, 1);
      case "mprotect-write" -> protection(start, length, 3);
      default ->
          String.format(
              Locale.ROOT, "operation_begin: kind=%s number=%d addr=0x%x len=0x%x", began.kind(),
              began.operation(), start, length);
    };
  }

  private static String advice(long start, long length, int behavior) {
    return String.format(
        Locale.ROOT, "sys_madvise(start: 0x%x, len_in: 0x%x, behavior: 0x%x)", start, length,
        behavior);
  }

  private static String protection(long start, long length, int prot) {
    return String.format(
        Locale.ROOT, "sys_mprotect(start: 0x%x, len: 0x%x, prot: 0x%x)", start, length, prot);
  }

  private static String left(MachineFact.OperationBegan began) {
    return switch (began.kind()) {
      case "munmap" -> "sys_munmap -> 0x0";
      case "dontneed", "populate" -> "sys_madvise -> 0x0";
      case "mprotect", "mprotect-write" -> "sys_mprotect -> 0x0";
      default -> "operation_end: kind=" + began.kind() + " number=" + began.operation();
    };
  }

  private static String flushed(PageRange range, String reason) {
    return "tlb_flush: pages:" + (range.isAll() ? -1 : range.pages()) + " reason:" + reason;
  }

  private void line(long atPs, int cpu, String flags, String event) {
    int mm = loaded.getOrDefault(cpus.get(cpu), -1);
    String task = mm < 0 ? "<idle>-0" : comm(mm, cpu) + "-" + pid(mm);
    lines.add(new Line(atPs, cpu, task, flags, event));
  }

  private static String comm(int mm, int cpu) {
    return mm < 0 ? "swapper/" + cpu : "mm" + mm;
  }

  private static int pid(int mm) {
    return mm < 0 ? 0 : FIRST_PID + mm;
  }
}
