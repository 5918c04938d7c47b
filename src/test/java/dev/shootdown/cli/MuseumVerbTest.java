package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The museum as it is seen from a terminal. */
class MuseumVerbTest {
  private static final String NOT_REPRODUCED =
      """
      include classpath("profiles/two-socket-ats.conf")
      title = "t"
      processes = [
        { name = app, devices = [nic0], areas = [ { name = a, at = "0x7f0000000000", pages = 1 } ] }
      ]
      workload = [ { cpu = cpu0, process = app, do = ["touch a write", "munmap a"] } ]
      variants { one { expect = stale-use }, two { expect = clean } }
      museum {
        number = 99
        story = [a, b, c, d, e]
        commits = [ { id = "eb66ae030829", verified = true, what = "x" } ]
        symptom = "s"
        broken = [one]
        fixed = [two]
        schedules = 1
      }
      """;

  @TempDir Path folder;

  private Path collection(String text) throws IOException {
    Path hall = Files.createDirectories(folder.resolve("scenarios").resolve("museum"));
    return Files.writeString(hall.resolve("99-some.conf"), text);
  }

  @Test
  void shouldListExhibitsInTheOrderOfTheirNumbers() {
    Typed typed = Typed.inProject("museum");

    assertThat(typed.exitCode()).isZero();
    assertThat(typed.outLines()).hasSizeGreaterThanOrEqualTo(12);
    assertThat(typed.outLines()).anyMatch(line -> line.startsWith("  3a  "));
  }

  @Test
  void shouldTellStoryAndChartAndVerdictsWhenOneIsShown() {
    Typed typed = Typed.inProject("museum", "19-mremap-ptl", "--quiet", "--jobs", "1");

    assertThat(typed.exitCode()).isZero();
    assertThat(typed.err()).isEmpty();
    assertThat(typed.out())
        .contains("Bug 19: CVE-2018-18281").contains("symptom:").contains("eb66ae030829")
        .contains("stale-use: cpu1").contains("PAGE-FREE")
        .contains("broken  before: stale-use in schedule 1")
        .contains("fixed   since: clean in 100 schedules");
  }

  @Test
  void shouldExitWithThirteenWhenABugDoesNotShow() throws IOException {
    collection(NOT_REPRODUCED);

    Typed all = Typed.in(folder, "museum", "--all", "--quiet");
    assertThat(all.exitCode()).isEqualTo(ExitCode.NOT_MET);
    assertThat(all.out()).startsWith("KTAP version 1\n1..1\n").contains("not ok 1 99-some");

    Typed one = Typed.in(folder, "museum", "99", "--format", "json");
    assertThat(one.exitCode()).isEqualTo(ExitCode.NOT_MET);
    assertThat(one.out()).contains("\"reproduced\": false").contains("\"exit_code\": 13");
    assertThat(one.err()).contains("1/1  99-some");
  }

  @Test
  void shouldShowAFileThatIsNotInTheMuseum() throws IOException {
    Path file = Files.writeString(folder.resolve("own.conf"), NOT_REPRODUCED);

    Typed typed = Typed.in(folder, "museum", file.getFileName().toString(), "--format", "ktap");
    assertThat(typed.out()).contains("not ok 1 own");
  }

  @Test
  void shouldStopBetweenRunsWhenItIsInterrupted() throws IOException {
    collection(NOT_REPRODUCED);
    Interrupts interrupts = new Interrupts(code -> {}, false);
    interrupts.onSignal(2);

    Typed typed = Typed.in(folder, interrupts, "museum", "--all");
    assertThat(typed.exitCode()).isEqualTo(130);
    assertThat(typed.err()).contains("interrupted");
  }

  @Test
  void shouldRefuseWhatMakesNoSense() throws IOException {
    collection(NOT_REPRODUCED.replace("broken = [one]", "broken = [none]"));
    Files.writeString(folder.resolve("plain.conf"), NOT_REPRODUCED.replace("number = 99", ""));

    refused("there is no variant 'none'; there are [one, two]", "museum");
    refused("99-some.conf:", "museum", "--all");
    refused("plain.conf is no exhibit", "museum", "plain.conf");
    refused("--jobs must be at least 1", "museum", "--jobs", "0");
    refused("leave it or '3a' out", "museum", "3a", "--all");
    refused("a list has no form in KTAP", "museum", "--format", "ktap");
  }

  private void refused(String message, String... arguments) {
    Typed typed = Typed.in(folder, arguments);
    assertThat(typed.exitCode()).as(message).isEqualTo(ExitCode.USAGE);
    assertThat(typed.err()).contains(message).doesNotContain("\tat ");
    assertThat(typed.out()).isEmpty();
  }

  @Test
  void shouldSayWhereItLookedWhenThereIsNoMuseum() {
    Typed typed = Typed.in(folder, "museum");

    assertThat(typed.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(typed.err()).contains("there is no directory").contains("museum");
  }
}
