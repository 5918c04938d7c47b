package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BadInputTest {
  private static final String GOOD =
      """
      include classpath("profiles/two-socket-ats.conf")
      processes = [ { name = app, home = 0, devices = [nic0],
        areas = [ { name = a, at = "0x7f0000000000", pages = 1 } ] } ]
      workload = [ { cpu = cpu0, process = app, do = ["touch a write", "munmap a"] } ]
      """;

  @TempDir private Path cwd;

  private void refused(Typed typed, String message) {
    assertThat(typed.exitCode()).isEqualTo(2);
    assertThat(typed.out()).isEmpty();
    assertThat(typed.err()).contains(message).doesNotContain("\tat ").doesNotContain("Exception");
    assertThat(cwd.resolve("results")).doesNotExist();
  }

  @Test
  void shouldRunWhenNothingIsWrong() throws IOException {
    Files.writeString(cwd.resolve("s.conf"), GOOD);

    assertThat(Typed.in(cwd, "run", "s.conf", "--quiet").exitCode()).isZero();
    assertThat(cwd.resolve("results")).isNotEmptyDirectory();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "kernel.flush-celing = 33 | s.conf:5: kernel.flush-celing: unknown key; did you mean"
            + " 'flush-ceiling'?",
        "kernel.submit = 50 | s.conf:5: kernel.submit: 50 has no unit; write 50ns",
        "kernel.submit = -50ns | s.conf:5: kernel.submit: must not be negative, but is -50ns",
        "processes += { name = b, home = 0, areas = [ { name = c, at = \"0x100000\", pages = -4 } ]"
            + " } | s.conf:5: processes[1].areas[0].pages: must be between 1 and",
        "machine.parts += { name = t0, type = toaster } | s.conf:5: machine.parts[7].type:"
            + " 'toaster' is no part; there are [cpu, iommu,",
        "machine.parts += { name = cpu0, type = cpu, socket = 0 } | s.conf:5:"
            + " machine.parts[7].name: two parts are named 'cpu0'",
        "machine.wires += { from = cpu0, to = nowhere, kind = ipi } | s.conf:5:"
            + " machine.wires[0].to: the wire leads to nowhere: there is no part 'nowhere'",
        "workload += { cpu = cpu1, process = app, do = [\"frobnicate a\"] } | s.conf:5:"
            + " workload[1].do[0]: 'frobnicate' is neither an action nor a path",
        "workload += { cpu = cpu9, process = app, do = [] } | s.conf:5: workload[1].cpu: there is"
            + " no cpu 'cpu9'",
        "tune.nic7.drop-racing-fills = false | s.conf:5: tune.nic7: there is no part 'nic7'; did"
            + " you mean 'nic0'?",
        "expect = fine | s.conf:5: expect: 'fine' is no verdict; there are [clean,",
        "include url(\"http://localhost/x.conf\") | s.conf:5: include url(...) is refused",
        "a { b = | s.conf:6: "
      })
  void shouldSayWhereAndWhatWhenAScenarioIsWrong(String line, String message)
      throws IOException {
    Files.writeString(cwd.resolve("s.conf"), GOOD + line + "\n");

    refused(Typed.in(cwd, "run", "s.conf"), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "kernel.era = D | s.conf:5: kernel.era: 'D' is not modelled",
        "kernel.arch = s390 | s.conf:5: kernel.arch: 's390' is not modelled",
        "processes += { name = b, home = 0, devices = [nic0], pasid = p, areas = [] },"
            + " kernel.era = A, kernel.drivers.iommu = amd-v2-counted | s.conf:5:"
            + " processes[1].pasid: AMD's driver before Linux 3.19 is not modelled with PASIDs"
      })
  void shouldEndWithFourWhenTheModelLacksWhatIsAskedFor(String line, String message)
      throws IOException {
    Files.writeString(cwd.resolve("s.conf"), GOOD + line + "\n");
    Typed typed = Typed.in(cwd, "run", "s.conf");

    assertThat(typed.exitCode()).isEqualTo(4);
    assertThat(typed.out()).isEmpty();
    assertThat(typed.err()).contains(message).doesNotContain("Exception");
    assertThat(cwd.resolve("results")).doesNotExist();
  }

  @Test
  void shouldEndWithTwoWhenTheTextIsWrongAsWell() throws IOException {
    Files.writeString(cwd.resolve("s.conf"), GOOD + "kernel.era = D\nkernel.submit = 50\n");
    Typed typed = Typed.in(cwd, "run", "s.conf");

    refused(typed, "s.conf:5: kernel.era: 'D' is not modelled");
    assertThat(typed.err()).contains("s.conf:6: kernel.submit: 50 has no unit");
  }

  @Test
  void shouldNameEachProblemInALineWhenThereAreSeveral() throws IOException {
    Files.writeString(
        cwd.resolve("s.conf"), GOOD + "kernel.submit = 5\nkernel.era = Q\nnonsense = 1\n");
    Typed typed = Typed.in(cwd, "run", "s.conf");

    refused(typed, "s.conf:6: kernel.era: ");
    assertThat(typed.errLines()).hasSize(3).allMatch(line -> line.startsWith("s.conf:"));
  }

  @Test
  void shouldRefuseWhenTheScenarioIsNoScenario() throws IOException {
    Files.createDirectory(cwd.resolve("directory"));
    Files.createFile(cwd.resolve("empty.conf"));
    Files.write(cwd.resolve("binary.conf"), new byte[] {(byte) 0xff, 0, 1, 2, (byte) 0xfe});

    refused(Typed.in(cwd, "run", "missing.conf"), "missing.conf: no such file");
    refused(Typed.in(cwd, "run", "directory"), "directory: is a directory; name a file in it");
    refused(Typed.in(cwd, "run", "empty.conf"), "empty.conf: is empty; a scenario is HOCON text");
    refused(Typed.in(cwd, "run", "binary.conf"), "binary.conf: is a binary file");
    refused(Typed.in(cwd, "run", ""), "a scenario file is missing");
  }

  @Test
  void shouldRefuseWhenThereIsNoSuchVariant() throws IOException {
    Files.writeString(cwd.resolve("s.conf"), GOOD + "variants { one {}, two {} }\n");

    refused(Typed.in(cwd, "run", "s.conf:three"), "there is no variant 'three'");
    refused(Typed.in(cwd, "run", "s.conf:"), "names no variant behind the colon");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-D | nonsense | command line: 'nonsense' is not an override; write path=value",
        "-D | run.until=5 | command line: run.until: 5 has no unit; write 5ns",
        "--expect | great | command line: expect: 'great' is no verdict; there are [clean,",
        "--seed | tomorrow | command line: run.seed: must be a plain whole number",
        "--workers | 0 | command line: run.workers: must be between 1 and 64, not 0"
      })
  void shouldBlameTheCommandLineWhenAnOptionIsWrong(String option, String value, String message)
      throws IOException {
    Files.writeString(cwd.resolve("s.conf"), GOOD);

    refused(Typed.in(cwd, "run", "s.conf", option, value), message);
  }

  @Test
  void shouldRefuseWhenTheSitesDefaultsAreWrong() throws IOException {
    Files.writeString(cwd.resolve("s.conf"), GOOD);
    Files.writeString(cwd.resolve("application.conf"), "kernel.era = B\n");

    refused(Typed.in(cwd, "run", "s.conf"), "application.conf:1: kernel: does not belong here");
  }
}
