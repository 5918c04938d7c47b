package dev.shootdown.replay;

import java.util.Collections;
import java.util.TreeMap;

/** Collects a {@link Reading} while lines go by. */
final class ReadingTally {
  private final TreeMap<String, Integer> eventCounts = new TreeMap<>();
  private final TreeMap<Trouble, Reading.Finding> findings = new TreeMap<>();
  private final TreeMap<Integer, Long> latestPsByCpu = new TreeMap<>();
  private long latestPs = Long.MIN_VALUE;
  private int declaredCpuCount;
  private int highestCpu = -1;

  void found(Trouble trouble, int line) {
    found(trouble, line, 1);
  }

  void found(Trouble trouble, int line, long count) {
    Reading.Finding finding = findings.get(trouble);
    findings.put(trouble, finding == null
        ? new Reading.Finding(count, line)
        : new Reading.Finding(finding.count() + count, finding.firstLine()));
  }

  void declaredCpus(int cpuCount) {
    declaredCpuCount = cpuCount;
  }

  void named(String eventName) {
    eventCounts.merge(eventName, 1, Integer::sum);
  }

  /** Notes a line's place in time among those before it in the file. */
  void stamped(Stamp stamp) {
    Long previousPs = latestPsByCpu.put(stamp.cpu(), stamp.atPs());
    if (previousPs != null && stamp.atPs() < previousPs) {
      found(Trouble.CLOCK_BACKWARDS, stamp.line());
    } else if (stamp.atPs() < latestPs) {
      found(Trouble.OUT_OF_ORDER, stamp.line());
    }
    latestPs = Math.max(latestPs, stamp.atPs());
    highestCpu = Math.max(highestCpu, stamp.cpu());
  }

  Reading reading(TextForm form, int lineCount) {
    return new Reading(form, lineCount, Math.max(declaredCpuCount, highestCpu + 1),
        Collections.unmodifiableSortedMap(eventCounts),
        Collections.unmodifiableSortedMap(findings));
  }
}
