package dev.shootdown.replay;

import dev.shootdown.address.PageRange;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Walks over a recording and judges each system call that takes pages or rights away, by who ran
 * where meanwhile and by what the kernel flushed.
 */
final class CallCheck {
  private static final int PAGE_SHIFT = 12;
  private static final long PAGE_LIMIT = 1L << 35;
  /** Pages of one MADV_POPULATE that are kept in mind: 4 GiB. */
  private static final long POPULATE_LIMIT = 1L << 20;

  private final Recording recording;
  private final IntFunction<OptionalInt> spaceOf;
  private final Consumer<TraceCheck.Finding> found;
  private final TreeMap<Integer, Open> openByTid = new TreeMap<>();
  private final TreeMap<Integer, Integer> tidByCpu = new TreeMap<>();
  private final TreeMap<Integer, TreeSet<Long>> presentBySpace = new TreeMap<>();
  private long judged;

  /** A call under way. */
  private static final class Open {
    private final TraceEvent.SyscallEnter enter;
    private final int space;
    private final PageRange range;
    private final TreeSet<Integer> partnersThroughout = new TreeSet<>();
    private final List<TraceCheck.Finding> races = new ArrayList<>();
    private boolean flushed;
    private boolean meant;
    private boolean queued;

    Open(TraceEvent.SyscallEnter enter, int space, PageRange range) {
      this.enter = enter;
      this.space = space;
      this.range = range;
    }
  }

  CallCheck(Recording recording, IntFunction<OptionalInt> spaceOf,
      Consumer<TraceCheck.Finding> found) {
    this.recording = recording;
    this.spaceOf = spaceOf;
    this.found = found;
  }

  /** Calls that could be judged: something was mapped, and somebody of the space ran elsewhere. */
  long judged() {
    return judged;
  }

  void run() {
    Reading reading = recording.reading();
    if (reading.count("tlb_flush") == 0 || reading.count("sched_switch") == 0) {
      return;
    }
    recording.events().forEach(this::on);
  }

  private void on(TraceEvent event) {
    Stamp stamp = event.stamp();
    if (event instanceof TraceEvent.SchedSwitch change) {
      onSwitch(stamp.cpu(), change.next().tid());
      return;
    }
    if (tidByCpu.getOrDefault(stamp.cpu(), -1) != stamp.tid()) {
      onSwitch(stamp.cpu(), stamp.tid());
    }
    if (event instanceof TraceEvent.SyscallEnter enter) {
      onEnter(enter);
    } else if (event instanceof TraceEvent.SyscallExit exit) {
      onExit(exit);
    } else if (event instanceof TraceEvent.PageFault fault) {
      onFault(fault);
    } else {
      onEffect(event);
    }
  }

  /** Whoever leaves a CPU, or is not of the space, was no partner throughout. */
  private void onSwitch(int cpu, int tid) {
    tidByCpu.put(cpu, tid);
    for (Open open : openByTid.values()) {
      if (spaceOf.apply(tid).orElse(-1) != open.space) {
        open.partnersThroughout.remove(cpu);
      }
    }
  }

  private void onEnter(TraceEvent.SyscallEnter enter) {
    int tid = enter.stamp().tid();
    OptionalInt space = spaceOf.apply(tid);
    PageRange range = range(enter.arguments().get(0), enter.arguments().get(1));
    openByTid.remove(tid);
    if (space.isEmpty() || range.pages() == 0) {
      return;
    }
    Open open = new Open(enter, space.getAsInt(), range);
    tidByCpu.forEach((cpu, running) -> {
      boolean partner = cpu != enter.stamp().cpu() && running != 0
          && spaceOf.apply(running).orElse(-1) == open.space;
      if (partner) {
        open.partnersThroughout.add(cpu);
      }
    });
    openByTid.put(tid, open);
  }

  private void onFault(TraceEvent.PageFault fault) {
    int tid = fault.stamp().tid();
    OptionalInt space = spaceOf.apply(tid);
    long page = fault.address() >>> PAGE_SHIFT;
    if (space.isEmpty() || page >= PAGE_LIMIT) {
      return;
    }
    present(space.getAsInt()).add(page);
    for (Open open : openByTid.values()) {
      if (open.space == space.getAsInt() && open.enter.stamp().tid() != tid
          && open.range.contains(page) && takes(open.enter)) {
        open.races.add(new TraceCheck.Finding(TraceCheck.Kind.FAULT_IN_FLIGHT,
            fault.stamp().line(), "thread " + tid + " faulted on page 0x" + Long.toHexString(page)
                + " while " + text(open) + " was taking it away"));
      }
    }
  }

