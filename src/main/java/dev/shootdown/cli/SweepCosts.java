package dev.shootdown.cli;

import dev.shootdown.sweep.Spending;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What the points of a sweep cost here, in CPU time: a busy machine doesn't change it much. */
final class SweepCosts {
  private static final double NS_PER_MS = 1e6;
  private static final double NS_PER_US = 1e3;

  private SweepCosts() {}

  /** An account that reads the clocks of this JVM's threads. */
  static Spending spending() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    boolean known = threads.isCurrentThreadCpuTimeSupported();
    return new Spending(() -> known ? threads.getCurrentThreadCpuTime() : 0);
  }

  /** One line for people. */
  static String line(Spending spending) {
    double reading = spending.eachNs(Spending.Phase.READING) / NS_PER_MS;
    double running = spending.eachNs(Spending.Phase.RUNNING) / NS_PER_MS;
    double storing = spending.eachNs(Spending.Phase.STORING) / NS_PER_MS;
    return String.format(
        Locale.ROOT,
        "CPU time, over the later half: %.2f ms to read a point, %.2f ms to build, run and"
            + " measure a run, %.2f ms to store it",
        reading, running, storing);
  }

  /** For the manifest. */
  static Map<String, Object> tree(Spending spending) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("reading_a_point", us(spending, Spending.Phase.READING));
    tree.put("running", us(spending, Spending.Phase.RUNNING));
    tree.put("storing", us(spending, Spending.Phase.STORING));
    return tree;
  }

  private static long us(Spending spending, Spending.Phase phase) {
    return Math.round(spending.eachNs(phase) / NS_PER_US);
  }
}
