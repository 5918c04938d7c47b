package dev.shootdown.sweep;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the runs of a sweep say, computed once for tables and texts. */
public final class Analysis {
  private static final String MEAN_LATENCY = ".latency_mean_ps";

  private final SweepPlan plan;
  private final RunTable table;
  private final SortedMap<Integer, List<Integer>> rowsByPoint;
  private final List<String> metrics;
  private final List<Sensitivity> sensitivities = new ArrayList<>();
  private final List<Pairing> pairings;
  private final List<Boundary> boundaries;

  /** Of all runs that a store has. */
  public Analysis(SweepPlan plan, SweepStore store) {
    this.plan = plan;
    this.table = store.table();
    this.rowsByPoint = table.rowsByPoint();
    this.metrics = table.metrics().stream().filter(this::isEverOtherThanZero).toList();
    for (int i = 0; i < plan.spec().axes().size(); i++) {
      sensitivities(i);
    }
    this.pairings = Pairing.of(plan, table, metrics);
    this.boundaries = Boundary.of(plan, rowsByPoint, table);
  }

  private boolean isEverOtherThanZero(String metric) {
    for (int row = 0; row < table.size(); row++) {
      double value = table.value(row, metric);
      if (value != 0 && !Double.isNaN(value)) {
        return true;
      }
    }
    return false;
  }

  private void sensitivities(int axis) {
    Sensitivity.Column column = Sensitivity.Column.of(plan, axis, table);
    for (String metric : metrics) {
      double[] values = new double[table.size()];
      Arrays.setAll(values, row -> table.value(row, metric));
      Sensitivity.of(column, metric, values).ifPresent(sensitivities::add);
    }
  }

  public SweepPlan plan() {
    return plan;
  }

  /** All runs. */
  public RunTable table() {
    return table;
  }

  /** The rows of each point that has runs, by its index. */
  public SortedMap<Integer, List<Integer>> rowsByPoint() {
    return rowsByPoint;
  }

  /** The figures that are other than zero in some run, by name. */
  public List<String> metrics() {
    return metrics;
  }

  /** By axis, then by figure; only what varies. */
  public List<Sensitivity> sensitivities() {
    return List.copyOf(sensitivities);
  }

  /** By axis, level and figure. */
  public List<Pairing> pairings() {
    return pairings;
  }

  /** Where the figure that the sweep names passes its threshold; none if it names none. */
  List<Boundary> boundaries() {
    return boundaries;
  }

  /** The figures that tables begin with: those asked for, else each kind's mean latency. */
  public List<String> figures() {
    List<String> asked =
        plan.spec().figures().stream().filter(metrics::contains).toList();
    return plan.spec().figures().isEmpty()
        ? metrics.stream().filter(metric -> metric.endsWith(MEAN_LATENCY)).toList()
        : asked;
  }

  /** The figures that were asked for and that no run has. */
  public List<String> unknownFigures() {
    List<String> asked = new ArrayList<>(plan.spec().figures());
    plan.spec().boundary().ifPresent(boundary -> asked.add(boundary.figure()));
    return asked.stream()
        .distinct().filter(figure -> !table.metrics().contains(figure)).toList();
  }

  /** How many of these runs came to which verdict; a run without one failed. */
  public SortedMap<String, Integer> verdicts(List<Integer> rows) {
    SortedMap<String, Integer> counts = new TreeMap<>();
    for (int row : rows) {
      RunResult.Ending ending = table.ending(row);
      counts.merge(ending.isFailed() ? "failed" : ending.verdict(), 1, Integer::sum);
    }
    return counts;
  }
}
