package dev.shootdown.replay;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;

/** Lists of CPUs as the kernel prints masks: {@code cpumask=1-3,5}. */
final class CpuList {
  private static final String NAME = "cpumask=";
  /** More CPUs than Linux supports (NR_CPUS ends at 8192). */
  private static final int CPU_LIMIT = 8_192;

  private CpuList() {}

  /**
   * The CPUs in {@code payload}.
   *
   * @throws NoSuchElementException when there is no list, or it is none
   */
  static List<Integer> parse(String payload) {
    int from = payload.indexOf(NAME);
    if (from < 0) {
      throw new NoSuchElementException("cpumask");
    }
    int end = payload.indexOf(' ', from);
    String list = payload.substring(from + NAME.length(), end < 0 ? payload.length() : end);
    List<Integer> cpus = new ArrayList<>();
    for (String part : list.split(",")) {
      int dash = part.indexOf('-');
      int first = cpu(dash < 0 ? part : part.substring(0, dash));
      int last = dash < 0 ? first : cpu(part.substring(dash + 1));
      for (int cpu = first; cpu <= last; cpu++) {
        cpus.add(cpu);
      }
    }
    return Collections.unmodifiableList(cpus);
  }

  private static int cpu(String digits) {
    int cpu = Payloads.small(Fields.parse(digits, false));
    if (cpu >= CPU_LIMIT) {
      throw new NoSuchElementException("CPU " + cpu);
    }
    return cpu;
  }
}
