package dev.shootdown.report;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What a sweep's directory says in its tables; the store beside them is not opened. */
final class SweepResults {
  private static final String INDEX = "index.csv";
  private static final String HISTOGRAMS = "histograms.csv";
  private static final List<String> BEFORE = List.of("point", "repetition");
  private static final List<String> AFTER =
      List.of("seed", "verdict", "findings", "fingerprint", "failure", "reproduce");

  /**
   * A point of the sweep.
   *
   * @param labels its level on each axis
   * @param verdicts how many runs came to which verdict; a failed run counts as {@code failed}
   * @param reproduce the command that shows its first run
   */
  record Point(
      String id, List<String> labels, SortedMap<String, Integer> verdicts, String reproduce) {
    int runs() {
      return verdicts.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  /** The means of a figure by point, and half of their 95 % intervals; NaN where there is none. */
  static final class Figure {
    private final double[] means;
    private final double[] halves;

    private Figure(int points) {
      means = new double[points];
      halves = new double[points];
      Arrays.fill(means, Double.NaN);
      Arrays.fill(halves, Double.NaN);
    }

    double mean(int point) {
      return means[point];
    }

    double half(int point) {
      return halves[point];
    }

    /** Whether it is not the same everywhere. */
    boolean varies() {
      double[] known = Arrays.stream(means).filter(mean -> !Double.isNaN(mean)).toArray();
      return known.length > 1 && Arrays.stream(known).anyMatch(mean -> mean != known[0]);
    }

    double max() {
      return Arrays.stream(means).filter(mean -> !Double.isNaN(mean)).max().orElse(0);
    }
  }

  private final Path directory;
  private final List<String> axes = new ArrayList<>();
  private final List<Point> points = new ArrayList<>();
  private final List<List<String>> levels = new ArrayList<>();
  private final SortedMap<String, Figure> figures = new TreeMap<>();
  private final Map<String, Integer> places = new LinkedHashMap<>();
  private final Optional<Node> told;

  private SweepResults(Path directory) {
    this.directory = directory;
    this.told = node("sweep.json");
  }

  /** Takes the latencies of a point's operations of one kind, as the store has them. */
  interface LatencyReader {
    void read(int point, String kind, byte[] payload);
  }

  static boolean isSweep(Path directory) {
    return Files.exists(directory.resolve(INDEX));
  }

  /**
   * Reads what all sections need.
   *
   * @throws UnreadableResult if a table is missing or not as it was written
   */
  static SweepResults open(Path directory) {
    SweepResults results = new SweepResults(directory);
    results.readIndex();
    results.readSummary();
    return results;
  }

  private void readIndex() {
    Map<String, Point> byId = new LinkedHashMap<>();
    CsvTable index =
        CsvTable.each(
            shown(INDEX), text(INDEX),
            row -> {
              String failure = row.text("failure");
              String id = row.text("point");
              Point point =
                  byId.computeIfAbsent(
                      id,
                      name ->
                          new Point(
                              id,
                              row.fields().subList(
                                  BEFORE.size(),
                                  Math.max(BEFORE.size(), row.fields().size() - AFTER.size())),
                              new TreeMap<>(), row.text("reproduce")));
              String verdict = failure.isEmpty() ? row.text("verdict") : "failed";
              point.verdicts().merge(verdict, 1, Integer::sum);
            });
    int size = index.header().size();
    boolean known =
        size >= BEFORE.size() + AFTER.size()
            && index.header().subList(0, BEFORE.size()).equals(BEFORE)
            && index.header().subList(size - AFTER.size(), size).equals(AFTER);
    if (!known) {
      throw new UnreadableResult(
          UnreadableResult.Kind.OTHER_SCHEMA,
          shown(INDEX) + ":1: the columns are not those that this version reads (point,"
              + " repetition, the axes, " + String.join(", ", AFTER) + ")");
    }
    axes.addAll(index.header().subList(BEFORE.size(), size - AFTER.size()));
    points.addAll(byId.values());
    for (int axis = 0; axis < axes.size(); axis++) {
      Set<String> of = new LinkedHashSet<>();
      for (Point point : points) {
        of.add(point.labels().get(axis));
      }
      levels.add(List.copyOf(of));
    }
  }

  private void readSummary() {
    for (int i = 0; i < points.size(); i++) {
      places.put(points.get(i).id(), i);
    }
    CsvTable.each(
        shown("summary.csv"), text("summary.csv"),
        row -> {
          Integer place = places.get(row.text("point"));
          if (place != null) {
            Figure figure =
                figures.computeIfAbsent(row.text("metric"), name -> new Figure(points.size()));
            figure.means[place] = row.decimal("mean");
            figure.halves[place] = row.decimal("half_width_95");
          }
        });
  }

  String title() {
    return told().map(summary -> summary.text("title")).orElseGet(this::id);
  }

  /** The name of its directory, whatever that is called now. */
  String id() {
    return told().map(summary -> summary.text("id"))
        .orElseGet(() -> "Sweep " + directory.toAbsolutePath().normalize().getFileName());
  }

  /** What the sweep says of itself; empty if it was written by a version that said nothing. */
  Optional<Node> told() {
    return told;
  }

  /** The machine of the first point that was run; empty if none was kept. */
  Optional<Node> machine() {
    return node("machine.json");
  }

  private Optional<Node> node(String name) {
    return Files.exists(directory.resolve(name))
        ? Optional.of(Node.read(shown(name), text(name)).ofSchema(Trees.SCHEMA))
        : Optional.empty();
  }

  /** Shows the merged latencies of each point and kind of operation. */
  void latencies(LatencyReader reader) {
    if (Files.exists(directory.resolve(HISTOGRAMS))) {
      CsvTable.each(
          shown(HISTOGRAMS), text(HISTOGRAMS),
          row -> {
            Integer place = places.get(row.text("point"));
            if (place != null) {
              reader.read(place, row.text("kind"), payload(row));
            }
          });
    }
  }

  private byte[] payload(CsvTable.Row row) {
    try {
      return Base64.getDecoder().decode(row.text("payload"));
    } catch (IllegalArgumentException wrong) {
      throw UnreadableResult.damaged(shown(HISTOGRAMS), 0, "holds a payload that is not base64");
    }
  }

  /** Where a point's runs have reports of their own, by the point's id; none if not asked for. */
  SortedMap<String, List<String>> runPages() {
    SortedMap<String, List<String>> pages = new TreeMap<>();
    Path folder = directory.resolve("runs");
    if (Files.isDirectory(folder)) {
      try (Stream<Path> all = Files.list(folder)) {
        all.filter(run -> Files.exists(run.resolve(Report.FILE)))
            .map(run -> run.getFileName().toString())
            .filter(name -> name.matches("p\\d+-r\\d+"))
            .sorted()
            .forEach(
                name ->
                    pages.computeIfAbsent(name.replaceFirst("-.*", ""), id -> new ArrayList<>())
                        .add("runs/" + name + "/" + Report.FILE));
      } catch (IOException e) {
        throw UnreadableResult.damaged(folder.toString(), 0, "cannot be read: " + e.getMessage());
      }
    }
    return pages;
  }

  List<String> axes() {
    return axes;
  }

  List<Point> points() {
    return points;
  }

  /** By name. */
  SortedMap<String, Figure> figures() {
    return figures;
  }

  /** The levels of an axis in the order in which they appear. */
  List<String> levels(int axis) {
    return levels.get(axis);
  }

  /** A table beside the index; empty if the sweep wrote none. */
  Optional<CsvTable> csv(String name) {
    return Files.exists(directory.resolve(name))
        ? Optional.of(CsvTable.read(shown(name), text(name)))
        : Optional.empty();
  }

  /**
   * A boundary that the sweep was asked for.
   *
   * @param above points whose mean of {@code figure} is greater lie beyond it
   * @param along the place of the axis along which it was looked for
   */
  record Border(String figure, double above, int along) {}

  /** The boundary; empty if the sweep was asked for none, or no run has the figure. */
  Optional<Border> border() {
    return csv("boundary.csv")
        .flatMap(table -> table.rows().stream().findFirst())
        .map(row -> new Border(row.text("figure"), row.decimal("above"),
            axes.indexOf(row.text("along"))))
        .filter(border -> border.along() >= 0 && figures.containsKey(border.figure()));
  }

  /** What the sweep itself says of its numbers, a sentence a line. */
  List<String> findings() {
    return Files.exists(directory.resolve("findings.txt"))
        ? text("findings.txt").lines().filter(line -> !line.isBlank()).toList()
        : List.of();
  }

  List<ConfigLines.Setting> settings() {
    return Files.exists(directory.resolve("config.conf"))
        ? ConfigLines.read(shown("config.conf"), text("config.conf"))
        : List.of();
  }

  private String text(String name) {
    Path file = directory.resolve(name);
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new UnreadableResult(
          UnreadableResult.Kind.DAMAGED,
          file + ": the file is missing; the sweep with --resume writes it again");
    } catch (MalformedInputException e) {
      throw UnreadableResult.damaged(file.toString(), 0, "is no UTF-8 text");
    } catch (IOException e) {
      throw UnreadableResult.damaged(file.toString(), 0, "cannot be read: " + e.getMessage());
    }
  }

  private String shown(String name) {
    return directory.resolve(name).toString();
  }
}
