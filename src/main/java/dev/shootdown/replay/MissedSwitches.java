package dev.shootdown.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Fills in context switches that the recording left out.
 *
 * <p>A recording limited to some threads misses the line in which another CPU's idle task makes
 * room for one of them, typically after a migration. A thread that does something on a CPU, or is
 * switched away from it, must have come there: since its last switch away elsewhere, and since that
 * CPU's last recorded switch, whichever is later.
 */
final class MissedSwitches {
  private final Map<Integer, Integer> running = new TreeMap<>();
  private final Map<Integer, Long> switchedPs = new TreeMap<>();
  private final Map<Integer, Long> leftPs = new TreeMap<>();
  private final List<Cause> complete = new ArrayList<>();

  private MissedSwitches() {}

  /** The causes with what must have happened in between, in order of time. */
  static List<Cause> filledIn(List<Cause> causes) {
    MissedSwitches missed = new MissedSwitches();
    for (Cause cause : causes) {
      if (cause instanceof SwitchCause change) {
        missed.seen(change.cpu(), change.prevTid(), change.atPs());
        missed.complete.add(change);
        missed.running.put(change.cpu(), change.nextTid());
        missed.switchedPs.put(change.cpu(), change.atPs());
        missed.leftPs.put(change.prevTid(), change.atPs());
      } else {
        missed.seen(cause.cpu(), cause.tid(), cause.atPs());
        missed.complete.add(cause);
      }
    }
    missed.complete.sort((a, b) -> Long.compare(a.atPs(), b.atPs()));
    return missed.complete;
  }

  /** {@code tid} is on {@code cpu} at {@code atPs}. */
  private void seen(int cpu, int tid, long atPs) {
    if (tid == 0 || running.getOrDefault(cpu, -1) == tid) {
      return;
    }
    long sincePs =
        Math.max(switchedPs.getOrDefault(cpu, atPs), leftPs.getOrDefault(tid, Long.MIN_VALUE));
    if (!switchedPs.containsKey(cpu) && leftPs.containsKey(tid)) {
      sincePs = leftPs.get(tid);
    }
    int before = running.getOrDefault(cpu, 0);
    complete.add(
        new SwitchCause(Math.min(sincePs, atPs), cpu, before, ThreadState.RUNNABLE, tid));
    running.put(cpu, tid);
    switchedPs.put(cpu, Math.min(sincePs, atPs));
  }
}
