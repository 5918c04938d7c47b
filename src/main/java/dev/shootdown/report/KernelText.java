package dev.shootdown.report;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Fact;
import dev.shootdown.trace.MachineFact;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What the CPUs did, in the words of a kernel's own tracer: the tracefs file {@code trace}, with
 * virtual time (event formats as of Linux 6.18, include/trace/events/{tlb,csd,sched}.h).
 *
 * <p>Can: system calls whose arguments the facts tell, page faults, {@code tlb_flush} with its
 * reasons, calls by interrupt queued and served, changes of the address space. A process is a
 * thread group with a thread for each CPU, because nobody runs in two places. A fault counts as a
 * write if it let its CPU write; the facts tell neither the instruction nor whether an entry was
 * there, so those are 0. A page that was there from the start is faulted in by whoever is first.
 * Operations that are no such call are
 * {@code operation_begin} and {@code operation_end}, which no kernel has. Can't: IOMMUs and
 * devices, which a kernel does not see either.
 */
final class KernelText {
  private static final int FIRST_PID = 1000;
  private static final int CALL_FUNCTION_VECTOR = 252;
  private static final String FAULT = "fault";
  private static final int CLONE_VM = 0x100;
  private static final int CLONE_THREAD = 0x10000;
  private static final int USER = 4;
  private static final int USER_WRITE = 6;

  private record Line(long atPs, int cpu, String task, String flags, String event) {}

  /** A page fault whose outcome is not known yet. */
  private record Fault(long atPs, int cpu, String task, long page) {}

