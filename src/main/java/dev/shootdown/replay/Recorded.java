package dev.shootdown.replay;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;

/**
 * What the recorded kernel did: flushes per operation and in total, to hold a simulation against.
 *
 * <p>A flush belongs to the system call its thread is in, from the line of its begin to that of its
 * end; else to the thread's last page fault, until the thread's next line that is not itself about
 * flushing. A fault inside a call belongs to the call. A fork or the end of a program, whose line
 * follows its flush, has its thread's flushes of a whole address space since the last call or
 * fault. What remote CPUs did is followed from the queued call structure to the run that takes it
 * up.
 *
 * @param effects for every cause that is no switch, in the order of {@link Causes#list()}
 * @param outside what belongs to none of them: what no event shows, such as fork without {@code
 *     task_newtask}, mmap over an older mapping without its call, and kernel threads
 * @param totals over the whole trace
 */
public record Recorded(List<Effect> effects, FlushCounts outside, Totals totals) {

  /**
   * What one cause led to.
   *
   * @param before what its thread did between the operation before and this one, which belongs to
   *     neither: it is counted as outside
   */
  public record Effect(Cause cause, FlushCounts flushes, FlushCounts before) {}

  /**
   * Counts over the whole trace.
   *
   * @param flushes the sum of all effects and of what is outside
   * @param switchFlushes address spaces loaded with a flush (reason 0, pages not 0)
   * @param switchesKept address spaces loaded with their entries still good (reason 0, pages 0)
   * @param wrongCpu requests that met a CPU no longer concerned (reason 5)
   * @param otherQueued calls queued for other CPUs that are not flushes
   */
  public record Totals(FlushCounts flushes, long switchFlushes, long switchesKept, long wrongCpu,
      long otherQueued) {}

  /** Counts a recording. */
  public static Recorded of(Recording recording) {
    Walk walk = new Walk(Causes.located(recording), recording.events());
    for (int index = 0; index < recording.events().size(); index++) {
      walk.on(index, recording.events().get(index));
    }
    return walk.recorded();
  }

  /** One operation's counts while they grow. */
  private static final class Tally {
    private long local;
    private long batched;
    private long intents;
    private long answered;
    private long queued;
    private long remoteDone;
    private boolean waiting;

    private void onIntent() {
      intents++;
      waiting = true;
    }

    private void onQueued() {
      queued++;
      answered += waiting ? 1 : 0;
      waiting = false;
    }

    private FlushCounts counts() {
      return new FlushCounts(local, batched, intents, intents - answered, queued, remoteDone);
    }
  }

  private static final class Walk {
    private final List<Causes.Located> operations = new ArrayList<>();
    private final List<Tally> tallies = new ArrayList<>();
    /** The operations that begin with a line of flushing, by its index. */
    private final TreeMap<Integer, Integer> flushedFirst = new TreeMap<>();
    private final TreeMap<Integer, Integer> openByTid = new TreeMap<>();
    private final TreeMap<Integer, Tally> outsideByTid = new TreeMap<>();
    /** By operation, what came before it. */
    private final TreeMap<Integer, Tally> before = new TreeMap<>();
    private final List<Tally> outside = new ArrayList<>();
    private final TreeMap<Integer, Tally> askerByCsd = new TreeMap<>();
    private final TreeMap<Integer, Tally> servedByCpu = new TreeMap<>();
    private final Tally strangers = new Tally();
    private int nextOperation;
    private long switchFlushes;
    private long switchesKept;
    private long wrongCpu;
    private long otherQueued;

    Walk(List<Causes.Located> causes, List<TraceEvent> events) {
      TreeMap<Integer, Integer> byLine = new TreeMap<>();
      for (Causes.Located located : causes) {
        if (!(located.cause() instanceof SwitchCause)) {
          if (followsItsFlush(located.cause())) {
            byLine.put(located.from(), operations.size());
          }
          operations.add(located);
          tallies.add(new Tally());
        }
      }
      findFlushes(byLine, events);
    }

    private static boolean followsItsFlush(Cause cause) {
      return cause instanceof ForkCause || cause instanceof EndCause
          || cause instanceof DaemonCause;
    }

