package dev.shootdown.replay;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the recorded workload did, in order of begin.
 *
 * <p>Only system calls, page faults, migrations, what khugepaged and KSM did, forks, ends of
 * programs and switches count. Lines of {@code tlb_flush}, call structures and interrupts are the
 * recorded kernel's answer: if they fed a replay, the simulation would be told what it is to
 * predict.
 *
 * @param list in order of time; equal times in order of the file
 * @param names each thread's last name as those lines print it
 * @param unfinished calls without a recorded end; left out
 * @param headless ends of calls whose begin was not recorded; left out
 */
public record Causes(
    List<Cause> list, SortedMap<Integer, String> names, int unfinished, int headless) {

  /** Takes the causes out of a recording. */
  public static Causes of(Recording recording) {
    return Extraction.of(recording).causes();
  }

  /**
   * The same causes with their places in {@link Recording#events()}.
   *
   * @param from index of the line that begins it
   * @param until index of the line that ends it; for a fault or a switch the same one
   */
  record Located(int from, int until, Cause cause) {}

  /** The causes with their places, for what happened in between. */
  static List<Located> located(Recording recording) {
    return Extraction.of(recording).found();
  }

  private static final class Extraction {
    /** A 2 MiB page. */
    private static final int HUGE_ORDER = 9;

    private final List<Located> found = new ArrayList<>();
    private final TreeMap<Integer, Open> openByTid = new TreeMap<>();
    private final TreeMap<Integer, Migration> migrations = new TreeMap<>();
    private final TreeMap<Integer, String> names = new TreeMap<>();
    /** Where each thread acts for the last time. */
    private final TreeMap<Integer, Integer> lastActByTid = new TreeMap<>();
    /** Threads that have called or faulted since their program began. */
    private final TreeSet<Integer> touchedTids = new TreeSet<>();
    private int position = -1;
    private int unfinished;
    private int headless;

    private record Open(TraceEvent.SyscallEnter enter, int position) {}

    /** Pages of one batch so far. */
    private record Migration(Stamp stamp, int position, TreeSet<Long> pages) {}

    static Extraction of(Recording recording) {
      Extraction extraction = new Extraction();
      extraction.lookAhead(recording.events());
      recording.events().forEach(extraction::on);
      new ArrayList<>(extraction.migrations.keySet()).forEach(extraction::endMigration);
      extraction.found.sort(Comparator.comparingInt(Located::from));
      return extraction;
    }

    List<Located> found() {
      return found;
    }

    /** Whether a thread goes on after its address space is gone is seen from what follows. */
    private void lookAhead(List<TraceEvent> events) {
      for (int index = 0; index < events.size(); index++) {
        TraceEvent event = events.get(index);
        if (event instanceof TraceEvent.SyscallEnter || event instanceof TraceEvent.PageFault
            || event instanceof TraceEvent.Exec) {
          lastActByTid.put(event.stamp().tid(), index);
        }
      }
    }

    private void on(TraceEvent event) {
      position++;
      if (event instanceof TraceEvent.SetMigrationPte taken) {
        onMigration(taken);
        return;
      }
      if (!event.isFlushEffect()) {
        endMigration(event.stamp().tid());
      }
      if (event instanceof TraceEvent.SyscallEnter enter) {
        onEnter(enter);
      } else if (event instanceof TraceEvent.SyscallExit exit) {
        onExit(exit);
      } else if (event instanceof TraceEvent.PageFault fault) {
        onFault(fault);
      } else if (event instanceof TraceEvent.SchedSwitch change) {
        onSwitch(change);
      } else if (event instanceof TraceEvent.NewTask made && made.isFork()) {
        Stamp stamp = made.stamp();
        add(position, new ForkCause(stamp.atPs(), stamp.cpu(), stamp.tid(), made.childTid()));
      } else if (event instanceof TraceEvent.ExitMmap || event instanceof TraceEvent.Exec) {
        onEnd(event);
      } else if (event instanceof TraceEvent.OfMemory memory) {
        onMemory(memory);
      }
    }

    /** What a call asked for is the call's. */
    private void onMemory(TraceEvent.OfMemory memory) {
      Stamp stamp = memory.stamp();
      if (openByTid.containsKey(stamp.tid())) {
        return;
      }
      if (memory.event() instanceof MemoryEvent.Collapse collapse && collapse.succeeded()) {
        name(stamp);
        add(position, new DaemonCause(
            stamp.atPs(), stamp.cpu(), stamp.tid(), collapse.mm(), DaemonCause.What.COLLAPSED));
      } else if (memory.event() instanceof MemoryEvent.KsmMerge merge && merge.error() == 0) {
        name(stamp);
        add(position, new DaemonCause(
            stamp.atPs(), stamp.cpu(), stamp.tid(), merge.mm(),
            merge.intoShared() ? DaemonCause.What.MERGED : DaemonCause.What.SHARED));
      }
    }

    /** Of exec, {@code exit_mmap} comes first, but not if vfork's parent keeps the space. */
    private void onEnd(TraceEvent event) {
      Stamp stamp = event.stamp();
      boolean tornDown = event instanceof TraceEvent.ExitMmap;
      boolean exec = lastActByTid.getOrDefault(stamp.tid(), -1) >= position;
      if (tornDown || touchedTids.contains(stamp.tid())) {
        add(position, new EndCause(stamp.atPs(), stamp.cpu(), stamp.tid(), tornDown, exec));
        touchedTids.remove(stamp.tid());
      }
    }

    private void onMigration(TraceEvent.SetMigrationPte taken) {
      Stamp stamp = taken.stamp();
      name(stamp);
      long first = taken.address() >>> 12;
      Migration batch = migrations.computeIfAbsent(
          stamp.tid(), tid -> new Migration(stamp, position, new TreeSet<>()));
      for (long page = 0; page < 1L << Math.min(taken.order(), HUGE_ORDER); page++) {
        batch.pages().add(first + page);
      }
    }

    /** A batch is over with its thread's next doing, which for most is to remove the entries. */
    private void endMigration(int tid) {
      Migration batch = migrations.remove(tid);
      if (batch != null) {
        Stamp stamp = batch.stamp();
        add(batch.position(), new MigrateCause(
            stamp.atPs(), stamp.cpu(), tid, Footprint.runs(batch.pages())));
      }
    }

    private void onEnter(TraceEvent.SyscallEnter enter) {
      name(enter.stamp());
      if (openByTid.put(enter.stamp().tid(), new Open(enter, position)) != null) {
        unfinished++;
      }
    }

    private void onExit(TraceEvent.SyscallExit exit) {
      Stamp until = exit.stamp();
      name(until);
      Open open = openByTid.remove(until.tid());
      if (open == null) {
        headless++;
        return;
      }
      TraceEvent.SyscallEnter enter = open.enter();
      if (enter.kind() != exit.kind()) {
        unfinished++;
        headless++;
        return;
      }
      Stamp from = enter.stamp();
      touchedTids.add(from.tid());
      add(open.position(), new SyscallCause(from.atPs(), until.atPs(), from.cpu(), until.cpu(),
          from.tid(), new SystemCall(enter.kind(), enter.arguments(), exit.result())));
    }

    private void onFault(TraceEvent.PageFault fault) {
      Stamp stamp = fault.stamp();
      name(stamp);
      touchedTids.add(stamp.tid());
      add(position, new FaultCause(stamp.atPs(), stamp.cpu(), stamp.tid(), fault.address(),
          fault.instructionPointer(), fault.errorCode()));
    }

    private void onSwitch(TraceEvent.SchedSwitch change) {
      names.put(change.previous().tid(), change.previous().comm());
      names.put(change.next().tid(), change.next().comm());
      add(position, new SwitchCause(change.stamp().atPs(), change.stamp().cpu(),
          change.previous().tid(), change.previousState(), change.next().tid()));
    }

    private void name(Stamp stamp) {
      names.put(stamp.tid(), stamp.comm());
    }

    private void add(int at, Cause cause) {
      found.add(new Located(at, position, cause));
    }

    Causes causes() {
      List<Cause> list = new ArrayList<>();
      found.forEach(located -> list.add(located.cause()));
      return new Causes(Collections.unmodifiableList(list),
          Collections.unmodifiableSortedMap(names), unfinished + openByTid.size(), headless);
    }
  }
}
