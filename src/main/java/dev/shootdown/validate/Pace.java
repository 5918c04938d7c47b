package dev.shootdown.validate;

import dev.shootdown.check.LedgerRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How many operations CPUs begin in a second while all of them are at it. */
final class Pace {
  private static final double PS_PER_S = 1e12;

  private Pace() {}

  /**
   * Operations a second of all CPUs together, from the moment when each has begun {@code warmUp}
   * until the first one begins its last.
   */
  static double perSecond(List<LedgerRow> rows, int warmUp) {
    Map<String, List<Long>> beganPs = new TreeMap<>();
    for (LedgerRow row : rows) {
      beganPs.computeIfAbsent(row.cpu(), cpu -> new ArrayList<>()).add(row.beganPs());
    }
    long fromPs = 0;
    long untilPs = Long.MAX_VALUE;
    for (List<Long> ofCpu : beganPs.values()) {
      fromPs = Math.max(fromPs, ofCpu.get(warmUp));
      untilPs = Math.min(untilPs, ofCpu.get(ofCpu.size() - 1));
    }
    long first = fromPs;
    long last = untilPs;
    if (last <= first) {
      throw new IllegalStateException("no time in which all CPUs are at it: too few operations");
    }
    long begun = rows.stream().filter(r -> r.beganPs() >= first && r.beganPs() < last).count();
    return begun * PS_PER_S / (last - first);
  }
}
