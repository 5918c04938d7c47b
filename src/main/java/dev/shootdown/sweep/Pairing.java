package dev.shootdown.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What another level of an axis changes, all else being equal, the dice included.
 *
 * <p>In each repetition the differences of all pairs of points are averaged, because points of a
 * repetition share their dice and are not independent; repetitions are.
 *
 * @param axis the axis's name, joined with those that it is zipped with
 * @param from the axis's first level
 * @param to the other level
 * @param metric the figure
 * @param pairs pairs of points
 * @param means of the figure at {@code from} and at {@code to}, and of the difference by repetition
 */
public record Pairing(
    String axis, String from, String to, String metric, int pairs, Means means) {

  /** Means of the figure at both levels, and its difference over repetitions. */
  public record Means(double from, double to, Estimate difference) {}

  /** The pairings of all axes but sampled ones; none if runs don't share their dice. */
  static List<Pairing> of(SweepPlan plan, RunTable table, List<String> metrics) {
    List<Pairing> pairings = new ArrayList<>();
    SweepSpec spec = plan.spec();
    if (spec.repeats().seeds() != Repeats.Seeds.PER_REPETITION) {
      return pairings;
    }
    for (int i = 0; i < spec.axes().size(); i++) {
      List<Integer> together = List.of(i);
      for (List<Integer> zip : spec.zips()) {
        together = zip.contains(i) ? zip : together;
      }
      if (!spec.axes().get(i).sampled() && together.get(0) == i) {
        ofAxis(plan, table, metrics, together, pairings);
      }
    }
    return pairings;
  }

  private static void ofAxis(
      SweepPlan plan, RunTable table, List<String> metrics, List<Integer> together,
      List<Pairing> into) {
    List<Axis> axes = plan.spec().axes();
    Axis axis = axes.get(together.get(0));
    String name =
        String.join("+", together.stream().map(number -> axes.get(number).name()).toList());
    SortedMap<String, SortedMap<RunResult.RunKey, Integer>> byRest = new TreeMap<>();
    for (int row = 0; row < table.size(); row++) {
      List<String> labels = plan.points().get(table.key(row).point()).labels();
      List<String> rest = new ArrayList<>(labels);
      together.forEach(number -> rest.set(number, ""));
      int level = axis.indexOf(labels.get(together.get(0)));
      byRest.computeIfAbsent(rest.toString(), key -> new TreeMap<>())
          .put(new RunResult.RunKey(level, table.key(row).repetition()), row);
    }
    for (int level = 1; level < axis.levels().size(); level++) {
      for (String metric : metrics) {
        Differences differences = new Differences(table, metric);
        for (SortedMap<RunResult.RunKey, Integer> rows : byRest.values()) {
          differences.add(rows, level);
        }
        if (differences.pairs > 0) {
          into.add(
              new Pairing(
                  name, axis.levels().get(0).label(), axis.levels().get(level).label(), metric,
                  differences.pairs, differences.means()));
        }
      }
    }
  }

  /** Collects the pairs of one level and one figure. */
  private static final class Differences {
    private final RunTable table;
    private final String metric;
    private final SortedMap<Integer, List<Double>> byRepetition = new TreeMap<>();
    private final List<Double> froms = new ArrayList<>();
    private final List<Double> tos = new ArrayList<>();
    private int pairs;

    Differences(RunTable table, String metric) {
      this.table = table;
      this.metric = metric;
    }

    void add(SortedMap<RunResult.RunKey, Integer> rows, int level) {
      int before = froms.size();
      SortedMap<RunResult.RunKey, Integer> firsts = rows.headMap(new RunResult.RunKey(1, 0));
      firsts.forEach(
          (key, row) -> {
            Integer other = rows.get(new RunResult.RunKey(level, key.repetition()));
            double from = table.value(row, metric);
            double to = other == null ? Double.NaN : table.value(other, metric);
            if (!Double.isNaN(from) && !Double.isNaN(to)) {
              froms.add(from);
              tos.add(to);
              byRepetition.computeIfAbsent(key.repetition(), r -> new ArrayList<>())
                  .add(to - from);
            }
          });
      pairs += froms.size() > before ? 1 : 0;
    }

    Means means() {
      double[] differences =
          byRepetition.values().stream().mapToDouble(each -> mean(each).mean()).toArray();
      return new Means(mean(froms).mean(), mean(tos).mean(), Estimate.of(differences));
    }

    private static Estimate mean(List<Double> values) {
      return Estimate.of(values.stream().mapToDouble(Double::doubleValue).toArray());
    }
  }
}
