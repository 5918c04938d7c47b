package dev.shootdown.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The charts of a sweep's report. */
final class SweepCharts {
  private static final int SERIES_MAX = 8;

  /** A figure's unit: what to divide by, and its name. */
  private record Unit(double divisor, String text) {}

  private final SweepResults results;

  SweepCharts(SweepResults results) {
    this.results = results;
  }

  /**
   * A figure along each axis, with a line per level of the axis that has the fewest; further axes
   * are averaged over.
   */
  String lines(String name) {
    int series = -1;
    List<Integer> across = new ArrayList<>();
    for (int axis = 0; axis < results.axes().size(); axis++) {
      int levels = results.levels(axis).size();
      if (levels > 1) {
        across.add(axis);
        series = series < 0 || levels <= results.levels(series).size() ? axis : series;
      }
    }
    if (across.size() > 1) {
      across.remove((Integer) series);
    } else {
      series = -1;
    }
    StringBuilder out = new StringBuilder();
    for (int axis : across) {
      out.append(line(name, axis, series));
    }
    return out.toString();
  }

  /** One value to draw: the mean over all points that have the two levels. */
  private record Mean(int level, double mean, double half, List<Integer> of) {}

  private String line(String name, int across, int series) {
    SweepResults.Figure figure = results.figures().get(name);
    Unit unit = unit(name, figure.max());
    List<String> lines = series < 0 ? List.of("") : results.levels(series);
    int drawn = Math.min(lines.size(), SERIES_MAX);
    List<List<Mean>> means = new ArrayList<>();
    double most = 0;
    for (int s = 0; s < drawn; s++) {
      means.add(means(figure, across, series, lines.get(s)));
      for (Mean mean : means.get(s)) {
        most = Math.max(most, mean.mean() + mean.half());
      }
    }
    boolean exact = means.stream().flatMap(List::stream).allMatch(mean -> mean.of().size() == 1);
    Plot plot =
        new Plot(
            name + " by " + results.axes().get(across)
                + (exact
                    ? ", mean and 95 % interval"
                    : ", mean over the other axes; the band is the mean of the points' 95 %"
                        + " intervals, which is no narrower than that of the mean")
                + (drawn < lines.size() ? ", " + drawn + " of " + lines.size() + " lines" : ""),
            420, 240, Plot.Axis.of(results.axes().get(across), results.levels(across)),
            new Plot.Axis(Scale.fromZero(most / unit.divisor()), unit.text()));
    for (int s = 0; s < drawn; s++) {
      String label = series < 0 ? "" : results.axes().get(series) + " = " + lines.get(s);
      draw(plot, unit, new Line(s, across, label), means.get(s));
      if (series >= 0) {
        plot.legend(Palette.lineSample(s), label);
      }
    }
    return plot.svg();
  }

  private List<Mean> means(SweepResults.Figure figure, int across, int series, String line) {
    Map<String, List<Integer>> byLevel = new LinkedHashMap<>();
    results.levels(across).forEach(level -> byLevel.put(level, new ArrayList<>()));
    for (int i = 0; i < results.points().size(); i++) {
      List<String> labels = results.points().get(i).labels();
      if ((series < 0 || labels.get(series).equals(line)) && !Double.isNaN(figure.mean(i))) {
        byLevel.get(labels.get(across)).add(i);
      }
    }
    List<Mean> means = new ArrayList<>();
    int level = 0;
    for (List<Integer> points : byLevel.values()) {
      if (!points.isEmpty()) {
        double sum = points.stream().mapToDouble(figure::mean).sum();
        // Points share dice, so their errors may go together: the mean of them is a safe bound.
        double half = points.stream().mapToDouble(figure::half).sum() / points.size();
        means.add(
            new Mean(level, sum / points.size(), Double.isNaN(half) ? 0 : half, points));
      }
      level++;
    }
    return means;
  }

  private record Line(int number, int axis, String label) {}

  private void draw(Plot plot, Unit unit, Line line, List<Mean> means) {
    List<Plot.Point> middle = new ArrayList<>();
    List<Plot.Point> low = new ArrayList<>();
    List<Plot.Point> high = new ArrayList<>();
    List<String> levels = results.levels(line.axis());
    for (Mean mean : means) {
      double value = mean.mean() / unit.divisor();
      double half = mean.half() / unit.divisor();
      String tip =
          results.axes().get(line.axis()) + " = " + levels.get(mean.level())
              + (line.label().isEmpty() ? "" : ", " + line.label()) + ": "
              + Numbers.rounded(value, 5) + (half > 0 ? " ± " + Numbers.rounded(half, 2) : "")
              + " " + unit.text()
              + (mean.of().size() == 1
                  ? " (" + results.points().get(mean.of().get(0)).id() + ")"
                  : " (mean of " + mean.of().size() + " points)");
      middle.add(new Plot.Point(mean.level(), value, tip));
      low.add(new Plot.Point(mean.level(), value - half, ""));
      high.add(new Plot.Point(mean.level(), value + half, ""));
    }
    plot.band(line.number(), low, high).whiskers(line.number(), low, high);
    plot.line(line.number(), middle, false).marks(line.number(), middle);
  }

  /** A figure over both axes of a sweep that has two. */
  String heatMap(String name) {
    SweepResults.Figure figure = results.figures().get(name);
    Unit unit = unit(name, figure.max());
    return HeatMap.svg(
        new HeatMap.Shape(
            name + ", mean by point", unit.text(), results.axes(), results.levels(0),
            results.levels(1)),
        cells(figure, unit));
  }

  private List<HeatMap.Cell> cells(SweepResults.Figure figure, Unit unit) {
    List<HeatMap.Cell> cells = new ArrayList<>();
    for (int i = 0; i < results.points().size(); i++) {
      SweepResults.Point point = results.points().get(i);
      double half = figure.half(i) / unit.divisor();
      cells.add(
          new HeatMap.Cell(
              point.labels().get(0), point.labels().get(1), figure.mean(i) / unit.divisor(),
              point.id() + (half > 0 ? ", ± " + Numbers.rounded(half, 2) : "")));
    }
    return cells;
  }

  private static Unit unit(String name, double max) {
    double ps = name.endsWith("_ps") ? 1 : name.endsWith("_ns") ? 1000 : 0;
    if (ps == 0) {
      String tail = name.substring(name.lastIndexOf('.') + 1);
      return new Unit(1, tail.substring(tail.lastIndexOf('_') + 1));
    }
    TimeUnit unit = TimeUnit.of((long) (max * ps));
    return new Unit(1 / unit.in(ps), unit.text());
  }
}
