package dev.shootdown.validate;

import com.typesafe.config.ConfigObject;
import dev.shootdown.check.LedgerRow;
import dev.shootdown.config.ConfigFiles;
import dev.shootdown.config.Problems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A user's own measurements beside what a scenario gives.
 *
 * <p>The file has the columns of the published figures. {@code setting} names the configuration key
 * that {@code x} goes to, such as {@code sweep.let.pages}; {@code x_unit} is written behind
 * {@code x} if it is a unit of time or size. {@code operation} is the kind of operation whose mean
 * duration {@code value} is, in ns, us, ms or s. Whatever can't be mapped is refused by name.
 */
public final class OwnData {
  private static final double TOLERANCE = 0.15;
  private static final String KEY = "[a-z0-9-]+(\\.[A-Za-z0-9_-]+)+";
  private static final List<String> QUANTITIES =
      List.of("ps", "ns", "us", "ms", "s", "B", "KiB", "MiB", "GiB");
  private static final List<String> COUNTS = List.of("", "pages", "threads", "cores", "CPUs");

  private final Path file;
  private final String shown;
  private final Path scenario;
  private final Optional<String> variant;
  private final String title;

  /**
   * Measurements to compare.
   *
   * @param file the CSV
   * @param shown its name for messages
   * @param scenario the scenario file
   * @param variant its variant, if it has any
   * @param title one line for the table
   */
  public OwnData(
      Path file, String shown, Path scenario, Optional<String> variant, String title) {
    this.file = file;
    this.shown = shown;
    this.scenario = scenario;
    this.variant = variant;
    this.title = title;
  }

  /**
   * Runs the scenario at every x.
   *
   * @param machine name of the machine, for the table
   * @throws DataProblem naming file, line and what would be right
   */
  public Outcome on(Workbench bench, String machine) {
    List<PublishedFile.Row> rows = PublishedFile.read(file, shown);
    ConfigObject config =
        ConfigFiles.load(
            scenario, Optional.empty(), bench.settings(), scenario.toAbsolutePath().getParent(),
            new Problems());
    for (PublishedFile.Row row : rows) {
      check(row, config);
    }
    Map<String, Observed> runs = new TreeMap<>();
    List<Point> points = new ArrayList<>();
    for (PublishedFile.Row row : rows) {
      String override = override(row.published());
      Observed observed = runs.get(override);
      if (observed == null) {
        observed = bench.run(scenario, variant, List.of(override));
        runs.put(override, observed);
      }
      points.add(
          new Point(
              row.operation(), row.published(), mean(row, observed), false, TOLERANCE));
    }
    return new Outcome(
        "own", title, machine,
        Outcome.Goal.eachPoint("each point within 15 %"), points, List.of());
  }

  private void check(PublishedFile.Row row, ConfigObject config) {
    String key = row.published().setting();
    if (!key.matches(KEY)) {
      throw problem(
          row, "setting is '" + key + "'; it has to name the one key that x goes to, such as"
              + " sweep.let.pages");
    }
    if (!config.toConfig().hasPathOrNull(key)) {
      throw problem(row, "the scenario has no key '" + key + "'");
    }
    String unit = row.published().xUnit();
    if (!QUANTITIES.contains(unit) && !COUNTS.contains(unit)) {
      throw problem(
          row, "x_unit '" + unit + "' cannot be mapped; there are " + QUANTITIES + " and, for"
              + " plain numbers, " + COUNTS.subList(1, COUNTS.size()));
    }
    if (psPer(row.published().unit()) == 0) {
      throw problem(
          row, "unit '" + row.published().unit() + "' cannot be compared with a duration; there"
              + " are ns, us, ms, s");
    }
    if (row.operation().isEmpty()) {
      throw problem(row, "operation is empty; it names a path, such as munmap");
    }
  }

  private static String override(Published published) {
    boolean quantity = QUANTITIES.contains(published.xUnit());
    return published.setting() + "=" + published.x() + (quantity ? published.xUnit() : "");
  }

  private double mean(PublishedFile.Row row, Observed observed) {
    List<LedgerRow> operations = observed.rows(row.operation());
    if (operations.isEmpty()) {
      throw problem(
          row, "the scenario finished no operation '" + row.operation() + "'");
    }
    double sumPs = 0;
    for (LedgerRow operation : operations) {
      sumPs += operation.elapsedPs();
    }
    return sumPs / operations.size() / psPer(row.published().unit());
  }

  private static double psPer(String unit) {
    return switch (unit) {
      case "ns" -> 1e3;
      case "us" -> 1e6;
      case "ms" -> 1e9;
      case "s" -> 1e12;
      default -> 0;
    };
  }

  private DataProblem problem(PublishedFile.Row row, String what) {
    return new DataProblem(shown + ":" + row.line() + ": " + what);
  }
}
