package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The verbs that only tell: list, explain, bench. */
class TellingTest {
  @TempDir private Path cwd;

  @Test
  void shouldGiveEachScenarioALineWhenScenariosAreListed() {
    Typed typed = Typed.inProject("list", "scenarios");

    assertThat(typed.exitCode()).isZero();
    assertThat(typed.outLines())
        .allMatch(line -> line.startsWith("scenario "))
        .anyMatch(
            line -> line.contains("scenarios/02-overtaken-fill.conf ")
                && line.endsWith("(broken, fixed)"));
  }

  @Test
  void shouldListTheOthersWhenOneScenarioIsBroken() throws IOException {
    Path scenarios = Files.createDirectory(cwd.resolve("scenarios"));
    Files.writeString(scenarios.resolve("a.conf"), "title = \"first\"\n");
    Files.writeString(scenarios.resolve("b.conf"), "{{{\n");

    Typed typed = Typed.in(cwd, "list", "scenarios");

    assertThat(typed.exitCode()).isZero();
    assertThat(typed.outLines()).hasSize(2);
    assertThat(typed.outLines().get(0)).endsWith("  first");
    assertThat(typed.outLines().get(1)).contains("cannot be read: scenarios/b.conf:");
  }

  @Test
  void shouldListEveryKindWhenNoneIsNamed() {
    assertThat(Typed.inProject("list").out())
        .contains("scenario ", "part ", "path ", "primitive ", "policy ", "era ")
        .contains("munmap ", "ats-device ");
  }

  @Test
  void shouldPrintAListOfObjectsWhenJsonIsAsked() {
    assertThat(Typed.inProject("list", "eras", "--format", "json").out())
        .startsWith("[\n  {\n    \"kind\": \"era\",\n    \"name\": \"A\",")
        .endsWith("]\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kernel.submit | time, written with its unit, such as 100ns | 100ns | assumed",
        "shootdown.run.seed | none, a whole number | 1 | none stated",
        "kernel.era | none, a word or text | C | Linux 4.15 to 6.5"
      })
  void shouldTellMeaningUnitDefaultAndSourceWhenAKeyIsExplained(
      String key, String unit, String value, String source) {
    Typed typed = Typed.inProject("explain", key);

    assertThat(typed.exitCode()).isZero();
    assertThat(typed.outLines().get(0)).isEqualTo(key.replace("shootdown.", ""));
    assertThat(typed.outLines().get(1)).startsWith("  meaning  ").hasSizeGreaterThan(20);
    assertThat(typed.outLines())
        .contains("  unit     " + unit, "  default  " + value)
        .anyMatch(line -> line.startsWith("  defined  reference.conf:"));
    if (!key.equals("kernel.era")) {
      assertThat(typed.out()).contains("  source   " + source);
    }
  }

  @Test
  void shouldNameItsKeysWhenAnObjectIsExplained() {
    assertThat(Typed.inProject("explain", "kernel").out())
        .contains("           kernel.arch\n           kernel.arch-rules\n")
        .doesNotContain("kernel.costs.");
  }

  @Test
  void shouldTellItsStepsAndErasWhenAPathIsExplained() {
    List<String> lines = Typed.inProject("explain", "paths.migrate").outLines();

    assertThat(lines)
        .startsWith("paths.migrate")
        .contains("  site     C12", "  eras     A, B, C", "           as migrate+b: B, C")
        .anyMatch(line -> line.startsWith("  meaning  migration: entries make way"))
        .anyMatch(line -> line.matches(" {11}-b: rmap-lock {10,}i_mmap_rwsem of the range's .*"))
        .anyMatch(line -> line.startsWith("  defined  classpath:paths.conf:"))
        .allMatch(line -> line.length() <= 100);
    assertThat(lines).filteredOn(line -> line.strip().startsWith("pte-restore")).hasSize(2);
  }

  @Test
  void shouldExplainAPathOfAFileAsTheFileHasIt() throws IOException {
    Files.writeString(
        cwd.resolve("own.conf"),
        "paths.mine { title = \"my path\", site = C2\n  steps = [\"B: pte-clear\"] }\n");
    Files.writeString(cwd.resolve("bad.conf"), "paths.mine { title = t, steps = [\"pte-cler\"] }");

    assertThat(Typed.in(cwd, "explain", "paths.mine", "--in", "own.conf").outLines())
        .contains("  meaning  my path", "  eras     B", "  defined  own.conf:1");
    assertThat(Typed.in(cwd, "explain", "paths.mine", "--in", "bad.conf").err())
        .contains("bad.conf:1: paths.mine.steps[0]: 'pte-cler' is no primitive");
    assertThat(Typed.in(cwd, "explain", "paths.mine").exitCode()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "pte-return ; written  pte-return (same|read-only) [keep-lock]",
        "policies.both ; meaning  under the page-table lock, and again when the bracket ends"
      })
  void shouldTellWhatAPrimitiveOrAPolicyIs(String word, String said) {
    assertThat(Typed.inProject("explain", word).out()).contains(said);
  }

