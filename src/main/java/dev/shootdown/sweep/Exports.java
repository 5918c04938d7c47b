package dev.shootdown.sweep;

import dev.shootdown.config.ConfigFiles;
import dev.shootdown.report.Csv;
import dev.shootdown.report.Latencies;
import dev.shootdown.report.ResultProblem;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.BiFunction;

/**
 * Writes what a store has as tables. Equal stores give equal bytes: rows are sorted by point,
 * repetition and name, and no wall time is in them. Each file is replaced in one step.
 */
public final class Exports {
  private static final double[] PERCENTS = {50, 90, 99, 99.9};

  private final Path directory;
  private final Analysis analysis;
  private final List<String> axes;

  private interface Content {
    void writeTo(Writer out) throws IOException;
  }

  private Exports(Path directory, Analysis analysis) {
    this.directory = directory;
    this.analysis = analysis;
    this.axes = Axes.names(analysis.plan().spec().axes());
  }

  /**
   * Writes all tables into a sweep's directory.
   *
   * @param surroundings what they tell beside the store
   * @throws ResultProblem if they cannot be written
   */
  public static void write(
      Path directory, Analysis analysis, SweepStore store, Surroundings surroundings) {
    Exports exports = new Exports(directory, analysis);
    exports.file("sweep.json", out -> out.write(SweepSummary.of(analysis, surroundings)));
    if (!surroundings.machine().isEmpty()) {
      exports.file("machine.json", out -> out.write(surroundings.machine()));
    }
    exports.file("config.conf", out -> out.write(ConfigFiles.render(analysis.plan().config())));
    exports.file("index.csv", out -> exports.index(out, surroundings.reproduce()));
    exports.file("metrics.csv", exports::metrics);
    exports.file("summary.csv", exports::summary);
    exports.file("paired.csv", exports::paired);
    exports.file("sensitivity.csv", exports::sensitivity);
    if (analysis.plan().spec().boundary().isPresent()) {
      exports.file("boundary.csv", exports::boundary);
    }
    exports.latencies(store);
    exports.file("findings.txt", out -> out.write(FindingsText.of(analysis)));
  }

