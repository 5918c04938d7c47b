package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SweepTest {
  private static final String CLEAN = "scenarios/01-unmap-one-page.conf";
  private static final String FILL = "scenarios/02-overtaken-fill.conf";

  @TempDir private Path out;
  @TempDir private Path other;

  private Typed sweep(String scenario, String... more) {
    return sweep(new Interrupts(code -> {}, false), scenario, more);
  }

  private Typed sweep(Interrupts interrupts, String scenario, String... more) {
    List<String> words = new ArrayList<>(List.of("sweep", scenario, "--quiet", "--out"));
    words.add(out.toString());
    words.addAll(List.of(more));
    return Typed.in(Typed.PROJECT, interrupts, words.toArray(new String[0]));
  }

  private Path directory() throws IOException {
    try (Stream<Path> files = Files.list(out)) {
      return files.findFirst().orElseThrow();
    }
  }

  @Test
  void shouldTellAndKeepAllPointsWhenSwept() throws IOException {
    Typed typed = sweep(CLEAN, "--axis", "kernel.era=B,C", "--axis", "kernel.submit=50ns,1us",
        "--jobs", "2", "-D", "sweep.repeat=2");

    assertThat(typed.err()).isEmpty();
    assertThat(typed.exitCode()).isZero();
    assertThat(typed.out())
        .contains("point   kernel.era  kernel.submit  n  verdicts  munmap.latency_mean_ps")
        .contains("8 runs of 4 points: 8 clean.", "What moves it most: kernel.era, from ")
        .contains("results: ");
    assertThat(directory().resolve("sweep.sqlite")).isRegularFile();
    assertThat(Files.readAllLines(directory().resolve("index.csv"))).hasSize(9).first()
        .isEqualTo("point,repetition,kernel.era,kernel.submit,seed,verdict,findings,fingerprint,"
            + "failure,reproduce");
    assertThat(ConfigFactory.parseFile(directory().resolve("manifest.json").toFile())
        .getBoolean("complete")).isTrue();
  }

  /** The scenario has variants, and the sweep is of none of them. */
  @Test
  void shouldComeToTheSameFingerprintWhenARunIsReproduced() throws IOException {
    sweep(FILL, "--axis", "kernel.submit=100ns,150ns");
    List<String> index = Files.readAllLines(directory().resolve("index.csv"));
    String last = index.get(index.size() - 1);
    List<String> words =
        new ArrayList<>(List.of(last.substring(last.indexOf("./shootdown run")).split(" ")));
    words.remove(0);
    words.addAll(List.of("--quiet", "--out", other.toString()));
    Typed again = Typed.inProject(words.toArray(String[]::new));
    String fingerprint = Files.readAllLines(again.directory().resolve("fingerprint.txt")).get(0);

    assertThat(last).contains("-D variants=null", "," + fingerprint + ",");
  }

  @Test
  void shouldRefuseAKeyThatIsNotThereWhenPointsAreOnlyCounted() {
    for (String mode : List.of("--count", "--list")) {
      Typed typed = sweep(CLEAN, "--axis", "iommu.flush=strict,lazy", mode);

      assertThat(typed.exitCode()).isEqualTo(2);
      assertThat(typed.err()).contains("command line: iommu: unknown key");
    }
  }

  @Test
  void shouldWriteTheReportWhenItEnds() throws IOException {
    sweep(CLEAN, "--axis", "kernel.era=B,C", "-D", "sweep.expect=stale-use");

    assertThat(Files.readString(directory().resolve("report.html")))
        .contains("2 runs against what was expected: stale-use", "id=\"machine\"",
            "Latency of munmap by kernel.era", "./shootdown sweep " + CLEAN);
  }

  @Test
  void shouldSayExistsUntilItIsResumedWhenItWasBegunBefore() {
    sweep(CLEAN, "--axis", "kernel.era=B,C", "--only", "p00001");
    Typed refused = sweep(CLEAN, "--axis", "kernel.era=B,C");
    Typed resumed = sweep(CLEAN, "--axis", "kernel.era=B,C", "--resume");

    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.errLines()).singleElement().asString().contains("exists", "--resume");
    assertThat(resumed.exitCode()).isZero();
    assertThat(resumed.out()).contains("2 runs of 2 points: 2 clean.");
  }

  @Test
  void shouldComeToTheSameWhenShardsAreTakenIn() throws IOException {
    String[] axes = {"--axis", "kernel.era=B,C", "--axis", "kernel.submit=50ns,1us"};
    List<String> takeIn = new ArrayList<>(List.of(axes));
    for (String shard : List.of("1/3", "2/3", "3/3")) {
      Typed part = sweep(CLEAN, axes[0], axes[1], axes[2], axes[3], "--shard", shard);
      assertThat(part.exitCode()).isZero();
      takeIn.add("--take-in");
      takeIn.add(part.directory().toString());
    }
    Typed merged = sweep(CLEAN, takeIn.toArray(new String[0]));

    assertThat(merged.exitCode()).isZero();
    assertThat(merged.out()).contains("4 runs of 4 points: 4 clean.");
    assertThat(Files.readAllLines(merged.directory().resolve("summary.csv")).get(1))
        .startsWith("p00000,B,50ns,");
  }

  @Test
  void shouldEndWithZeroAndFindingsUnlessSomethingElseIsExpected() {
    String[] axis = {"--axis", "variant=broken,fixed"};
    Typed found = sweep(FILL, axis);
    Typed expected = sweep(FILL, axis[0], axis[1], "--resume", "--expect", "clean");
    Typed other = sweep(FILL, axis[0], axis[1], "--resume", "--expect", "stale-use");

    assertThat(found.exitCode()).isZero();
    assertThat(found.out())
        .contains("stale-use comes only with variant = broken, and there always");
    assertThat(expected.exitCode()).isEqualTo(10);
    assertThat(expected.outLines()).last().isEqualTo(
        "reproduce: ./shootdown run " + FILL + ":broken -D run.seed=1");
    assertThat(other.exitCode()).isEqualTo(13);
  }

  @Test
  void shouldNameAndCountPointsAndRunNothingWhenAsked() {
    String[] axis = {"--axis", "kernel.era=B,C", "-D", "sweep.repeat=4"};

    assertThat(sweep(CLEAN, with(axis, "--list")).outLines())
        .containsExactly("point   kernel.era", "p00000  B", "p00001  C");
    assertThat(sweep(CLEAN, with(axis, "--list", "--format", "csv")).outLines())
        .containsExactly("point,kernel.era", "p00000,B", "p00001,C");
    assertThat(sweep(CLEAN, with(axis, "--list", "--format", "json")).out())
        .contains("\"point\": \"p00001\"", "\"kernel.era\": \"C\"");
    assertThat(sweep(CLEAN, with(axis, "--count")).outLines())
        .containsExactly("2 points, 8 runs");
    Typed dry = sweep(CLEAN, with(axis, "--dry-run"));
    assertThat(dry.outLines()).contains("p00001  C", "2 points, 8 runs");
    assertThat(dry.err()).contains("a pilot run took ", "all runs will take about ");
    assertThat(out).isEmptyDirectory();
  }

  private static String[] with(String[] words, String... more) {
    return Stream.concat(Stream.of(words), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void shouldWriteTablesForProgramsWhenCsvOrJsonIsAsked() {
    String[] axis = {"--axis", "kernel.era=B,C"};

    assertThat(sweep(CLEAN, with(axis, "--format", "csv")).outLines()).first()
        .isEqualTo("point,kernel.era,metric,n,mean,deviation,half_width_95,low_95,high_95");
    assertThat(sweep(CLEAN, with(axis, "--format", "json", "--resume")).out())
        .contains("\"exit_code\": 0", "\"clean\": 1", "\"munmap.latency_mean_ps\": ");
  }

  @Test
  void shouldExitWith130AndGoOnLaterWhenInterrupted() {
    Interrupts pressed = new Interrupts(code -> {}, false);
    pressed.onSignal(2);
    Typed stopped = sweep(pressed, CLEAN, "--axis", "kernel.era=B,C");
    Typed resumed = sweep(CLEAN, "--axis", "kernel.era=B,C", "--resume");

    assertThat(stopped.exitCode()).isEqualTo(130);
    assertThat(stopped.err()).contains("interrupted; --resume goes on");
    assertThat(resumed.exitCode()).isZero();
    assertThat(resumed.out()).contains("2 runs of 2 points");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--axis kernel.er=B | 2 | command line: kernel.er: unknown key; did you mean 'era'?",
        "--axis kernel.era=B --only p7 | 2 | there is no point 'p7'; there are p00000 to p00000",
        "--axis kernel.era=B --shard 3/2 | 2 | --shard is I/N with I from 1 to N",
        "--axis kernel.era=B --shard 2/2 | 2 | no point is left by --only and --shard",
        "--axis kernel.era=B --jobs 0 | 2 | --jobs must be at least 1, not 0",
        "--axis kernel.era=B --progress-every 0 | 2 | --progress-every takes 0.01 to 86400 seconds,"
            + " not 0.0",
        "--axis kernel.era=B --progress-every NaN | 2 | --progress-every takes 0.01 to 86400",
        "--axis kernel.era=B --list --count | 2 | mutually exclusive",
        "--axis kernel.era=B --expect fine | 2 | sweep.expect: \"fine\" is no verdict",
        "--axis kernel.era=B --take-in nowhere | 3 | no such file"
      })
  void shouldSayWhatIsWrongWhenAnOptionIs(String options, int exitCode, String message) {
    Typed typed = sweep(CLEAN, options.split(" "));

    assertThat(typed.exitCode()).isEqualTo(exitCode);
    assertThat(typed.out()).isEmpty();
    assertThat(typed.err()).contains(message).doesNotContain("\tat ");
  }

  @Test
  void shouldExitWithThreeWhenTheStoreIsDamagedOrCannotBeWritten() throws IOException {
    sweep(CLEAN, "--axis", "kernel.era=B,C");
    Files.writeString(directory().resolve("sweep.sqlite"), "no database ".repeat(100));
    Typed damaged = sweep(CLEAN, "--axis", "kernel.era=B,C", "--resume");
    Path file = Files.createFile(out.resolve("file"));
    Typed unwritable =
        Typed.inProject(
            "sweep", CLEAN, "--axis", "kernel.era=B,C", "--quiet", "--out", file.toString());

    assertThat(damaged.exitCode()).isEqualTo(3);
    assertThat(damaged.err()).contains("is damaged", "nothing was changed");
    assertThat(unwritable.exitCode()).isEqualTo(3);
    assertThat(unwritable.err()).contains("results cannot be written to");
  }

  @Test
  void shouldWriteWhatRunWritesOfEachRunThatFoundSomethingWhenFilesAreAsked()
      throws IOException {
    String[] axis = {"--axis", "variant=broken,fixed"};
    Typed found = sweep(FILL, with(axis, "--run-files", "found"));
    Path runs = found.directory().resolve("runs");
    Path alone = out.resolve("alone");
    Path run =
        Typed.inProject(
                "run", FILL + ":broken", "--quiet", "--out", alone.toString(), "--seed", "1")
            .directory();

    assertThat(found.exitCode()).isZero();
    assertThat(found.err()).contains("1 runs have files in ");
    assertThat(runs).isDirectoryContaining(path -> path.endsWith("p00000-r0"))
        .isDirectoryNotContaining(path -> path.endsWith("p00001-r0"));
    for (String same : List.of("fingerprint.txt", "ledger.csv", "stats.csv", "verdicts.json")) {
      assertThat(runs.resolve("p00000-r0").resolve(same))
          .hasSameTextualContentAs(run.resolve(same));
    }
    assertThat(Typed.inProject("report", runs.resolve("p00000-r0").toString()).exitCode()).isZero();

    Typed all = sweep(FILL, with(axis, "--run-files", "all", "--resume"));
    assertThat(all.err()).contains("2 runs have files in ");
    try (Stream<Path> folders = Files.list(runs)) {
      assertThat(folders.map(path -> path.getFileName().toString()).sorted())
          .containsExactly("p00000-r0", "p00001-r0");
    }
  }

  @Test
  void shouldExitWithTwelveWhenARunForItsFilesDiffersFromTheStore() throws Exception {
    Typed swept = sweep(CLEAN, "--axis", "kernel.era=B,C");
    try (java.sql.Connection store =
            java.sql.DriverManager.getConnection(
                "jdbc:sqlite:" + swept.directory().resolve("sweep.sqlite"));
        java.sql.Statement statement = store.createStatement()) {
      statement.execute("UPDATE runs SET fingerprint = 'ff' WHERE point = 1");
    }
    Typed again = sweep(CLEAN, "--axis", "kernel.era=B,C", "--resume", "--run-files", "all");

    assertThat(again.exitCode()).isEqualTo(12);
    assertThat(again.err()).contains("p00001-r0 ran again and came to another fingerprint");
    assertThat(swept.directory().resolve("runs/p00000-r0/summary.json")).isRegularFile();
    assertThat(swept.directory().resolve("runs/p00001-r0")).doesNotExist();
  }

  @Test
  void shouldRunAgainOnlyWhatFailedWhenRetryIsAsked() throws Exception {
    Typed swept = sweep(CLEAN, "--axis", "kernel.era=B,C");
    try (java.sql.Connection store =
            java.sql.DriverManager.getConnection(
                "jdbc:sqlite:" + swept.directory().resolve("sweep.sqlite"));
        java.sql.Statement statement = store.createStatement()) {
      statement.execute("UPDATE runs SET failure = 'it broke', verdict = '' WHERE point = 0");
      statement.execute("UPDATE runs SET fingerprint = 'kept' WHERE point = 1");
    }
    String before = Files.readString(swept.directory().resolve("index.csv"));
    Typed resumed = sweep(CLEAN, "--axis", "kernel.era=B,C", "--resume");
    Typed retried = sweep(CLEAN, "--axis", "kernel.era=B,C", "--retry-failed");

    assertThat(resumed.exitCode()).isEqualTo(1);
    assertThat(resumed.out()).contains("failed: it broke");
    assertThat(retried.exitCode()).isZero();
    List<String> after = Files.readAllLines(swept.directory().resolve("index.csv"));
    assertThat(after.get(1)).isEqualTo(before.lines().toList().get(1));
    assertThat(after.get(2)).contains(",kept,");
  }

  @Test
  void shouldTellWhatAPointCostsUnlessItIsQuiet() throws IOException {
    Typed typed =
        Typed.inProject(
            "sweep", CLEAN, "--axis", "kernel.era=B,C", "--out", out.toString());

    assertThat(typed.err())
        .containsPattern("CPU time, over the later half: \\d+\\.\\d\\d ms to read a point");
    assertThat(
            ConfigFactory.parseFile(typed.directory().resolve("manifest.json").toFile())
                .getLong("cpu_us.running"))
        .isPositive();
  }

  @Test
  void shouldTakeNoNoticeOfTheBlockWhenAScenarioIsRun() throws IOException {
    Path scenario =
        Files.writeString(
            out.resolve("s.conf"),
            Files.readString(Typed.PROJECT.resolve(CLEAN))
                + "\nsweep.axes = [ { any = thing } ]\n");
    Typed typed = Typed.in(out, "run", scenario.getFileName().toString(), "--quiet");

    assertThat(typed.exitCode()).isZero();
  }
}
