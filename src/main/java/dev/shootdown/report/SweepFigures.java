package dev.shootdown.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The tables of a sweep's report. */
final class SweepFigures {
  private static final int ROWS_MAX = 400;
  private static final List<String> FIRST =
      List.of("latency_p99_ps", "latency_mean_ps", "max_ps", "stolen_mean_ps", "ipis_count");

  private final SweepResults results;

  SweepFigures(SweepResults results) {
    this.results = results;
  }

  /** All of them, those left out that have no rows. */
  List<ReportTable> all() {
    List<ReportTable> all = new ArrayList<>();
    all.add(verdicts());
    all.add(means());
    all.add(new SweepLatencies(results).table());
    all.add(copied("boundary.csv", "boundary", "Where the boundary lies", false));
    all.add(copied("paired.csv", "paired", "Differences between levels, all else equal", false));
    all.add(copied("sensitivity.csv", "sensitivity", "Which axis moves which figure", false));
    all.add(copied("percentiles.csv", "percentiles", "Percentiles by point, in ns", false));
    all.removeIf(ReportTable::isEmpty);
    return all;
  }

  /** Figures that the sweep was asked to begin with. */
  List<String> chosen() {
    return results.told().map(summary -> summary.texts("figures")).orElse(List.of());
  }

  /** Figures that differ between points: those that were asked for, then what people ask for. */
  List<String> varying() {
    List<String> chosen = chosen();
    List<String> names = new ArrayList<>();
    results.figures().forEach(
        (name, figure) -> {
          if (figure.varies()) {
            names.add(name);
          }
        });
    names.sort(
        Comparator.comparingInt(
                (String name) ->
                    chosen.contains(name)
                        ? chosen.indexOf(name) - chosen.size() : rank(name))
            .thenComparing(name -> name));
    return names;
  }

  private static int rank(String name) {
    for (int i = 0; i < FIRST.size(); i++) {
      if (name.endsWith(FIRST.get(i))) {
        return i;
      }
    }
    return FIRST.size();
  }

  ReportTable verdicts() {
    SortedMap<String, Integer> runs = new TreeMap<>();
    SortedMap<String, Integer> points = new TreeMap<>();
    for (SweepResults.Point point : results.points()) {
      point.verdicts().forEach((verdict, count) -> runs.merge(verdict, count, Integer::sum));
      point.verdicts().keySet().forEach(verdict -> points.merge(verdict, 1, Integer::sum));
    }
    List<List<String>> rows = new ArrayList<>();
    runs.forEach(
        (verdict, count) ->
            rows.add(
                List.of(
                    verdict, Integer.toString(count), Integer.toString(points.get(verdict)))));
    return new ReportTable(
        "verdicts", "What the runs came to", List.of("verdict", "runs", "points"), rows);
  }

  /** Means with their intervals, of the figures that vary, for sweeps that fit on a page. */
  ReportTable means() {
    List<String> names = varying().stream().limit(5).toList();
    List<String> header = new ArrayList<>(List.of("point"));
    header.addAll(results.axes());
    header.add("verdicts");
    header.addAll(names);
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < results.points().size() && i < ROWS_MAX; i++) {
      SweepResults.Point point = results.points().get(i);
      List<String> row = new ArrayList<>(List.of(point.id()));
      row.addAll(point.labels());
      row.add(verdicts(point));
      for (String name : names) {
        row.add(figure(results.figures().get(name), i));
      }
      rows.add(row);
    }
    int left = results.points().size() - rows.size();
    return new ReportTable(
        "points",
        "Means by point ± half of the 95 % interval (none for fewer than 3 runs)"
            + (left > 0 ? "; " + left + " more points are in summary.csv" : ""),
        header, rows);
  }

  static String verdicts(SweepResults.Point point) {
    List<String> parts = new ArrayList<>();
    for (Map.Entry<String, Integer> verdict : point.verdicts().entrySet()) {
      parts.add(verdict.getValue() + " " + verdict.getKey());
    }
    return String.join(", ", parts);
  }

  private static String figure(SweepResults.Figure figure, int point) {
    if (Double.isNaN(figure.mean(point))) {
      return "";
    }
    String half = figure.half(point) > 0 ? " ± " + Numbers.rounded(figure.half(point), 2) : "";
    return Numbers.rounded(figure.mean(point), 5) + half;
  }

  /** A table as the sweep wrote it, cut if it is long. */
  ReportTable copied(String file, String name, String caption, boolean whole) {
    Optional<CsvTable> table = results.csv(file);
    List<List<String>> rows = new ArrayList<>();
    if (table.isPresent()) {
      for (CsvTable.Row row : table.get().rows()) {
        if (whole || rows.size() < ROWS_MAX) {
          rows.add(row.fields());
        }
      }
    }
    int left = table.map(all -> all.rows().size()).orElse(0) - rows.size();
    return new ReportTable(
        name, caption + (left > 0 ? "; " + left + " more rows are in " + file : ""),
        table.map(CsvTable::header).orElse(List.of("none")), rows);
  }

  ReportTable configuration() {
    List<List<String>> rows = new ArrayList<>();
    for (ConfigLines.Setting setting : results.settings()) {
      if (!setting.isDefault() && !setting.path().equals("run.workers")) {
        rows.add(List.of(setting.path(), setting.value(), setting.origin()));
      }
    }
    return new ReportTable(
        "configuration", "Every setting that is not the shipped default",
        List.of("key", "value", "from"), rows);
  }
}