  private void file(String name, Content content) {
    Path draft = directory.resolve(name + ".partial-tmp");
    try {
      try (BufferedWriter out = Files.newBufferedWriter(draft)) {
        content.writeTo(out);
      }
      Files.move(
          draft, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING,
          StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failed) {
      draft.toFile().delete(); // it is in the way of what there is room for
      throw new ResultProblem(
          directory.resolve(name) + " cannot be written: " + failed.getMessage()
              + "; the store has all of it, so --resume writes it again",
          failed);
    }
  }

  /** Several groups of cells as one row. */
  private static Object[] row(List<?> before, List<?> middle, Object... after) {
    List<Object> row = new ArrayList<>(before);
    row.addAll(middle);
    row.addAll(Arrays.asList(after));
    return row.toArray();
  }

  private Point point(int index) {
    return analysis.plan().points().get(index);
  }

  private void index(Writer out, BiFunction<Point, Integer, String> reproduce)
      throws IOException {
    Csv csv =
        new Csv(
            out,
            row(
                List.of("point", "repetition"), axes, "seed", "verdict", "findings",
                "fingerprint", "failure", "reproduce"));
    RunTable table = analysis.table();
    for (int i = 0; i < table.size(); i++) {
      Point point = point(table.key(i).point());
      int repetition = table.key(i).repetition();
      RunResult.Ending ending = table.ending(i);
      csv.row(
          row(
              List.of(point.id(), repetition), point.labels(), ending.seed(), ending.verdict(),
              ending.findings(), ending.fingerprint(), ending.failure(),
              reproduce.apply(point, repetition)));
    }
  }

  private void metrics(Writer out) throws IOException {
    Csv csv = new Csv(out, "point", "repetition", "metric", "value");
    RunTable table = analysis.table();
    for (int i = 0; i < table.size(); i++) {
      for (String metric : table.metrics()) {
        double value = table.value(i, metric);
        if (!Double.isNaN(value)) {
          csv.row(
              Point.id(table.key(i).point()), table.key(i).repetition(), metric,
              Texts.number(value));
        }
      }
    }
  }

  private void summary(Writer out) throws IOException {
    Csv csv =
        new Csv(
            out,
            row(
                List.of("point"), axes, "metric", "n", "mean", "deviation", "half_width_95",
                "low_95", "high_95"));
    for (Map.Entry<Integer, List<Integer>> each : analysis.rowsByPoint().entrySet()) {
      for (String metric : analysis.metrics()) {
        Estimate of = analysis.table().estimate(each.getValue(), metric);
        if (of.n() > 0) {
          OptionalDouble half = of.halfWidth();
          csv.row(
              row(
                  List.of(Point.id(each.getKey())), point(each.getKey()).labels(), metric, of.n(),
                  Texts.number(of.mean()), of.n() < 2 ? null : Texts.number(of.deviation()),
                  text(half, 0, 1), text(half, of.mean(), -1), text(half, of.mean(), 1)));
        }
      }
    }
  }

  private static String text(OptionalDouble half, double mean, int side) {
    return half.isPresent() ? Texts.number(mean + side * half.getAsDouble()) : null;
  }

  private void paired(Writer out) throws IOException {
    Csv csv =
        new Csv(
            out, "axis", "from", "to", "metric", "pairs", "repetitions", "mean_from", "mean_to",
            "difference", "half_width_95");
    for (Pairing pairing : analysis.pairings()) {
      Pairing.Means means = pairing.means();
      csv.row(
          pairing.axis(), pairing.from(), pairing.to(), pairing.metric(), pairing.pairs(),
          means.difference().n(), Texts.number(means.from()), Texts.number(means.to()),
          Texts.number(means.difference().mean()),
          text(means.difference().halfWidth(), 0, 1));
    }
  }

  private void sensitivity(Writer out) throws IOException {
    Csv csv =
        new Csv(
            out, "axis", "metric", "least_level", "least_mean", "most_level", "most_mean", "swing",
            "variance_share", "rank_correlation");
    for (Sensitivity each : analysis.sensitivities()) {
      csv.row(
          each.axis(), each.metric(), each.least().level(), Texts.number(each.least().mean()),
          each.most().level(), Texts.number(each.most().mean()), Texts.number(each.swing()),
          Texts.number(each.varianceShare()), Texts.number(each.rankCorrelation()));
    }
  }

  /** A row per crossing, and one without a place where there is none. */
  private void boundary(Writer out) throws IOException {
    SweepSpec.Boundary asked = analysis.plan().spec().boundary().orElseThrow();
    String along = axes.get(asked.along());
    List<String> others = new ArrayList<>(axes);
    others.remove(asked.along());
    Csv csv =
        new Csv(
            out,
            row(
                others, List.of(), "figure", "above", "along", "points", "points_beyond",
                "first_is_beyond", "from", "to"));
    for (Boundary each : analysis.boundaries()) {
      List<String> rest = new ArrayList<>(each.rest());
      rest.remove(asked.along());
      List<Boundary.Crossing> crossings =
          each.crossings().isEmpty()
              ? List.of(new Boundary.Crossing(null, null)) : each.crossings();
      for (Boundary.Crossing crossing : crossings) {
        csv.row(
            row(
                rest, List.of(), asked.figure(), Texts.number(asked.above()), along,
                each.points(), each.beyond(), each.isBeyondFirst(), crossing.from(),
                crossing.to()));
      }
    }
  }

  private interface LatencyRow {
    void write(String point, String kind, Latencies all) throws IOException;
  }

  /** Histograms and percentiles of each point and kind, over all repetitions. */
  private void latencies(SweepStore store) {
    file(
        "histograms.csv",
        out -> {
          Csv csv = new Csv(out, "point", "kind", "count", "min_ns", "max_ns", "payload");
          merged(
              store,
              (point, kind, all) ->
                  csv.row(
                      point, kind, all.count(), all.minNs(), all.maxNs(),
                      Base64.getEncoder().encodeToString(all.payload())));
        });
    file(
        "percentiles.csv",
        out -> {
          Csv csv =
              new Csv(out, "point", "kind", "count", "percent", "value_ns", "low_ns", "high_ns");
          merged(
              store,
              (point, kind, all) -> {
                for (double percent : PERCENTS) {
                  Latencies.Percentile at = all.at(percent);
                  csv.row(
                      point, kind, all.count(), Texts.number(percent), at.valueNs(), at.lowNs(),
                      at.highNs());
                }
              });
        });
  }

  /** Shows each point's and kind's latencies once the last repetition of it was read. */
  private static void merged(SweepStore store, LatencyRow row) throws IOException {
    Merging merging = new Merging(row);
    try {
      store.latencies(merging);
    } catch (UncheckedIOException inside) {
      throw inside.getCause();
    }
    merging.end();
  }

  /** Holds one histogram at a time; those of ten thousand points would fill the memory. */
  private static final class Merging implements SweepStore.LatencyReader {
    private final LatencyRow row;
    private int point = -1;
    private String kind = "";
    private Latencies all = new Latencies();

    Merging(LatencyRow row) {
      this.row = row;
    }

    @Override
    public void read(int nextPoint, String nextKind, byte[] payload) {
      if (nextPoint != point || !nextKind.equals(kind)) {
        try {
          end();
        } catch (IOException failed) {
          throw new UncheckedIOException(failed);
        }
        point = nextPoint;
        kind = nextKind;
        all = new Latencies();
      }
      all.add(payload);
    }

    void end() throws IOException {
      if (point >= 0) {
        row.write(Point.id(point), kind, all);
      }
    }
  }
}
