package dev.shootdown.replay;

import dev.shootdown.address.PageRange;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Walks over a recording and judges each system call that takes pages or rights away, by who ran
 * where meanwhile and by what the kernel flushed.
 */
final class CallCheck {
  private static final int PAGE_SHIFT = 12;
  private static final long PAGE_LIMIT = 1L << 35;
  /** Pages of one MADV_POPULATE that are kept in mind: 4 GiB. */
  private static final long POPULATE_LIMIT = 1L << 20;
  /** MADV_POPULATE_READ and _WRITE, Linux include/uapi/asm-generic/mman-common.h. */
  private static final long POPULATE_READ = 0x16;
  private static final long POPULATE_WRITE = 0x17;
  /** Of a fault's error code. */
  private static final int WRITE = 2;

  private final Recording recording;
  private final AddressSpaces spaces;
  private final Images images;
  private final TreeMap<Integer, Cause> endsByPosition = new TreeMap<>();
  private final Consumer<TraceCheck.Finding> found;
  private final TreeMap<Integer, Open> openByTid = new TreeMap<>();
  private final TreeMap<Integer, Integer> tidByCpu = new TreeMap<>();
  private final TreeMap<Integer, TreeSet<Long>> presentBySpace = new TreeMap<>();
  private final TreeMap<Integer, TreeSet<Long>> writableBySpace = new TreeMap<>();
  private long judged;

  /** A call under way. */
  private static final class Open {
    private final TraceEvent.SyscallEnter enter;
    private final int space;
    private final PageRange range;
    private final TreeSet<Integer> partnersThroughout = new TreeSet<>();
    private final List<TraceCheck.Finding> races = new ArrayList<>();
    private final TreeSet<Integer> queued = new TreeSet<>();
    private boolean flushed;
    private boolean meant;

    Open(TraceEvent.SyscallEnter enter, int space, PageRange range) {
      this.enter = enter;
      this.space = space;
      this.range = range;
    }
  }

  CallCheck(
      Recording recording, AddressSpaces spaces, Consumer<TraceCheck.Finding> found) {
    this.recording = recording;
    this.spaces = spaces;
    this.images = new Images(recording.groups());
    for (Causes.Located located : Causes.located(recording)) {
      if (located.cause() instanceof EndCause) {
        endsByPosition.put(located.from(), located.cause());
      }
    }
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
    List<TraceEvent> events = recording.events();
    for (int index = 0; index < events.size(); index++) {
      on(events.get(index));
      if (endsByPosition.containsKey(index)) {
        ended(endsByPosition.get(index));
      }
    }
  }

  /** What was mapped before exec is not what is mapped after it. */
  private void ended(Cause end) {
    OptionalInt space = spaceOf(end.tid());
    if (((EndCause) end).tornDown() && space.isPresent()) {
      presentBySpace.remove(space.getAsInt());
      writableBySpace.remove(space.getAsInt());
    }
    images.on(end);
  }