  @Test
  void shouldListPoliciesWithTheirErasAndPrimitivesWithWhatTheyDo() {
    assertThat(Typed.inProject("list", "policies").outLines())
        .anyMatch(line -> line.matches("policy +arch +inside the architecture's .*\\(eras C\\)"))
        .anyMatch(line -> line.matches("policy +both .*\\(eras AB\\)"));
    assertThat(Typed.inProject("list", "primitives").outLines())
        .anyMatch(line -> line.endsWith("`share (fork|ksm)`: from now on nobody may write the"
            + " captured frames in place; for ksm the fresh ones."));
  }

  @Test
  void shouldTellWhatAMachineSetsAndWhereFromWhenAskedForItsFile() {
    String machine = "scenarios/machines/haswell-1-socket.conf";

    Typed one = Typed.inProject("explain", "parts.cpu.ipi-send", "--in", machine);
    Typed all = Typed.inProject("explain", "--in", machine);

    assertThat(one.out()).contains("  default  ", "  here     ", "  comment  ", machine + ":");
    assertThat(all.out()).contains("parts.cpu.ipi-send\n", "  set      " + machine + ":");
    assertThat(all.out()).doesNotContain("reference.conf:");
    assertThat(Typed.inProject("explain", "parts.iommu.walkers", "--in", machine).out())
        .contains("  here     as by default");
    assertThat(Typed.inProject("explain").exitCode()).isEqualTo(2);
    assertThat(Typed.inProject("explain", "--in", "nowhere.conf").exitCode()).isEqualTo(2);
  }

  @Test
  void shouldNameTheNearestKeyWhenThereIsNone() {
    Typed typed = Typed.inProject("explain", "kernel.flush-celing");

    assertThat(typed.exitCode()).isEqualTo(2);
    assertThat(typed.errLines())
        .containsExactly(
            "shootdown: there is no key 'kernel.flush-celing'; did you mean"
                + " kernel.flush-ceiling?");
  }

  @Test
  void shouldPrintRatesBesideTheBareLoopWhenPholdIsMeasured() {
    Typed typed = Typed.inProject("bench", "phold", "--quick", "--events", "20000");

    assertThat(typed.exitCode()).isZero();
    assertThat(typed.outLines().get(0)).contains("events/s", "bare loop", "ratio");
    assertThat(typed.out()).contains("64 x 1 ");
    assertThat(typed.outLines().stream().filter(line -> line.matches("\\d+ x .*")))
        .as("a row on one worker and one on two, of two sizes").hasSize(4)
        .allSatisfy(
            line ->
                assertThat(Double.parseDouble(line.trim().split(" {2,}")[3]))
                    .as("million events a second").isBetween(0.0005, 500.0));
    assertThat(typed.errLines()).hasSize(3);
    assertThat(typed.errLines().get(1)).isEqualTo("warmed up 1024 x 16, fingerprint off");
    assertThat(typed.errLines().get(2)).matches("round 1 of 1, ratios( \\d+\\.\\d\\d){2}");
  }

  @Test
  void shouldPrintObjectsWhenPholdIsMeasuredInJson() {
    String out = Typed.inProject("bench", "phold", "--json", "--quick", "--events", "2000").out();

    assertThat(out).startsWith("[\n").endsWith("]\n");
    assertThat(out.lines().filter(line -> line.startsWith("  {")))
        .isNotEmpty()
        .allMatch(
            line ->
                line.matches(
                    "  \\{\"components\": \\d+, \"eventsEach\": \\d+, \"workers\": \\d+,"
                        + " \"fingerprint\": (true|false), \"eventsPerSecond\": \\d+,"
                        + " \"bareEventsPerSecond\": \\d+, \"ratio\": \\d+\\.\\d+,"
                        + " \"overOneWorker\": \\d+\\.\\d+, \"lineNanoseconds\": \\d+},?"));
  }

  @Test
  void shouldPrintWhatPartsCostWhenTheyAreMeasured() {
    Typed typed = Typed.inProject("bench", "parts", "--json", "--components", "2000");

    assertThat(typed.exitCode()).isZero();
    assertThat(typed.out())
        .matches(
            "\\{\"components\": 2000, \"startMs\": [\\d.]+, \"idleHeapBytesEach\": -?\\d+,"
                + " \"warmStartOfTenUs\": \\d+}\\R");
  }
}
