package dev.shootdown.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the tables of a sweep in {@code docs/results.md} against files that were written. */
class ResultsTablesTest {
  private static final Path PAGE = Path.of("docs", "results.md");
  private static final Pattern HEADING = Pattern.compile("### `([a-z.]+)`");
  private static final Pattern ROW = Pattern.compile("\\| `([^`]+)` \\|.*");
  private static final Pattern FIELD = Pattern.compile("(?m)^  \"(\\w+)\":");

  @TempDir private Path folder;

  private static Map<String, List<String>> documented() throws IOException {
    Map<String, List<String>> files = new TreeMap<>();
    List<String> rows = new ArrayList<>();
    for (String line : Files.readAllLines(PAGE)) {
      Matcher heading = HEADING.matcher(line);
      Matcher row = ROW.matcher(line);
      if (heading.matches()) {
        rows = new ArrayList<>();
        files.put(heading.group(1), rows);
      } else if (line.startsWith("#")) {
        rows = new ArrayList<>();
      } else if (row.matches()) {
        rows.add(row.group(1));
      }
    }
    return files;
  }

  private void written() {
    SweepPlan plan =
        Plans.of(
            folder,
            "sweep { axes = [ { path = pages, values = [1, 2] } ],"
                + " boundary { figure = munmap.latency_mean_ps, above = 1, along = pages } }");
    PointLoader loader = PointLoader.of(plan);
    try (SweepStore store = SweepStore.open(folder, plan, "1.0");
        LocalRunner runner = new LocalRunner()) {
      for (Point point : plan.points()) {
        store.add(
            List.of(
                Measures.of(
                    new RunResult.RunKey(point.index(), 0), 1,
                    runner.run(loader.load(point), 1), plan.spec().window())));
      }
      Exports.write(
          folder, new Analysis(plan, store), store,
          new Surroundings(
              "again", (point, repetition) -> "one",
              Surroundings.machine(loader, plan.points().get(0))));
    }
  }

  @Test
  void shouldNameTheColumnsWhenATableIsDocumented() throws IOException {
    written();
    List<String> checked = new ArrayList<>();
    for (Map.Entry<String, List<String>> file : documented().entrySet()) {
      Path path = folder.resolve(file.getKey());
      if (file.getKey().endsWith(".csv") && Files.exists(path)) {
        List<String> columns = new ArrayList<>(file.getValue());
        columns.replaceAll(name -> name.equals("<axis>") ? "pages" : name);
        if (file.getKey().equals("boundary.csv")) {
          columns.remove("pages"); // the axis along which it is looked for has no column
        }
        assertThat(Files.readAllLines(path).get(0)).as(file.getKey())
            .isEqualTo(String.join(",", columns));
        checked.add(file.getKey());
      }
    }
    assertThat(checked)
        .containsExactly(
            "boundary.csv", "histograms.csv", "index.csv", "metrics.csv", "paired.csv",
            "percentiles.csv", "sensitivity.csv", "summary.csv");
  }

  @Test
  void shouldNameTheFieldsWhenTheSummaryIsDocumented() throws IOException {
    written();
    assertThat(FIELD.matcher(Files.readString(folder.resolve("sweep.json"))).results()
        .map(field -> field.group(1)).toList())
        .isEqualTo(documented().get("sweep.json"));
  }

  /** The machine of the first point, without running it. */
  @Test
  void shouldKeepTheMachineWhenTablesAreWritten() throws IOException {
    written();
    assertThat(Files.readString(folder.resolve("machine.json")))
        .contains("\"schema\":1", "\"nic0\"", "\"iommu0\"");
  }
}
