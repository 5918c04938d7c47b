package dev.shootdown.replay;

import java.util.Collections;
import java.util.TreeMap;
import java.util.TreeSet;

/** Collects a {@link Reading} while lines go by. */
final class ReadingTally {
  /** A kernel has some 3,000 events; it bounds what hostile text can make us keep. */
  private static final int NAME_LIMIT = 10_000;

  private final TreeMap<String, Integer> eventCounts = new TreeMap<>();
  private final TreeSet<String> unusedNames = new TreeSet<>();
  private final TreeMap<Trouble, Reading.Finding> findings = new TreeMap<>();
  private final TreeMap<Integer, Long> latestPsByCpu = new TreeMap<>();
  private long latestPs = Long.MIN_VALUE;
  private long taken;
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

  /** Whether that trouble occurred. */
  boolean found(Trouble trouble) {
    return findings.containsKey(trouble);
  }

  void declaredCpus(int cpuCount) {
    declaredCpuCount = cpuCount;
  }

  void named(String eventName, int line) {
    if (eventCounts.size() < NAME_LIMIT || eventCounts.containsKey(eventName)) {
      eventCounts.merge(eventName, 1, Integer::sum);
    } else {
      found(Trouble.TOO_MANY_NAMES, line);
    }
  }

  /** Notes an event that nobody has a use for. */
  void unused(String eventName, int line) {
    if (unusedNames.size() < NAME_LIMIT) {
      unusedNames.add(eventName);
    }
    found(Trouble.UNUSED_EVENT, line);
  }

  /** Notes that an event was handed on. */
  void taken() {
    taken++;
  }

  /** How many events were handed on. */
  long takenCount() {
    return taken;
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
        Collections.unmodifiableSortedSet(unusedNames),
        Collections.unmodifiableSortedMap(findings));
  }
}
