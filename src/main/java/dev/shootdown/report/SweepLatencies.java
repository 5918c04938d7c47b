package dev.shootdown.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How long operations took at the levels of an axis: histograms of all points that have the level,
 * added up, which loses nothing.
 */
final class SweepLatencies {
  private static final int KINDS_MAX = 3;
  private static final int LEVELS_MAX = 6;
  private static final int STEPS = 120;
  private static final double[] PERCENTS = {50, 90, 99, 99.9};

  private record Key(String kind, int axis, String level) {}

  private final SweepResults results;
  private final List<String> kinds = new ArrayList<>();
  private final List<List<String>> levels = new ArrayList<>();
  private final SortedMap<String, Latencies> merged = new TreeMap<>();

  SweepLatencies(SweepResults results) {
    this.results = results;
    for (int axis = 0; axis < results.axes().size(); axis++) {
      levels.add(some(results.levels(axis)));
    }
    SortedMap<String, Long> counts = new TreeMap<>();
    results.latencies(
        (point, kind, payload) -> {
          Latencies latencies = decoded(payload);
          List<String> labels = results.points().get(point).labels();
          for (int axis = 0; axis < labels.size(); axis++) {
            if (levels.get(axis).contains(labels.get(axis))) {
              add(new Key(kind, axis, labels.get(axis)), latencies);
            }
          }
          long count = add(new Key(kind, -1, ""), latencies);
          counts.put(kind, count);
        });
    kinds.addAll(counts.keySet());
    kinds.sort(Comparator.comparing(kind -> -counts.get(kind)));
  }

  private long add(Key key, Latencies latencies) {
    return merged.computeIfAbsent(key.toString(), k -> new Latencies()).add(latencies).count();
  }

  private static Latencies decoded(byte[] payload) {
    try {
      return new Latencies().add(payload);
    } catch (IllegalArgumentException wrong) {
      throw UnreadableResult.damaged("histograms.csv", 0, wrong.getMessage());
    }
  }

  /** Those that are drawn: of many, some from end to end. */
  private static List<String> some(List<String> all) {
    List<String> some = new ArrayList<>();
    int shown = Math.min(LEVELS_MAX, all.size());
    for (int i = 0; i < shown; i++) {
      some.add(all.get(shown == 1 ? 0 : i * (all.size() - 1) / (shown - 1)));
    }
    return some;
  }

  private Latencies of(String kind, int axis, String level) {
    return merged.get(new Key(kind, axis, level).toString());
  }

  /** A chart for each of the commonest kinds and each axis; empty if there are no histograms. */
  String charts() {
    StringBuilder out = new StringBuilder();
    for (String kind : kinds.subList(0, Math.min(KINDS_MAX, kinds.size()))) {
      StringBuilder charts = new StringBuilder();
      for (int axis = 0; axis < results.axes().size(); axis++) {
        charts.append(results.levels(axis).size() > 1 ? chart(kind, axis) : "");
      }
      if (charts.length() > 0) {
        out.append("<h3>").append(Html.escape(kind)).append("</h3>\n<div class=\"multiples\">")
            .append(charts).append("</div>\n");
      }
    }
    if (kinds.size() > KINDS_MAX) {
      out.append(
          Html.paragraph(
              "Drawn are the " + KINDS_MAX + " commonest of " + kinds.size()
                  + " kinds of operations; histograms.csv has them all."));
    }
    return out.toString();
  }

  private String chart(String kind, int axis) {
    Latencies all = of(kind, -1, "");
    TimeUnit unit = TimeUnit.of(all.maxNs() * 1000);
    String name = results.axes().get(axis);
    List<String> shown = levels.get(axis);
    int left = results.levels(axis).size() - shown.size();
    Plot plot =
        new Plot(
            "Latency of " + kind + " by " + name + ", cumulative over all points"
                + (left > 0 ? "; " + left + " levels are left out" : ""),
            420, 260,
            new Plot.Axis(
                Scale.over(unit.in(all.minNs() * 1000.0), unit.in(all.maxNs() * 1000.0)),
                "elapsed time, " + unit.text()),
            new Plot.Axis(Scale.exactly(0, 100), "operations that were over, %"));
    for (int i = 0; i < shown.size(); i++) {
      Latencies latencies = of(kind, axis, shown.get(i));
      if (latencies != null) {
        String label = name + " = " + shown.get(i);
        plot.line(i, curve(latencies, unit), true).marks(i, marks(label, latencies, unit));
        plot.legend(Palette.lineSample(i), label + " (n = " + latencies.count() + ")");
      }
    }
    return plot.svg();
  }

  private static List<Plot.Point> curve(Latencies latencies, TimeUnit unit) {
    List<Plot.Point> points = new ArrayList<>();
    points.add(new Plot.Point(unit.in(latencies.minNs() * 1000.0), 0, ""));
    for (Latencies.Step step : latencies.steps(STEPS)) {
      points.add(
          new Plot.Point(
              unit.in(step.valueNs() * 1000.0), 100.0 * step.count() / latencies.count(), ""));
    }
    return points;
  }

  private static List<Plot.Point> marks(String label, Latencies latencies, TimeUnit unit) {
    List<Plot.Point> points = new ArrayList<>();
    for (double percent : PERCENTS) {
      Latencies.Percentile at = latencies.at(percent);
      points.add(
          new Plot.Point(
              unit.in(at.valueNs() * 1000.0), percent,
              label + ", p" + Numbers.rounded(percent, 3) + ": "
                  + Duration.text(at.valueNs() * 1000) + ", 95 % interval "
                  + Duration.text(at.lowNs() * 1000) + " to "
                  + Duration.text(at.highNs() * 1000)));
    }
    return points;
  }

  /** Percentiles with their 95 % intervals, by kind and level. */
  ReportTable table() {
    List<List<String>> rows = new ArrayList<>();
    for (String kind : kinds) {
      for (int axis = 0; axis < results.axes().size(); axis++) {
        for (String level : levels.get(axis)) {
          Latencies latencies = of(kind, axis, level);
          if (latencies != null) {
            rows.add(row(kind, results.axes().get(axis) + " = " + level, latencies));
          }
        }
      }
    }
    List<String> header = new ArrayList<>(List.of("operation", "of", "n"));
    for (double percent : PERCENTS) {
      header.add("p" + Numbers.rounded(percent, 3) + " (95 %), us");
    }
    return new ReportTable(
        "latency",
        "Percentiles over all points of a level; intervals from order statistics, which take"
            + " operations as independent",
        header, rows);
  }

  private static List<String> row(String kind, String level, Latencies latencies) {
    List<String> row = new ArrayList<>(List.of(kind, level, Long.toString(latencies.count())));
    for (double percent : PERCENTS) {
      Latencies.Percentile at = latencies.at(percent);
      row.add(
          Duration.us(at.valueNs() * 1000) + " (" + Duration.us(at.lowNs() * 1000) + " to "
              + Duration.us(at.highNs() * 1000) + ")");
    }
    return row;
  }
}