  private OptionalInt spaceOf(int tid) {
    return spaces.spaceOf(tid, images.of(tid));
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
      if (spaceOf(tid).orElse(-1) != open.space) {
        open.partnersThroughout.remove(cpu);
      }
    }
  }

  private void onEnter(TraceEvent.SyscallEnter enter) {
    int tid = enter.stamp().tid();
    OptionalInt space = spaceOf(tid);
    PageRange range = range(enter.arguments().get(0), enter.arguments().get(1));
    openByTid.remove(tid);
    if (space.isEmpty() || range.pages() == 0) {
      return;
    }
    Open open = new Open(enter, space.getAsInt(), range);
    tidByCpu.forEach((cpu, running) -> {
      boolean partner = cpu != enter.stamp().cpu() && running != 0
          && spaceOf(running).orElse(-1) == open.space;
      if (partner) {
        open.partnersThroughout.add(cpu);
      }
    });
    openByTid.put(tid, open);
  }

  private void onFault(TraceEvent.PageFault fault) {
    int tid = fault.stamp().tid();
    OptionalInt space = spaceOf(tid);
    long page = fault.address() >>> PAGE_SHIFT;
    if (space.isEmpty() || page >= PAGE_LIMIT) {
      return;
    }
    present(space.getAsInt()).add(page);
    if ((fault.errorCode() & WRITE) != 0) {
      writable(space.getAsInt()).add(page);
    }
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
    if (event instanceof TraceEvent.TlbFlush done
        && done.reason() == FlushReason.REMOTE_DONE) {
      openByTid.values().stream().filter(call -> call.meant)
          .forEach(call -> call.queued.add(done.stamp().cpu()));
    }
    Open open = openByTid.get(event.stamp().tid());
    if (open == null) {
      return;
    }
    if (event instanceof TraceEvent.TlbFlush flush) {
      open.flushed |= flush.reason() == FlushReason.LOCAL
          || flush.reason() == FlushReason.LOCAL_BATCH;
      open.meant |= flush.reason() == FlushReason.REMOTE_INTENT;
    } else if (event instanceof TraceEvent.CsdQueue queue) {
      if (queue.function().equals(TraceEvent.FLUSH_FUNCTION)) {
        open.queued.add(queue.targetCpu());
      }
    } else if (event instanceof TraceEvent.IpiMask mask && open.meant) {
      open.queued.addAll(mask.targetCpus());
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
        if (open.enter.arguments().get(2) == POPULATE_WRITE) {
          writable(open.space).add(page);
        }
      }
      return;
    }
    PageRange taken = taken(open, exit.result());
    NavigableSet<Long> pages = within(present(open.space), taken);
    NavigableSet<Long> lost =
        takesWriting(open.enter) ? within(writable(open.space), taken) : pages;
    if (!lost.isEmpty() && !open.partnersThroughout.isEmpty()) {
      judge(open, lost);
    }
    within(writable(open.space), taken).clear();
    if (taken.pages() > 0) {
      open.races.forEach(found);
    }
    if (exit.kind() == Syscall.MREMAP) {
      long shift = (exit.result() >>> PAGE_SHIFT) - open.range.firstPage();
      List<Long> moved = new ArrayList<>(pages);
      pages.clear();
      if (shift != 0) {
        moved.forEach(page -> present(open.space).add(page + shift));
        moved.forEach(page -> writable(open.space).add(page + shift));
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

  /** Asks the judges who of those that ran throughout could still use what was taken away. */
  private void judge(Open open, NavigableSet<Long> pages) {
    judged++;
    List<String> left = HeldRights.left(new HeldRights.Case(open.space, pages,
        takesWriting(open.enter), name(open.enter.stamp().cpu()),
        open.partnersThroughout.stream().map(CallCheck::name).toList(),
        open.queued.stream().map(CallCheck::name).toList()));
    if (left.isEmpty()) {
      return;
    }
    int line = open.enter.stamp().line();
    String partners = " while CPU " + open.partnersThroughout + " ran the same address space; "
        + String.join(", ", left) + " could still " + (takesWriting(open.enter) ? "write" : "use")
        + " its pages after the return";
    if (open.meant) {
      found.accept(new TraceCheck.Finding(TraceCheck.Kind.FLUSH_ELSEWHERE, line,
          text(open) + " meant to have others flush and did not queue it for all of them"
              + partners));
    } else {
      found.accept(new TraceCheck.Finding(TraceCheck.Kind.FLUSH_MISSING, line,
          text(open) + (open.flushed ? " flushed its own CPU alone" : " flushed nothing")
              + partners));
    }
  }

  private static String name(int cpu) {
    return "cpu" + cpu;
  }

  private static NavigableSet<Long> within(TreeSet<Long> pages, PageRange range) {
    return pages.subSet(range.firstPage(), true, range.endPage(), false);
  }

  private TreeSet<Long> writable(int space) {
    return writableBySpace.computeIfAbsent(space, key -> new TreeSet<>());
  }

  private TreeSet<Long> present(int space) {
    return presentBySpace.computeIfAbsent(space, key -> new TreeSet<>());
  }

  private static boolean populates(TraceEvent.SyscallEnter enter) {
    return enter.kind() == Syscall.MADVISE
        && (enter.arguments().get(2) == POPULATE_READ
            || enter.arguments().get(2) == POPULATE_WRITE);
  }

  /** Whether it takes the right to write and leaves that to read. */
  private static boolean takesWriting(TraceEvent.SyscallEnter enter) {
    return enter.kind() == Syscall.MPROTECT && (enter.arguments().get(2) & 1) != 0;
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
