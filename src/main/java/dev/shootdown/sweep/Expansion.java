package dev.shootdown.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * From axes to points. The first axis varies slowest, the last fastest. Zipped axes vary together
 * where the first of them stands, and so do all sampled axes.
 */
final class Expansion {
  /** More combinations than this are taken for a slip. */
  static final long COMBINATIONS_MAX = 2_000_000;

  private final List<Axis> axes;
  private final List<List<Integer>> dimensions;

  private Expansion(SweepSpec spec) {
    this.axes = spec.axes();
    this.dimensions = dimensions(spec);
  }

  /**
   * All points, numbered in nesting order.
   *
   * @return empty if there were more than {@link #COMBINATIONS_MAX} combinations
   */
  static Optional<List<Point>> of(SweepSpec spec) {
    Expansion expansion = new Expansion(spec);
    if (expansion.combinations() > COMBINATIONS_MAX) {
      return Optional.empty();
    }
    List<Point> points = new ArrayList<>();
    int[] at = new int[expansion.dimensions.size()];
    do {
      List<Level> levels = expansion.levels(at);
      if (spec.filter().keeps(levels.stream().map(Level::label).toList())) {
        points.add(new Point(points.size(), levels));
      }
    } while (expansion.advance(at));
    return Optional.of(points);
  }

  private static List<List<Integer>> dimensions(SweepSpec spec) {
    TreeMap<Integer, List<Integer>> byFirst = new TreeMap<>();
    List<Integer> sampled = new ArrayList<>();
    List<Integer> together = new ArrayList<>();
    for (List<Integer> zip : spec.zips()) {
      if (!zip.isEmpty()) {
        byFirst.put(zip.get(0), zip);
        together.addAll(zip);
      }
    }
    for (int i = 0; i < spec.axes().size(); i++) {
      if (spec.axes().get(i).sampled()) {
        sampled.add(i);
      } else if (!together.contains(i)) {
        byFirst.put(i, List.of(i));
      }
    }
    if (!sampled.isEmpty()) {
      byFirst.put(sampled.get(0), sampled);
    }
    return new ArrayList<>(byFirst.values());
  }

  private int length(int dimension) {
    return axes.get(dimensions.get(dimension).get(0)).levels().size();
  }

  private long combinations() {
    long product = 1;
    for (int i = 0; i < dimensions.size() && product <= COMBINATIONS_MAX; i++) {
      product *= length(i);
    }
    return product;
  }

  private List<Level> levels(int[] at) {
    Level[] levels = new Level[axes.size()];
    for (int i = 0; i < at.length; i++) {
      for (int axis : dimensions.get(i)) {
        levels[axis] = axes.get(axis).levels().get(at[i]);
      }
    }
    return List.of(levels);
  }

  private boolean advance(int[] at) {
    for (int i = at.length - 1; i >= 0; i--) {
      if (++at[i] < length(i)) {
        return true;
      }
      at[i] = 0;
    }
    return false;
  }
}