  private final List<String> cpus;
  private final List<Line> lines = new ArrayList<>();
  private final Map<String, Integer> loaded = new LinkedHashMap<>();
  private final Map<Long, MachineFact.OperationBegan> operations = new LinkedHashMap<>();
  private final Map<Integer, List<Integer>> cpusOf = new LinkedHashMap<>();
  private final Map<Integer, Set<Long>> mapped = new LinkedHashMap<>();
  private final Map<String, Fault> faults = new LinkedHashMap<>();
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
    List.copyOf(text.faults.keySet()).forEach(name -> text.faulted(name, USER));
    text.end();
    text.write(out);
  }

  /** Whoever still runs leaves its CPU with the last line: a reader knows how long it ran. */
  private void end() {
    long lastPs = lines.stream().mapToLong(Line::atPs).max().orElse(0);
    for (int cpu = 0; cpu < cpus.size(); cpu++) {
      int mm = loaded.getOrDefault(cpus.get(cpu), -1);
      if (mm >= 0) {
        line(lastPs, cpu, "d..2.", switched(mm, -1, cpu));
      }
    }
  }

  private String switched(int before, int after, int cpu) {
    return "sched_switch: prev_comm=" + comm(before, cpu) + " prev_pid=" + pid(before, cpu)
        + " prev_prio=120 prev_state=S ==> next_comm=" + comm(after, cpu) + " next_pid="
        + pid(after, cpu) + " next_prio=120";
  }

  /** Facts tell of some things only when they are over. */
  private void write(Appendable out) throws IOException {
    lines.sort(Comparator.comparingLong(Line::atPs));
    out.append("# tracer: nop\n#\n# entries-in-buffer/entries-written: ")
        .append(lines.size() + "/" + lines.size()).append("   #P:" + cpus.size() + "\n#\n")
        .append("#           TASK-PID       TGID     CPU#  |||||  TIMESTAMP  FUNCTION\n")
        .append("#              | |           |         |   |||||     |         |\n");
    for (Line line : lines) {
      long ns = line.atPs() / 1000;
      out.append(
          String.format(
              Locale.ROOT, "%s [%03d] %s %d.%09d: %s\n", line.task(), line.cpu(),
              line.flags(), ns / 1_000_000_000, ns % 1_000_000_000, line.event()));
    }
  }

  private void seen(long atPs, int cpu, String name, Fact fact) {
    if (fact instanceof MachineFact.ContextTaken taken) {
      onContext(atPs, cpu, name, taken);
    } else if (fact instanceof MachineFact.Filled filled) {
      onFilled(atPs, cpu, name, filled);
    } else if (fact instanceof MachineFact.OperationBegan began && began.kind().equals(FAULT)) {
      faulted(name, USER);
      faults.put(name, new Fault(atPs, cpu, task(cpu), began.range().firstPage()));
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
              + " callsite=smp_call_function_many_cond func="
              + (sent.flush() ? "flush_tlb_func" : "tlb_remove_table_smp_sync") + " csd="
              + String.format(Locale.ROOT, "%016x", sent.operation() << 16 | sent.target()));
    } else if (fact instanceof MachineFact.Stolen stolen) {
      String vector = "vector=" + CALL_FUNCTION_VECTOR;
      line(stolen.fromPs(), cpu, "d.h1.", "call_function_entry: " + vector);
      line(atPs, cpu, "d.h1.", "call_function_exit: " + vector);
    }
  }

  /** What a CPU uses before anybody faulted was there from the start; a kernel has faults alone. */
  private void onFilled(long atPs, int cpu, String name, MachineFact.Filled filled) {
    long first = filled.page() >>> filled.order() << filled.order();
    Fault fault = faults.get(name);
    boolean faulted = fault != null && fault.page() >>> filled.order() << filled.order() == first;
    boolean isNew = mapped.computeIfAbsent(filled.mm(), mm -> new HashSet<>()).add(first);
    if (isNew && !faulted) {
      faulted(name, USER);
      faults.put(name, new Fault(atPs, cpu, task(cpu), filled.page()));
    }
    if (isNew || faulted) {
      faulted(name, filled.writable() ? USER_WRITE : USER);
    }
  }

  private void onContext(long atPs, int cpu, String name, MachineFact.ContextTaken taken) {
    int before = loaded.getOrDefault(name, -1);
    if (before != taken.mm()) {
      made(atPs, taken.mm(), cpu);
      line(atPs, cpu, "d..2.", switched(before, taken.mm(), cpu));
      loaded.put(name, taken.mm());
    }
  }

  /** The first time a process is on a CPU: that thread of it is made, by its first one. */
  private void made(long atPs, int mm, int cpu) {
    if (mm < 0) {
      return;
    }
    List<Integer> before = cpusOf.computeIfAbsent(mm, key -> new ArrayList<>());
    if (before.contains(cpu)) {
      return;
    }
    if (!before.isEmpty()) {
      int first = before.get(0);
      String event =
          "task_newtask: pid=" + pid(mm, cpu) + " comm=" + comm(mm, cpu) + " clone_flags="
              + Integer.toHexString(CLONE_VM | CLONE_THREAD) + " oom_score_adj=0";
      lines.add(new Line(atPs, first, task(mm, first), ".....", event));
    }
    before.add(cpu);
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

  /** The fault that {@code name} took last is one of this error code. */
  private void faulted(String name, int errorCode) {
    Fault fault = faults.remove(name);
    if (fault != null) {
      String event =
          String.format(
              Locale.ROOT, "page_fault_user: address=0x%x ip=0x0 error_code=0x%x",
              fault.page() << 12, errorCode);
      lines.add(new Line(fault.atPs(), fault.cpu(), fault.task(), ".....", event));
    }
  }

  private void line(long atPs, int cpu, String flags, String event) {
    lines.add(new Line(atPs, cpu, task(cpu), flags, event));
  }

  private String task(int cpu) {
    return task(loaded.getOrDefault(cpus.get(cpu), -1), cpu);
  }

  private String task(int mm, int cpu) {
    String name = (mm < 0 ? "<idle>" : comm(mm, cpu)) + "-" + pid(mm, cpu);
    String group = mm < 0 ? "-------" : String.valueOf(pid(mm, cpusOf.get(mm).get(0)));
    return String.format(Locale.ROOT, "%16s (%7s)", name, group);
  }

  private static String comm(int mm, int cpu) {
    return mm < 0 ? "swapper/" + cpu : "mm" + mm;
  }

  private int pid(int mm, int cpu) {
    return mm < 0 ? 0 : FIRST_PID + mm * cpus.size() + cpu;
  }
}