    private void findFlushes(TreeMap<Integer, Integer> byLine, List<TraceEvent> events) {
      TreeMap<Integer, Integer> wholeByTid = new TreeMap<>();
      for (int index = 0; index < events.size(); index++) {
        TraceEvent event = events.get(index);
        int tid = event.stamp().tid();
        if (event instanceof TraceEvent.TlbFlush flush) {
          if (flush.pages() < 0 && flush.reason() != FlushReason.TASK_SWITCH) {
            wholeByTid.putIfAbsent(tid, index);
          }
        } else if (!event.isFlushEffect() && !(event instanceof TraceEvent.SchedSwitch)
            && !(event instanceof TraceEvent.Other)) {
          Integer from = wholeByTid.remove(tid);
          if (from != null && byLine.containsKey(index)) {
            flushedFirst.put(from, byLine.get(index));
          }
        }
      }
    }

    void on(int index, TraceEvent event) {
      int tid = event.stamp().tid();
      if (flushedFirst.containsKey(index)) {
        openByTid.put(tid, flushedFirst.get(index));
      }
      if (!event.isFlushEffect()) {
        closeIfOver(index, tid);
        openIfBegun(index, tid);
      } else if (event instanceof TraceEvent.TlbFlush flush) {
        onFlush(flush);
      } else if (event instanceof TraceEvent.CsdQueue queue) {
        onQueue(queue);
      } else if (event instanceof TraceEvent.CsdEntry entry && entry.csd() != 0) {
        Tally asker = askerByCsd.remove(entry.csd());
        servedByCpu.put(entry.stamp().cpu(), asker == null ? strangers : asker);
      } else if (event instanceof TraceEvent.CsdExit exit && exit.csd() != 0) {
        servedByCpu.remove(exit.stamp().cpu());
      }
    }

    /**
     * A call is over with its own last line. A fault, which has no end in a trace, is over with its
     * thread's next doing: its only line lies behind.
     */
    private void closeIfOver(int index, int tid) {
      Integer open = openByTid.get(tid);
      if (open != null && operations.get(open).until() <= index) {
        openByTid.remove(tid);
      }
    }

    private void openIfBegun(int index, int tid) {
      if (nextOperation < operations.size() && operations.get(nextOperation).from() == index) {
        if (!followsItsFlush(operations.get(nextOperation).cause())) {
          openByTid.putIfAbsent(tid, nextOperation);
        }
        Tally since = outsideByTid.remove(tid);
        if (since != null) {
          before.put(nextOperation, since);
        }
        nextOperation++;
      }
    }

    private void onFlush(TraceEvent.TlbFlush flush) {
      Tally own = tallyOf(flush.stamp().tid());
      switch (flush.reason()) {
        case TASK_SWITCH -> {
          switchesKept += flush.pages() == 0 ? 1 : 0;
          switchFlushes += flush.pages() == 0 ? 0 : 1;
        }
        case REMOTE_DONE -> servedByCpu.getOrDefault(flush.stamp().cpu(), strangers).remoteDone++;
        case LOCAL_BATCH -> own.batched++;
        case LOCAL -> own.local++;
        case REMOTE_INTENT -> own.onIntent();
        case WRONG_CPU -> wrongCpu++;
      }
    }

    private void onQueue(TraceEvent.CsdQueue queue) {
      if (!queue.function().equals(TraceEvent.FLUSH_FUNCTION)) {
        otherQueued++;
        return;
      }
      Tally asker = tallyOf(queue.stamp().tid());
      asker.onQueued();
      askerByCsd.put(queue.csd(), asker);
    }

    private Tally tallyOf(int tid) {
      Integer open = openByTid.get(tid);
      return open == null
          ? outsideByTid.computeIfAbsent(tid, unused -> newOutside()) : tallies.get(open);
    }

    private Tally newOutside() {
      Tally tally = new Tally();
      outside.add(tally);
      return tally;
    }

    Recorded recorded() {
      FlushCounts none = strangers.counts();
      for (Tally tally : outside) {
        none = none.plus(tally.counts());
      }
      FlushCounts sum = none;
      List<Effect> effects = new ArrayList<>();
      for (int index = 0; index < operations.size(); index++) {
        FlushCounts counts = tallies.get(index).counts();
        Tally since = before.get(index);
        effects.add(
            new Effect(
                operations.get(index).cause(), counts,
                since == null ? FlushCounts.NONE : since.counts()));
        sum = sum.plus(counts);
      }
      return new Recorded(Collections.unmodifiableList(effects), none,
          new Totals(sum, switchFlushes, switchesKept, wrongCpu, otherQueued));
    }
  }
}
