package dev.shootdown.replay;

import java.util.Map;
import java.util.TreeMap;

/**
 * Which program each thread runs at the moment, while causes go by in order: 0 at first, one more
 * with each exec. Threads of a process that is known change together.
 */
final class Images {
  private final Map<Integer, Integer> processes;
  private final TreeMap<Integer, Integer> imageByProcess = new TreeMap<>();

  /** {@code processes} is the thread group of each thread that is known. */
  Images(Map<Integer, Integer> processes) {
    this.processes = processes;
  }

  /** The program that {@code tid} runs now. */
  int of(int tid) {
    return imageByProcess.getOrDefault(process(tid), 0);
  }

  /** Takes in what happened; what came before it was still the old program's. */
  void on(Cause cause) {
    if (cause instanceof EndCause end && end.exec()) {
      imageByProcess.merge(process(end.tid()), 1, Integer::sum);
    }
  }

  private int process(int tid) {
    return processes.getOrDefault(tid, tid);
  }
}
