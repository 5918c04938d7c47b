package dev.shootdown.sweep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the mean of a figure passes a threshold along an axis, all else being equal.
 *
 * @param rest the other axes' labels, in the order of the axes; empty in the place of the axis
 *     itself
 * @param points along the axis, those that have runs
 * @param beyond how many of them lie above the threshold
 * @param isBeyondFirst whether the first of them does
 * @param crossings where neighbours lie on different sides
 */
record Boundary(
    List<String> rest, int points, int beyond, boolean isBeyondFirst, List<Crossing> crossings) {

  /** Between which two labels, in the axis's order. */
  record Crossing(String from, String to) {}

  /** Of all points, in their order; none if no boundary is asked for. */
  static List<Boundary> of(SweepPlan plan, Map<Integer, List<Integer>> rowsByPoint,
      RunTable table) {
    List<Boundary> boundaries = new ArrayList<>();
    plan.spec().boundary().ifPresent(
        asked -> {
          Map<List<String>, Walk> walks = new LinkedHashMap<>();
          rowsByPoint.forEach(
              (index, rows) -> {
                double mean = table.estimate(rows, asked.figure()).mean();
                if (!Double.isNaN(mean)) {
                  List<String> rest = new ArrayList<>(plan.points().get(index).labels());
                  String label = rest.set(asked.along(), "");
                  walks.computeIfAbsent(rest, key -> new Walk()).step(label, mean > asked.above());
                }
              });
          walks.forEach((rest, walk) -> boundaries.add(walk.boundary(rest)));
        });
    return boundaries;
  }

  /** Points come in the order of their index, and so along the axis. */
  private static final class Walk {
    private final List<Crossing> crossings = new ArrayList<>();
    private int points;
    private int beyond;
    private boolean first;
    private boolean before;
    private String last = "";

    void step(String label, boolean isBeyond) {
      if (points == 0) {
        first = isBeyond;
      } else if (isBeyond != before) {
        crossings.add(new Crossing(last, label));
      }
      points++;
      beyond += isBeyond ? 1 : 0;
      before = isBeyond;
      last = label;
    }

    Boundary boundary(List<String> rest) {
      return new Boundary(List.copyOf(rest), points, beyond, first, List.copyOf(crossings));
    }
  }
}
