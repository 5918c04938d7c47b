package dev.shootdown.cli;

import dev.shootdown.engine.PlacementReport;
import dev.shootdown.engine.RunWatch;
import dev.shootdown.engine.WindowReport;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Tells how a run's parts are placed, and afterwards whether it was worth it.
 *
 * <p>Who has less to do in a window than the fullest partition waits for it: that share of its time
 * is expected at the barrier, first as if all parts were equally busy, then by the events that
 * there were. What is measured beyond that is the price of the windows themselves.
 */
final class ClusterExplanation implements RunWatch {
  /** How the line begins that says when nodes were there. */
  static final String TOGETHER = "nodes: together";

  private static final int NAMES_SHOWN = 12;
  private static final int CUTS_SHOWN = 12;

  private final PrintStream out;
  private final LongSupplier nanoClock;

  ClusterExplanation(PrintStream out, LongSupplier nanoClock) {
    this.out = out;
    this.nanoClock = nanoClock;
  }

  /** All nodes are there, and time can start. */
  void together() {
    double seconds = ManagementFactory.getRuntimeMXBean().getUptime() / 1e3;
    out.printf(Locale.ROOT, "%s %.1f s after this process began%n", TOGETHER, seconds);
  }

  @Override
  public long nanoTime() {
    return nanoClock.getAsLong();
  }

  @Override
  public void placed(PlacementReport report) {
    int partitions = report.members().size();
    String ahead =
        report.lookaheadPs() == Long.MAX_VALUE
            ? "nothing is cut"
            : "lookahead " + nanoseconds(report.lookaheadPs());
    out.println(
        "placement: " + partitions + (partitions == 1 ? " partition, " : " partitions, ") + ahead
            + ", " + report.cuts().size() + " wires cut");
    long fullest = report.members().stream().mapToInt(List::size).max().orElse(0);
    for (int i = 0; i < partitions; i++) {
      List<String> members = report.members().get(i);
      out.println(
          "  partition " + i + ": " + members.size() + " parts, "
              + idle(members.size(), fullest) + " at the barrier if all are equally busy: "
              + some(members));
    }
    List<PlacementReport.Cut> cuts = new ArrayList<>(report.cuts());
    cuts.sort(Comparator.comparingLong(PlacementReport.Cut::minimumPs));
    for (PlacementReport.Cut cut : cuts.subList(0, Math.min(CUTS_SHOWN, cuts.size()))) {
      out.println(
          "  cut: " + cut.from() + " -> " + cut.to() + " (" + cut.port() + "), at least "
              + nanoseconds(cut.minimumPs()));
    }
    if (cuts.size() > CUTS_SHOWN) {
      out.println("  and " + (cuts.size() - CUTS_SHOWN) + " longer or equal ones");
    }
    meetings(report.meetings());
  }

  /** Who swaps frames with whom, unless everybody does with everybody. */
  private void meetings(PlacementReport.Meetings meetings) {
    List<List<Integer>> neighbours = meetings.neighbours();
    if (neighbours.isEmpty()) {
      return;
    }
    if (meetings.rounds() == 1) {
      out.println("  every node meets every other one in each window");
      return;
    }
    for (int node = 0; node < Math.min(NAMES_SHOWN, neighbours.size()); node++) {
      out.println(
          "  node " + node + " meets " + neighbours.get(node) + " in each window");
    }
    out.println(
        "  all hear of all, and node 0 of all facts, in every " + meetings.rounds() + " windows");
  }

  /** The share of its time that who does {@code own} waits for who does {@code most}. */
  private static String idle(long own, long most) {
    return String.format(
        Locale.ROOT, "%.0f %%", most == 0 ? 0.0 : 100.0 * (most - own) / most);
  }

  private static String some(List<String> names) {
    return names.size() <= NAMES_SHOWN
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, NAMES_SHOWN)) + ", ...";
  }

  private static String nanoseconds(long ps) {
    return String.format(Locale.ROOT, "%.3f ns", ps / 1e3);
  }

  @Override
  public void ended(WindowReport report) {
    long events = report.events().stream().mapToLong(Long::longValue).sum();
    double windows = Math.max(1, report.windows());
    out.printf(
        Locale.ROOT, "windows: %,d, %.1f events each, %,.0f windows/s%n", report.windows(),
        events / windows, report.windows() * 1e9 / Math.max(1, report.elapsedNs()));
    WindowReport.Folded folded = report.folded();
    if (folded.windows() > 0) {
      out.printf(
          Locale.ROOT,
          "  %,d of them, %.1f events each, were too small to be shared: one thread ran them while"
              + " another one judged%n",
          folded.windows(), (double) folded.events() / folded.windows());
    }
    List<Long> shared = new ArrayList<>(report.events());
    shared.set(0, shared.get(0) - folded.events());
    shared(shared, report.windows() - folded.windows());
    for (int i = 0; i < report.waitedNs().size() && report.windows() > 1; i++) {
      out.printf(
          Locale.ROOT, "  thread %d of this node: %.0f %% of its time at the barrier, %,.1f ms%n",
          i, 100.0 * report.waitedNs().get(i) / Math.max(1, report.elapsedNs()),
          report.waitedNs().get(i) / 1e6);
    }
    if (report.sentBytes() > 0) {
      out.printf(
          Locale.ROOT,
          "  sent to other nodes: %,d events, %,d bytes, %.1f an event with headers and facts%n",
          report.sentEvents(), report.sentBytes(),
          (double) report.sentBytes() / Math.max(1, report.sentEvents()));
    }
  }

  /** Events by partition, of the windows in which each thread ran its own. */
  private void shared(List<Long> events, long windows) {
    long most = events.stream().mapToLong(Long::longValue).max().orElse(0);
    for (int i = 0; i < events.size() && windows > 0; i++) {
      out.printf(
          Locale.ROOT, "  partition %d: %,d events, %.1f a window; by that %s at the barrier%n", i,
          events.get(i), (double) events.get(i) / windows, idle(events.get(i), most));
    }
  }
}