  private void onEffect(TraceEvent event) {
    Open open = openByTid.get(event.stamp().tid());
    if (open == null) {
      return;
    }
    if (event instanceof TraceEvent.TlbFlush flush) {
      open.flushed |= flush.reason() == FlushReason.LOCAL
          || flush.reason() == FlushReason.LOCAL_BATCH;
      open.meant |= flush.reason() == FlushReason.REMOTE_INTENT;
    } else if (event instanceof TraceEvent.CsdQueue queue) {
      open.queued |= queue.function().equals(TraceEvent.FLUSH_FUNCTION);
    }
  }

  private void onExit(TraceEvent.SyscallExit exit) {
    Open open = openByTid.remove(exit.stamp().tid());
    if (open == null || open.enter.kind() != exit.kind()
        || exit.result() < 0 && exit.result() >= -4095) {
      return;
    }
    if (populates(open.enter)) {
      long end = Math.min(open.range.endPage(), open.range.firstPage() + POPULATE_LIMIT);
      for (long page = open.range.firstPage(); page < end; page++) {
        present(open.space).add(page);
      }
      return;
    }
    PageRange taken = taken(open, exit.result());
    NavigableSet<Long> pages = present(open.space)
        .subSet(taken.firstPage(), true, taken.endPage(), false);
    if (!pages.isEmpty() && !open.partnersThroughout.isEmpty()) {
      judge(open);
    }
    if (taken.pages() > 0) {
      open.races.forEach(found);
    }
    if (exit.kind() == Syscall.MREMAP) {
      long shift = (exit.result() >>> PAGE_SHIFT) - open.range.firstPage();
      List<Long> moved = new ArrayList<>(pages);
      pages.clear();
      if (shift != 0) {
        moved.forEach(page -> present(open.space).add(page + shift));
      }
    } else if (exit.kind() != Syscall.MPROTECT) {
      pages.clear();
    }
  }

  /** The pages that a call took away, or took rights from; of mremap only its result tells. */
  private static PageRange taken(Open open, long result) {
    PageRange range = open.range;
    if (open.enter.kind() != Syscall.MREMAP) {
      return takes(open.enter) ? range : new PageRange(range.firstPage(), 0);
    }
    if (result >>> PAGE_SHIFT != range.firstPage()) {
      return range;
    }
    long kept = Math.min(range.pages(), open.enter.arguments().get(2) + 0xfff >>> PAGE_SHIFT);
    return new PageRange(range.firstPage() + kept, range.pages() - kept);
  }

  private void judge(Open open) {
    judged++;
    int line = open.enter.stamp().line();
    String partners = " while CPU " + open.partnersThroughout + " ran the same address space";
    if (!open.flushed && !open.meant && !open.queued) {
      found.accept(new TraceCheck.Finding(TraceCheck.Kind.FLUSH_MISSING, line,
          text(open) + " flushed nothing" + partners));
    } else if (open.meant && !open.queued) {
      found.accept(new TraceCheck.Finding(TraceCheck.Kind.FLUSH_ELSEWHERE, line,
          text(open) + " meant to have others flush and queued nothing" + partners));
    } else if (open.flushed && !open.meant && !open.queued) {
      found.accept(new TraceCheck.Finding(TraceCheck.Kind.FLUSH_MISSING, line,
          text(open) + " flushed its own CPU alone" + partners));
    }
  }

  private TreeSet<Long> present(int space) {
    return presentBySpace.computeIfAbsent(space, key -> new TreeSet<>());
  }

  private static boolean populates(TraceEvent.SyscallEnter enter) {
    return enter.kind() == Syscall.MADVISE
        && (enter.arguments().get(2) == 0x16 || enter.arguments().get(2) == 0x17);
  }

  /** Whether the call takes pages or the right to write away. */
  private static boolean takes(TraceEvent.SyscallEnter enter) {
    return switch (enter.kind()) {
      case MUNMAP -> true;
      case MPROTECT -> (enter.arguments().get(2) & 2) == 0;
      case MADVISE -> enter.arguments().get(2) == 4;
      case MREMAP -> true; // How much it took is known at its end.
      case MMAP -> (enter.arguments().get(3) & SystemCall.MAP_FIXED) != 0;
    };
  }

  private static String text(Open open) {
    return open.enter.kind().printedName() + " of " + open.range.pages() + " pages at 0x"
        + Long.toHexString(open.range.firstPage() << PAGE_SHIFT) + " by thread "
        + open.enter.stamp().tid();
  }

  private static PageRange range(long startAddress, long lengthBytes) {
    long firstPage = startAddress >>> PAGE_SHIFT;
    long endPage = (startAddress + lengthBytes + 0xfff) >>> PAGE_SHIFT;
    boolean sane = startAddress >= 0 && endPage >= firstPage && endPage < PAGE_LIMIT;
    return sane ? new PageRange(firstPage, endPage - firstPage) : new PageRange(0, 0);
  }
}
