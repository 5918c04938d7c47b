package dev.shootdown.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The charts of a run's report. */
final class RunCharts {
  private static final int CURVE_POINTS = 160;
  private static final int OCCUPANCIES = 12;

  private final RunResults results;
  private final RunFigures figures;

  RunCharts(RunResults results, RunFigures figures) {
    this.results = results;
    this.figures = figures;
  }

  /** How long operations took: which part of them was over after what time. */
  String latencies() {
    long maxPs = 0;
    long minPs = Long.MAX_VALUE;
    for (OperationKind kind : figures.kinds()) {
      maxPs = Math.max(maxPs, kind.at(1000).elapsedPs());
      minPs = Math.min(minPs, kind.operations().get(0).elapsedPs());
    }
    TimeUnit unit = TimeUnit.of(maxPs);
    Plot plot =
        new Plot(
            "Latency of operations by kind, cumulative", 760, 320,
            new Plot.Axis(
                Scale.over(unit.in(minPs), unit.in(maxPs)), "elapsed time, " + unit.text()),
            new Plot.Axis(Scale.exactly(0, 100), "operations that were over, %"));
    for (int i = 0; i < figures.kinds().size(); i++) {
      OperationKind kind = figures.kinds().get(i);
      plot.line(i, curve(kind, unit), true).marks(i, percentiles(kind, unit));
      plot.legend(Palette.lineSample(i), kind.kind() + " (n = " + kind.count() + ")");
    }
    return plot.svg();
  }

  /** At most so many points, the ends among them. */
  private static List<Plot.Point> curve(OperationKind kind, TimeUnit unit) {
    List<Plot.Point> points = new ArrayList<>();
    int count = kind.count();
    int last = -1;
    points.add(new Plot.Point(unit.in(kind.operations().get(0).elapsedPs()), 0, ""));
    for (int i = 0; i <= CURVE_POINTS; i++) {
      int index = (int) ((long) i * (count - 1) / CURVE_POINTS);
      if (index != last) {
        last = index;
        long elapsedPs = kind.operations().get(index).elapsedPs();
        points.add(new Plot.Point(unit.in(elapsedPs), 100.0 * (index + 1) / count, ""));
      }
    }
    return points;
  }

  private static List<Plot.Point> percentiles(OperationKind kind, TimeUnit unit) {
    List<Plot.Point> points = new ArrayList<>();
    for (int permille : new int[] {500, 900, 990, 999, 1000}) {
      OperationKind.Operation operation = kind.at(permille);
      String name = permille == 1000 ? "max" : "p" + Numbers.rounded(permille / 10.0, 3);
      String tip =
          kind.kind() + " " + name + ": " + Duration.text(operation.elapsedPs()) + " ("
              + operation.elapsedPs() + " ps), operation " + operation.number() + " on "
              + operation.cpu();
      if (permille == 1000 || kind.count() > 1) {
        points.add(
            new Plot.Point(unit.in(operation.elapsedPs()), permille / 10.0, tip));
      }
    }
    return points;
  }

  /** Mean time of an operation of each kind, by account. */
  String ledger() {
    List<StackedBars.Bar> bars = new ArrayList<>();
    for (OperationKind kind : figures.kinds()) {
      List<Long> partsPs = new ArrayList<>();
      for (String account : figures.accounts()) {
        partsPs.add(kind.accountPs(account) / kind.count());
      }
      bars.add(new StackedBars.Bar(kind.kind(), partsPs));
    }
    List<String> names = figures.accounts().stream().map(a -> a.replace('_', '-')).toList();
    return StackedBars.svg("Where the time of an operation went, mean by kind", names, bars);
  }

