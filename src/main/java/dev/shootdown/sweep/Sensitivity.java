package dev.shootdown.sweep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How much one axis moves one figure, averaged over everything else.
 *
 * @param axis the axis's name
 * @param metric the figure
 * @param least the level with the least mean
 * @param most the level with the greatest mean
 * @param varianceShare how much of the figure's variance goes with the axis, 0 to 1: between-level
 *     over total sum of squares; of a sampled axis, the square of the rank correlation
 * @param rankCorrelation Spearman's, if the axis is of numbers; NaN otherwise
 */
public record Sensitivity(
    String axis, String metric, Mean least, Mean most, double varianceShare,
    double rankCorrelation) {

  /** Shares below this are what is left of differences that cancel out. */
  private static final double ROUNDING = 1e-12;

  /** The mean of a figure at a level, or at a range of sampled values. */
  public record Mean(String level, double mean) {}

  /** The greatest mean less the least. */
  public double swing() {
    return most.mean() - least.mean();
  }

  /**
   * An axis beside the runs.
   *
   * @param labels of its levels, by row
   * @param amounts of its levels, by row; NaN where a level is no number
   */
  record Column(Axis axis, List<String> labels, double[] amounts) {
    /** Of the runs in {@code table}. */
    static Column of(SweepPlan plan, int number, RunTable table) {
      Axis axis = plan.spec().axes().get(number);
      Map<String, Double> amountOf = new TreeMap<>();
      for (String label : axis.labels()) {
        amountOf.put(
            label, Quantity.parse(label).map(q -> q.amount().doubleValue()).orElse(Double.NaN));
      }
      List<String> labels = new ArrayList<>();
      double[] amounts = new double[table.size()];
      for (int row = 0; row < table.size(); row++) {
        Point point = plan.points().get(table.key(row).point());
        labels.add(point.levels().get(number).label());
        amounts[row] = amountOf.get(labels.get(row));
      }
      return new Column(axis, labels, amounts);
    }
  }

  /**
   * Of one axis and one figure; empty if the figure doesn't vary.
   *
   * @param values of the figure, by row; NaN where it has none
   */
  static Optional<Sensitivity> of(Column column, String metric, double[] values) {
    List<Integer> rows = new ArrayList<>();
    for (int row = 0; row < values.length; row++) {
      if (!Double.isNaN(values[row])) {
        rows.add(row);
      }
    }
    Estimate all = over(rows, values);
    if (all.n() < 2 || all.deviation() == 0) {
      return Optional.empty();
    }
    double rank =
        Ranks.correlation(
            rows.stream().mapToDouble(row -> column.amounts()[row]).toArray(),
            rows.stream().mapToDouble(row -> values[row]).toArray());
    boolean sampled = column.axis().sampled();
    double between = 0;
    List<Mean> means = new ArrayList<>();
    for (Group group : sampled ? thirds(rows, column) : byLevel(rows, column)) {
      Estimate of = over(group.rows(), values);
      between += of.n() * (of.mean() - all.mean()) * (of.mean() - all.mean());
      means.add(new Mean(group.name(), of.mean()));
    }
    double total = all.deviation() * all.deviation() * (all.n() - 1);
    double share = sampled && !Double.isNaN(rank) ? rank * rank : between / total;
    return Optional.of(
        new Sensitivity(
            column.axis().name(), metric,
            means.stream().min(Comparator.comparingDouble(Mean::mean)).orElseThrow(),
            means.stream().max(Comparator.comparingDouble(Mean::mean)).orElseThrow(),
            share < ROUNDING ? 0 : Math.min(1, share), rank));
  }

  private static Estimate over(List<Integer> rows, double[] values) {
    return Estimate.of(rows.stream().mapToDouble(row -> values[row]).toArray());
  }

  private record Group(String name, List<Integer> rows) {}

  private static List<Group> byLevel(List<Integer> rows, Column column) {
    Map<String, List<Integer>> byLabel = new LinkedHashMap<>();
    column.axis().labels().forEach(label -> byLabel.put(label, new ArrayList<>()));
    rows.forEach(row -> byLabel.get(column.labels().get(row)).add(row));
    List<Group> groups = new ArrayList<>();
    byLabel.forEach(
        (label, of) -> {
          if (!of.isEmpty()) {
            groups.add(new Group(label, of));
          }
        });
    return groups;
  }

  /** Samples are all different, so the lowest third is held against the highest. */
  private static List<Group> thirds(List<Integer> rows, Column column) {
    List<Integer> sorted = new ArrayList<>(rows);
    sorted.sort(Comparator.comparingDouble(row -> column.amounts()[row]));
    int third = Math.max(1, sorted.size() / 3);
    List<Group> groups = new ArrayList<>();
    groups.add(named(sorted.subList(0, third), column.labels()));
    groups.add(named(sorted.subList(sorted.size() - third, sorted.size()), column.labels()));
    return groups;
  }

  private static Group named(List<Integer> rows, List<String> labels) {
    String name = labels.get(rows.get(0)) + ".." + labels.get(rows.get(rows.size() - 1));
    return new Group(name, List.copyOf(rows));
  }
}
