package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunTest {
  private static final String CLEAN = "scenarios/01-unmap-one-page.conf";
  private static final String FILL = "scenarios/02-overtaken-fill.conf";
  private static final String MREMAP = "scenarios/03-era-b-mremap.conf";

  @TempDir private Path out;

  private Typed run(String... args) {
    List<String> all = Stream.concat(Stream.of("run"), Arrays.stream(args)).toList();
    return Typed.inProject(
        Stream.concat(all.stream(), Stream.of("--quiet", "--out", out.toString()))
            .toArray(String[]::new));
  }

  private static TreeMap<String, String> contents(Path directory) throws IOException {
    TreeMap<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = directory.relativize(file).toString().replace('\\', '/');
        contents.put(name, Files.readString(file));
      }
    }
    return contents;
  }

  @ParameterizedTest
  @CsvSource({
    CLEAN + ", clean",
    FILL + ":broken, stale-use",
    FILL + ":fixed, clean",
    MREMAP + ":era-b, stale-use",
    MREMAP + ":era-c, clean"
  })
  void shouldExitWithZeroWhenTheVerdictIsTheExpectedOne(String scenario, String verdict) {
    Typed typed = run(scenario);

    assertThat(typed.err()).isEmpty();
    assertThat(typed.exitCode()).isZero();
    assertThat(typed.outLines().get(0)).startsWith(verdict + "  ").contains("(met)");
    assertThat(typed.out()).doesNotContain("reproduce:");
    assertThat(typed.directory().getFileName().toString())
        .startsWith(scenario.replaceAll(".*/|\\.conf", "").replace(':', '-') + "-")
        .endsWith("-s1");
  }

  @Test
  void shouldRunEveryVariantWhenNoneIsNamed() {
    Typed typed = run(FILL);

    assertThat(typed.exitCode()).isZero();
    assertThat(out.toFile().list()).hasSize(2);
    assertThat(typed.out()).contains("02-overtaken-fill-broken-", "02-overtaken-fill-fixed-");
  }

  @Test
  void shouldShowWhatAnOperationCostWhenItRan() {
    assertThat(run(CLEAN).outLines())
        .anyMatch(line -> line.startsWith("operation "))
        .anyMatch(line -> line.startsWith("munmap "))
        .anyMatch(line -> line.startsWith("atc-wait "));
  }

  @Test
  void shouldExitWithTenAndEndWithACommandWhenAViolationIsNotExpected() {
    Typed typed = run(FILL, "--expect", "clean", "--seed", "5");

    assertThat(typed.exitCode()).isEqualTo(10);
    assertThat(typed.out()).contains("USES THE FREED FRAME");
    assertThat(typed.outLines().get(typed.outLines().size() - 1))
        .startsWith("reproduce: ./shootdown run " + FILL + ":broken --seed 5 --expect clean");
  }

  @Test
  void shouldExitWithThirteenWhenAnExpectedViolationIsNotFound() {
    Typed typed = run(FILL + ":fixed", "--expect", "stale-use");

    assertThat(typed.exitCode()).isEqualTo(13);
    assertThat(typed.out()).contains("expected stale-use (not met)");
  }

  @Test
  void shouldTakeTheSmallestCodeWhenVariantsDisagree() {
    // The broken variant is stale (10), the fixed one only lacks what was expected (13).
    assertThat(run(FILL, "--expect", "lost-dirty").exitCode()).isEqualTo(10);
    assertThat(run(FILL + ":fixed", "--expect", "lost-dirty", "--seed", "2").exitCode())
        .isEqualTo(13);
  }

  @Test
  void shouldExitWithFourteenWhenTimeRunsOutBeforeAnAnswer() {
    Typed typed = run(CLEAN, "-D", "run.until=10us");

    assertThat(typed.exitCode()).isEqualTo(14);
    assertThat(typed.out()).contains("inconclusive");
  }

  @Test
  void shouldSayWhetherTheMissingOrderWouldHavePreventedIt() throws IOException {
    Typed typed = run(FILL + ":broken");

    assertThat(typed.out()).contains("edge:    FILL of")
        .containsPattern("checked: with the invalidation .itag 0. held up by [0-9.]+ ns: clean");
    assertThat(contents(typed.directory()).get("witness/01.txt")).contains("checked: with the");
  }

  @Test
  void shouldTellWhatStandsStillWhenADeviceIsNeverAnswered() {
    Typed typed = run("scenarios/16-prq-overflow.conf:stays-silent");

    assertThat(typed.exitCode()).isEqualTo(0);
    assertThat(typed.out()).contains("no-progress: nothing is left to happen")
        .contains("wanted:  nic0").contains("again:");
  }

  @Test
  void shouldReproduceWhenTheCommandOfTheLastLineIsRun() {
    Typed first = run(FILL + ":broken", "--expect", "clean", "-D", "parts.cpu.flush=70ns");
    String last = first.outLines().get(first.outLines().size() - 1);
    String command = last.replaceAll("^reproduce: ./shootdown run | *#.*$", "");
    Typed second = run(command.split(" "));

    assertThat(command).contains("-D parts.cpu.flush=70ns");
    assertThat(second).isEqualTo(first);
  }

  @Test
  void shouldWriteEveryFileOfTheContractWhenSomethingWasFound() throws IOException {
    TreeMap<String, String> files = contents(run(FILL + ":broken", "--trace").directory());

    assertThat(files.keySet())
        .contains(
            "config.conf", "fingerprint.txt", "ledger.csv", "log.txt", "machine.json",
            "manifest.json", "stats.csv", "summary.json", "trace.csv", "verdicts.json",
            "witness/01.txt");
    assertThat(files.get("summary.json")).contains("\"verdict\": \"stale-use\"");
    assertThat(files.get("manifest.json"))
        .contains("\"exit_code\": 0", "\"java\": ", "\"--trace\"", "\"elapsed_ms\": ");
    assertThat(files.get("stats.csv")).contains("cpu0,operations_count,1");
    assertThat(files.get("trace.csv")).contains("PtesChanged");
  }

  @Test
  void shouldWriteTheSameBytesWhenItRunsAgainWithATraceOrTwoWorkers() throws IOException {
    TreeMap<String, String> first = contents(run(FILL + ":broken").directory());
    Typed again = run(FILL + ":broken", "--force", "--trace");
    TreeMap<String, String> second = contents(again.directory());
    TreeMap<String, String> third =
        contents(run(FILL + ":broken", "--force", "--workers", "2").directory());

    for (String name : first.keySet()) {
      if (!name.equals("manifest.json")) {
        assertThat(second.get(name)).as(name).isEqualTo(first.get(name));
        if (!name.equals("config.conf")) {
          assertThat(third.get(name)).as(name).isEqualTo(first.get(name));
        }
      }
    }
  }

  @Test
  void shouldRefuseAndKeepWhatIsThereWhenResultsExist() throws IOException {
    Path directory = run(CLEAN).directory();
    Path mark = Files.writeString(directory.resolve("mine.txt"), "kept");

    Typed refused = run(CLEAN);

    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.out()).isEmpty();
    assertThat(refused.errLines()).singleElement().asString()
        .contains(directory.getFileName().toString()).contains("exists").contains("--force");
    assertThat(mark).hasContent("kept");
    assertThat(run(CLEAN, "--force").exitCode()).isZero();
    assertThat(mark).doesNotExist();
  }

  @Test
  void shouldExitWithThreeWhenResultsCannotBeWritten() throws IOException {
    Path file = Files.writeString(out.resolve("file"), "");
    Typed typed = Typed.inProject("run", CLEAN, "--quiet", "--out", file.toString());

    assertThat(typed.exitCode()).isEqualTo(3);
    assertThat(typed.out()).isEmpty();
    assertThat(typed.errLines()).singleElement().asString().contains("cannot be written");
  }

  @Test
  void shouldPrintOneObjectWhenJsonIsAsked() {
    Typed typed = run(FILL, "--format", "json");

    assertThat(typed.exitCode()).isZero();
    assertThat(typed.out()).startsWith("{\n").endsWith("}\n");
    assertThat(typed.out())
        .contains("\"exit_code\": 0", "\"verdict\": \"stale-use\"", "\"verdict\": \"clean\"")
        .contains("\"scenario\": \"" + FILL + ":fixed\"", "\"fingerprint\": \"");
  }
}
