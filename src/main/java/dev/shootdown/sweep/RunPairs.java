package dev.shootdown.sweep;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Runs of two sweeps that have the same levels, the same repetition and the same seed. */
final class RunPairs {
  /** A sweep's runs as its store has them. */
  static final class Side {
    private final Path directory;
    private final SortedMap<String, String> description;
    private final RunTable table;
    private final SortedMap<Integer, Map<String, String>> parameters;
    private final SortedMap<String, Integer> versions;

    Side(Path directory, SweepStore store) {
      this.directory = directory;
      this.description = store.description();
      this.table = store.table();
      this.parameters = store.parameters();
      this.versions = store.versions();
    }

    RunTable table() {
      return table;
    }

    /** The version that did all runs, or the versions with their numbers of runs. */
    String versions() {
      List<String> parts = new ArrayList<>();
      versions.forEach(
          (version, runs) ->
              parts.add(version + (versions.size() == 1 ? "" : " (" + runs + " runs)")));
      return String.join(", ", parts);
    }

    String described(String key) {
      return description.getOrDefault(key, "");
    }

    /** A point's levels, by axis. */
    Map<String, String> levels(int point) {
      return parameters.getOrDefault(point, Map.of());
    }

    private TreeSet<String> axes() {
      return parameters.isEmpty()
          ? new TreeSet<>() : new TreeSet<>(parameters.get(parameters.firstKey()).keySet());
    }

    /** Rows by levels and repetition. */
    private SortedMap<String, SortedMap<Integer, Integer>> rows() {
      SortedMap<String, SortedMap<Integer, Integer>> rows = new TreeMap<>();
      for (int row = 0; row < table.size(); row++) {
        RunResult.RunKey key = table.key(row);
        rows.computeIfAbsent(new TreeMap<>(levels(key.point())).toString(), l -> new TreeMap<>())
            .put(key.repetition(), row);
      }
      return rows;
    }
  }

  /** A row of each side. */
  record Pair(int first, int second) {}

  private final Side first;
  private final Side second;
  private final List<Pair> pairs = new ArrayList<>();
  private int onlyFirst;
  private int onlySecond;
  private int otherSeed;

  private RunPairs(Side first, Side second) {
    this.first = first;
    this.second = second;
  }

  /**
   * Pairs the runs of two sweeps, in the order of the first one's points and repetitions.
   *
   * @throws UnlikeSweeps if their axes differ, or no two runs belong together
   */
  static RunPairs of(Side first, Side second) {
    if (!first.axes().equals(second.axes())) {
      throw new UnlikeSweeps(
          first.directory + " varies " + first.axes() + ", " + second.directory + " varies "
              + second.axes() + "; only sweeps over the same axes can be compared");
    }
    RunPairs found = new RunPairs(first, second);
    found.match(first.rows(), second.rows());
    if (found.pairs.isEmpty()) {
      throw new UnlikeSweeps(
          "no run of " + first.directory + " has a partner in " + second.directory + ": "
              + (found.otherSeed > 0
                  ? "their seeds differ, so differences would be the dice's"
                  : "they have no point in common"));
    }
    return found;
  }

  private void match(
      SortedMap<String, SortedMap<Integer, Integer>> firsts,
      SortedMap<String, SortedMap<Integer, Integer>> seconds) {
    firsts.forEach(
        (levels, rows) -> {
          SortedMap<Integer, Integer> others = seconds.getOrDefault(levels, new TreeMap<>());
          rows.forEach((repetition, row) -> match(row, others.get(repetition)));
        });
    seconds.forEach(
        (levels, rows) -> {
          SortedMap<Integer, Integer> others = firsts.getOrDefault(levels, new TreeMap<>());
          onlySecond +=
              (int) rows.keySet().stream().filter(each -> !others.containsKey(each)).count();
        });
    pairs.sort((a, b) -> Integer.compare(a.first(), b.first()));
  }

  private void match(int row, Integer other) {
    if (other == null) {
      onlyFirst++;
    } else if (first.table.ending(row).seed() == second.table.ending(other).seed()) {
      pairs.add(new Pair(row, other));
    } else {
      otherSeed++;
    }
  }

  List<Pair> all() {
    return pairs;
  }

  /** How many runs have no partner, as a sentence; empty if each has one. */
  String leftOver() {
    return onlyFirst + onlySecond + otherSeed == 0
        ? ""
        : "Left out: " + onlyFirst + " runs of the first sweep and " + onlySecond
            + " of the second without a partner, and " + otherSeed + " pairs with other seeds.";
  }
}
