package dev.shootdown.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.trace.Account;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the tables of {@code docs/results.md} against files that were written. */
class ResultsPageTest {
  private static final Path PAGE = Path.of("docs", "results.md");
  private static final Pattern HEADING = Pattern.compile("### `([a-z.]+)`");
  private static final Pattern ROW = Pattern.compile("\\| `([^`]+)` \\|.*");

  @TempDir private Path parent;

  /** The first column of the table under each heading that names a file. */
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
      } else if (row.matches() && row.group(1).equals("<account>_ps")) {
        for (Account account : Account.values()) {
          rows.add(account.name().toLowerCase(Locale.ROOT) + "_ps");
        }
      } else if (row.matches()) {
        rows.add(row.group(1));
      }
    }
    return files;
  }

  private Path written() {
    Records run = new Records();
    run.keep = true;
    return ResultDirectory.write(parent, run.staleUse().record(), false);
  }

  @Test
  void shouldNameTheColumnsWhenATableIsDocumented() throws IOException {
    Path directory = written();
    List<String> checked = new ArrayList<>();
    for (Map.Entry<String, List<String>> file : documented().entrySet()) {
      if (file.getKey().endsWith(".csv") && Files.exists(directory.resolve(file.getKey()))) {
        String text = Files.readString(directory.resolve(file.getKey()));
        assertThat(file.getValue())
            .as(file.getKey())
            .isEqualTo(CsvTable.read(file.getKey(), text).header());
        checked.add(file.getKey());
      }
    }
    assertThat(checked)
        .containsExactly(
            "ledger.csv", "occupancy.csv", "retries.csv", "stations.csv", "stats.csv",
            "trace.csv", "windows.csv");
  }

  @Test
  void shouldNameTheFieldsWhenATreeIsDocumented() throws IOException {
    Path directory = written();
    for (String name : List.of("summary.json", "verdicts.json", "manifest.json")) {
      Object tree = JsonReader.read(name, Files.readString(directory.resolve(name)));
      assertThat(documented().get(name))
          .as(name)
          .containsExactlyElementsOf(
              ((Map<?, ?>) tree).keySet().stream().map(String::valueOf).toList());
    }
  }

  @Test
  void shouldNameEveryFileWhenOneIsWritten() throws IOException {
    String page = Files.readString(PAGE);
    try (Stream<Path> files = Files.list(written())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .isNotEmpty()
          .allMatch(
              name -> page.contains("`" + name + "`") || page.contains("`" + name + "/*.txt`"));
    }
  }
}
