package dev.shootdown.sweep;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** All runs of a sweep with their figures, in columns. */
public final class RunTable {
  private final List<RunResult.RunKey> keys = new ArrayList<>();
  private final List<RunResult.Ending> endings = new ArrayList<>();
  private final SortedMap<RunResult.RunKey, Integer> rows = new TreeMap<>();
  private final SortedMap<String, double[]> columns = new TreeMap<>();
  private int last;

  void add(RunResult.RunKey key, RunResult.Ending ending) {
    keys.add(key);
    endings.add(ending);
  }

  void complete() {
    for (int row = 0; row < keys.size(); row++) {
      rows.put(keys.get(row), row);
    }
  }

  void put(RunResult.RunKey key, String metric, double value) {
    if (!keys.get(last).equals(key)) {
      last = rows.get(key);
    }
    column(metric)[last] = value;
  }

  private double[] column(String metric) {
    return columns.computeIfAbsent(
        metric,
        name -> {
          double[] column = new double[keys.size()];
          Arrays.fill(column, Double.NaN);
          return column;
        });
  }

  /** How many runs there are. */
  public int size() {
    return keys.size();
  }

  public RunResult.RunKey key(int row) {
    return keys.get(row);
  }

  public RunResult.Ending ending(int row) {
    return endings.get(row);
  }

  /** The names of all figures. */
  public SortedSet<String> metrics() {
    return new TreeSet<>(columns.keySet());
  }

  /** A figure of a run; NaN if the run has none of that name. */
  public double value(int row, String metric) {
    double[] column = columns.get(metric);
    return column == null ? Double.NaN : column[row];
  }

  /** The rows of each point that has runs, by the point's index, in the order of repetitions. */
  public SortedMap<Integer, List<Integer>> rowsByPoint() {
    SortedMap<Integer, List<Integer>> byPoint = new TreeMap<>();
    for (int row = 0; row < keys.size(); row++) {
      byPoint.computeIfAbsent(keys.get(row).point(), point -> new ArrayList<>()).add(row);
    }
    return byPoint;
  }

  /** A figure over these runs. */
  public Estimate estimate(List<Integer> of, String metric) {
    return Estimate.of(of.stream().mapToDouble(row -> value(row, metric)).toArray());
  }
}
