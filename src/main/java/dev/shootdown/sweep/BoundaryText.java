package dev.shootdown.sweep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** Says where a figure passes its threshold, by the axis that moves it most. */
final class BoundaryText {
  private final Analysis analysis;
  private final SweepSpec.Boundary asked;
  private final List<Axis> axes;

  private BoundaryText(Analysis analysis, SweepSpec.Boundary asked) {
    this.analysis = analysis;
    this.asked = asked;
    this.axes = analysis.plan().spec().axes();
  }

  /** The sentences; none if no boundary is asked for or the figure is not there. */
  static List<String> of(Analysis analysis) {
    return analysis.plan().spec().boundary()
        .filter(asked -> !analysis.boundaries().isEmpty())
        .map(asked -> new BoundaryText(analysis, asked).sentences())
        .orElse(List.of());
  }

  private List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    int points = analysis.boundaries().stream().mapToInt(Boundary::points).sum();
    int beyond = analysis.boundaries().stream().mapToInt(Boundary::beyond).sum();
    sentences.add(
        String.format(
            Locale.ROOT, "%s is above %s at %d of %d points.", asked.figure(),
            Texts.number(asked.above()), beyond, points));
    if (beyond > 0 && beyond < points) {
      byAxis(sentences);
    }
    return sentences;
  }

  private void byAxis(List<String> sentences) {
    int by = mover();
    if (by < 0) {
      sentences.add("By " + axes.get(asked.along()).name() + ": " + crossed(-1, "") + ".");
      return;
    }
    Map<String, String> byLevel = new LinkedHashMap<>();
    for (String level : axes.get(by).labels()) {
      int[] counts = counts(by, level);
      if (counts[0] > 0) {
        String what =
            counts[1] == 0
                ? "never"
                : counts[1] == counts[0]
                    ? "always"
                    : "at " + counts[1] + " of " + counts[0] + " points, " + crossed(by, level);
        byLevel.merge(what, level, (one, other) -> one + ", " + other);
      }
    }
    byLevel.forEach(
        (what, levels) ->
            sentences.add("With " + axes.get(by).name() + " = " + levels + ": " + what + "."));
  }

  /** The axis that moves the figure most, but for the one along which the boundary is told. */
  private int mover() {
    String along = axes.get(asked.along()).name();
    return analysis.sensitivities().stream()
        .filter(each -> each.metric().equals(asked.figure()) && !each.axis().equals(along))
        .max(Comparator.comparingDouble(Sensitivity::varianceShare))
        .map(each -> Axes.indexOf(axes, each.axis()))
        .filter(axis -> !axes.get(axis).sampled())
        .orElse(-1);
  }

  private int[] counts(int by, String level) {
    int[] counts = new int[2];
    for (Boundary each : analysis.boundaries()) {
      if (each.rest().get(by).equals(level)) {
        counts[0] += each.points();
        counts[1] += each.beyond();
      }
    }
    return counts;
  }

  /** The crossing nearest to the axis's beginning and the one nearest to its end. */
  private String crossed(int by, String level) {
    Axis along = axes.get(asked.along());
    TreeSet<Integer> ends = new TreeSet<>();
    Map<Integer, Boundary.Crossing> byEnd = new LinkedHashMap<>();
    for (Boundary each : analysis.boundaries()) {
      if (by < 0 || each.rest().get(by).equals(level)) {
        for (Boundary.Crossing crossing : each.crossings()) {
          int end = along.indexOf(crossing.to());
          ends.add(end);
          byEnd.put(end, crossing);
        }
      }
    }
    if (ends.isEmpty()) {
      return "whatever " + along.name() + " is";
    }
    String first = shown(byEnd.get(ends.first()));
    String last = shown(byEnd.get(ends.last()));
    return "the boundary lying between " + along.name() + " = " + first
        + (first.equals(last) ? "" : " and, at most, between " + last);
  }

  private static String shown(Boundary.Crossing crossing) {
    return crossing.from() + " and " + crossing.to();
  }
}