  /** How long stale entries stayed, cumulative by holder; empty if none did. */
  String windows() {
    SortedMap<String, SortedMap<Long, Long>> byHolder = new TreeMap<>();
    for (CsvTable.Row row : results.csv("windows.csv").rows()) {
      byHolder
          .computeIfAbsent(row.text("holder"), holder -> new TreeMap<>())
          .merge(row.number("window_ns"), row.number("count"), Long::sum);
    }
    if (byHolder.isEmpty()) {
      return "";
    }
    long maxNs = byHolder.values().stream().mapToLong(SortedMap::lastKey).max().orElseThrow();
    long minNs = byHolder.values().stream().mapToLong(SortedMap::firstKey).min().orElseThrow();
    TimeUnit unit = TimeUnit.of(maxNs * 1000);
    Plot plot =
        new Plot(
            "How long stale entries stayed cached, cumulative by holder", 760, 300,
            new Plot.Axis(
                Scale.over(unit.in(minNs * 1000), unit.in(maxNs * 1000)),
                "from the change of the page-table entry to the drop, " + unit.text()),
            new Plot.Axis(Scale.exactly(0, 100), "entries that were gone, %"));
    int series = 0;
    for (Map.Entry<String, SortedMap<Long, Long>> holder : byHolder.entrySet()) {
      long total = holder.getValue().values().stream().mapToLong(Long::longValue).sum();
      long gone = 0;
      List<Plot.Point> points = new ArrayList<>();
      for (Map.Entry<Long, Long> length : holder.getValue().entrySet()) {
        gone += length.getValue();
        points.add(
            new Plot.Point(
                unit.in(length.getKey() * 1000), 100.0 * gone / total,
                holder.getKey() + ": " + gone + " of " + total + " gone after at most "
                    + Duration.text(length.getKey() * 1000) + ", rounded down to two digits"));
      }
      plot.line(series, points, true).marks(series, sparse(points));
      plot.legend(Palette.lineSample(series), holder.getKey() + " (n = " + total + ")");
      series++;
    }
    return plot.svg();
  }

  private static List<Plot.Point> sparse(List<Plot.Point> points) {
    List<Plot.Point> some = new ArrayList<>();
    int step = Math.max(1, points.size() / 12);
    for (int i = points.size() - 1; i >= 0; i -= step) {
      some.add(0, points.get(i));
    }
    return some;
  }

  /** How full the fullest stations were over time. */
  String occupancies() {
    SortedMap<String, List<CsvTable.Row>> byStation = new TreeMap<>();
    SortedMap<String, Long> sums = new TreeMap<>();
    for (CsvTable.Row row : results.csv("occupancy.csv").rows()) {
      String name = row.text("component") + " " + row.text("station");
      byStation.computeIfAbsent(name, station -> new ArrayList<>()).add(row);
      sums.merge(name, row.number("occupancy_ps"), Long::sum);
    }
    List<String> fullest = new ArrayList<>(sums.keySet());
    fullest.sort(Comparator.comparing((String name) -> -sums.get(name)));
    StringBuilder out = new StringBuilder();
    for (String name : fullest.subList(0, Math.min(OCCUPANCIES, fullest.size()))) {
      out.append(occupancy(name, byStation.get(name)));
    }
    if (fullest.size() > OCCUPANCIES) {
      out.append(
          Html.paragraph(
              "Shown are the " + OCCUPANCIES + " fullest of " + fullest.size()
                  + "; occupancy.csv has them all."));
    }
    return "<div class=\"multiples\">" + out + "</div>\n";
  }

  private String occupancy(String name, List<CsvTable.Row> rows) {
    TimeUnit unit = TimeUnit.of(results.endPs());
    double most = 0;
    List<Plot.Step> steps = new ArrayList<>();
    for (CsvTable.Row row : rows) {
      long fromPs = row.number("from_ps");
      long untilPs = row.number("until_ps");
      double mean = (double) row.number("occupancy_ps") / Math.max(1, untilPs - fromPs);
      most = Math.max(most, mean);
      Plot.Step last = steps.isEmpty() ? null : steps.get(steps.size() - 1);
      boolean same = last != null && last.untilPs() == fromPs && last.level() == mean;
      if (same) {
        steps.remove(steps.size() - 1);
      }
      steps.add(new Plot.Step(same ? last.fromPs() : fromPs, untilPs, mean));
    }
    return new Plot(
            name, 380, 170,
            new Plot.Axis(
                Scale.exactly(0, unit.in(results.endPs())), "virtual time, " + unit.text()),
            new Plot.Axis(Scale.fromZero(most), "number inside"))
        .steps(unit, steps)
        .svg();
  }
}
