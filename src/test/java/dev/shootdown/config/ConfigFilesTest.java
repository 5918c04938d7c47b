package dev.shootdown.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFilesTest {
  @TempDir private Path directory;
  private Problems problems;

  private final ConfigObject shipped = Read.named("reference.conf",
      "machine {",
      "  latency = 100ns",
      "  size = 4KiB",
      "  ways = 4",
      "  copy = ${machine.latency}",
      "}",
      "steps = [a]");

  @BeforeEach
  void problemsRelativeToTheDirectory() {
    problems = new Problems(directory);
  }

  private Path file(String name, String... lines) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, String.join("\n", lines));
  }

  private ConfigObject load(Path scenario, Optional<Path> site, String... overrides) {
    return ConfigFiles.load(scenario, site, Arrays.asList(overrides), directory, problems, shipped);
  }

  private ConfigObject load(Path scenario) {
    return load(scenario, Optional.empty());
  }

  @Test
  void shouldLetTheStrongerLayerWinWhenAllSetTheSameKeys() throws IOException {
    Path site = file("application.conf", "shootdown.machine { size = 8KiB, ways = 8 }",
        "shootdown.machine.site = 1");
    Path scenario = file("scenarios/x.conf", "machine.ways = 16", "machine.own = 1");

    ConfigObject loaded = load(scenario, Optional.of(site), "machine.own=2", "machine.own = 3");

    assertThat(Read.lines(problems)).isEmpty();
    assertThat(ConfigFiles.render(loaded)).isEqualTo("""
        machine {  # scenarios/x.conf:1
          copy = 100ns  # reference.conf:2
          latency = 100ns  # reference.conf:2
          own = 3  # command line
          site = 1  # application.conf:2
          size = 8KiB  # application.conf:1
          ways = 16  # scenarios/x.conf:1
        }
        steps = [a]  # reference.conf:7
        """);
  }

  @Test
  void shouldFollowSubstitutionsWhenAStrongerLayerSetsTheirTarget() throws IOException {
    Path site = file("application.conf", "shootdown {",
        "  twin = ${shootdown.machine.ways}", "  steps = ${shootdown.steps} [s]",
        "  none = ${?shootdown.absent}", "}");
    Path scenario = file("x.conf", "machine.latency = 5ns", "mine = ${machine.ways}",
        "steps = ${steps} [b]");

    ConfigObject loaded = load(scenario, Optional.of(site), "machine.ways=2", "steps=${steps} [c]",
        "late=${mine}");

    assertThat(Read.lines(problems)).isEmpty();
    assertThat(ConfigFiles.canonical(loaded)).isEqualTo("""
        {"late":"2","machine":{"copy":"5ns","latency":"5ns","size":"4KiB","ways":"2"},\
        "mine":"2","steps":["a","s","b","c"],"twin":"2"}""");
  }

  @Test
  void shouldReportEachSubstitutionWhenItLeadsNowhere() throws IOException {
    Path scenario = file("x.conf", "a = ${machine.nowhere}", "b { c = 1,", "  d = [${HOME}] }",
        "e = one ${no} two", "f = ${?absent}", "g = ${b.c}", "h = ${no} { i = 1 }");

    ConfigObject loaded = load(scenario);

    assertThat(Read.lines(problems)).hasSize(4).allMatch(line -> line.endsWith(
        ": no such key (environment variables are not consulted)"));
    assertThat(Read.lines(problems)).extracting(line -> line.substring(0, line.indexOf('$')))
        .containsExactly("x.conf:1: a: cannot resolve ", "x.conf:3: b.d[0]: cannot resolve ",
            "x.conf:4: e: cannot resolve \"one \"", "x.conf:7: h: cannot resolve ");
    assertThat(ConfigFiles.canonical(loaded)).contains("\"b\":{\"c\":\"1\",\"d\":[]},\"g\":\"1\"")
        .doesNotContain("\"e\"");
  }

  @Test
  void shouldReportTheLineWhenSubstitutionsFormACycle() throws IOException {
    load(file("x.conf", "a = ${b}", "b = ${a}"));

    assertThat(Read.lines(problems)).singleElement().asString()
        .matches("x\\.conf:[12]: .*part of a cycle of substitutions.*");
  }

  @Test
  void shouldReportFileAndLineWhenSyntaxIsWrong() throws IOException {
    load(file("x.conf", "run {", "  seed = @", "}"));

    assertThat(Read.lines(problems)).singleElement().asString()
        .startsWith("x.conf:2: ").contains("Reserved character '@'")
        .doesNotContain("if you intended", "\n");
  }

  @Test
  void shouldSayWhatIsRightWhenTheFileIsAList() throws IOException {
    load(file("x.conf", "[1, 2]"));

    assertThat(Read.lines(problems))
        .containsExactly("x.conf:1: must hold keys and values, not a list");
  }

  @Test
  void shouldSayWhatIsMissingWhenABraceIsNeverClosed() throws IOException {
    load(file("x.conf", "run { seed = 1\n"));

    assertThat(Read.lines(problems))
        .containsExactly("x.conf:2: a { that was opened is never closed");
  }

  @Test
  void shouldReportInsteadOfOverflowingWhenNestingIsDeep() throws IOException {
    load(file("x.conf", "a = " + "[".repeat(200_000)));

    assertThat(Read.lines(problems)).containsExactly("x.conf: is nested too deeply");
  }

  @Test
  void shouldNameASimilarFileWhenScenarioDoesNotExist() throws IOException {
    file("scenarios/apic-page.conf", "a = 1");

    load(directory.resolve("scenarios/apic-pgae.conf"));

    assertThat(Read.lines(problems)).containsExactly(
        "scenarios/apic-pgae.conf: no such file; did you mean 'apic-page.conf'?");
  }

  @Test
  void shouldRefuseWhenScenarioIsADirectory() throws IOException {
    file("scenarios/b.conf", "a = 1");
    file("scenarios/a.conf", "a = 1");

    load(directory.resolve("scenarios"));

    assertThat(Read.lines(problems)).containsExactly(
        "scenarios: is a directory; name a file in it, such as 'a.conf'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  \n\t\n"})
  void shouldRefuseWhenScenarioIsEmpty(String text) throws IOException {
    load(file("x.conf", text));

    assertThat(Read.lines(problems)).containsExactly(
        "x.conf: is empty; a scenario is HOCON text such as: run { seed = 1 }");
  }

  @Test
  void shouldRefuseWhenScenarioIsBinary() throws IOException {
    load(file("x.conf", "a = 1\u0000"));
    Files.write(directory.resolve("y.conf"), new byte[] {'a', '=', (byte) 0xe9, '\n'});
    load(directory.resolve("y.conf"));

    assertThat(Read.lines(problems)).containsExactly(
        "x.conf: is a binary file; a configuration is UTF-8 text (HOCON)",
        "y.conf: is not UTF-8; save it as UTF-8 text (HOCON)");
  }

  @Test
  void shouldRefuseWhenScenarioIsHuge() throws IOException {
    load(file("x.conf", "#" + " ".repeat(4 << 20)));

    assertThat(Read.lines(problems)).containsExactly(
        "x.conf: is larger than 4 MiB; a configuration is a text of a few KiB");
  }

  @Test
  void shouldReadWhenTextHasAByteOrderMarkAndWindowsLines() throws IOException {
    ConfigObject loaded = load(file("x.conf", "\uFEFFa = 1\r\nb = 2\r\n"));

    assertThat(Read.lines(problems)).isEmpty();
    assertThat(loaded).containsKeys("a", "b");
  }

  @Test
  void shouldRefuseOtherRootKeysWhenTheyAreInTheSiteFile() throws IOException {
    Path site = file("application.conf", "shootdown.a = 1", "pekko.loglevel = DEBUG",
        "machine.ways = 1");

    ConfigObject loaded = load(file("x.conf", "b = 1"), Optional.of(site));

    assertThat(Read.lines(problems)).containsExactly(
        "application.conf:2: pekko: does not belong here; keys of this file stand under"
            + " shootdown { ... }",
        "application.conf:3: machine: does not belong here; keys of this file stand under"
            + " shootdown { ... }");
    assertThat(loaded).containsKeys("a", "b").doesNotContainKey("pekko");
  }

  @Test
  void shouldAcceptAnEmptyButNoMissingOrScalarSiteFile() throws IOException {
    Path scenario = file("x.conf", "b = 1");
    load(scenario, Optional.of(file("empty.conf", "")));
    assertThat(Read.lines(problems)).isEmpty();

    load(scenario, Optional.of(file("scalar.conf", "shootdown = 3")));
    load(scenario, Optional.of(directory.resolve("missing-site-file.conf")));
    assertThat(Read.lines(problems)).containsExactly(
        "missing-site-file.conf: no such file",
        "scalar.conf:1: shootdown: must be an object { ... }");
  }

  @ParameterizedTest
  @ValueSource(strings = {"run.seed", "=7", "run.seed=", "a..b=1", "", "a=1, b=2", "a=1\nb=2"})
  void shouldRefuseWhenOverrideIsMalformed(String override) throws IOException {
    load(file("x.conf", "b = 1"), Optional.empty(), override);

    assertThat(Read.lines(problems)).containsExactly("command line: '"
        + override.replace('\n', '?')
        + "' is not an override; write path=value, such as run.seed=7");
  }

  @Test
  void shouldReportTheCommandLineWhenOverrideIsNoHocon() throws IOException {
    load(file("x.conf", "b = 1"), Optional.empty(), "a=[1", "b=include \"x.conf\"");

    assertThat(Read.lines(problems)).singleElement().asString().startsWith("command line: ");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "machine.latency=7ns | 7ns", "machine.latency = 7 ns | 7 ns", "machine.latency=a=b | a=b",
    "\"machine\".latency=x | x"
  })
  void shouldTakeTheValueWhenOverrideIsGood(String override, String expected) throws IOException {
    boolean quoted = expected.contains("=");
    ConfigObject loaded = load(file("x.conf", "b = 1"), Optional.empty(),
        quoted ? override.replace("a=b", "\"a=b\"") : override);

    assertThat(Read.lines(problems)).isEmpty();
    assertThat(loaded.toConfig().getString("machine.latency")).isEqualTo(expected);
  }

  @Test
  void shouldBlameTheCommandLineWhenAnOverriddenValueIsBad() throws IOException {
    ConfigObject loaded = load(file("x.conf", "machine.size = 3"), Optional.empty(),
        "machine.latency=5", "machine.wayz=5");
    Settings machine = Settings.of(loaded, "", problems).child("machine");

    machine.timePs("latency");
    machine.bytes("size");
    machine.count("ways", 0, 9);
    machine.timePs("copy");
    machine.text("missing");
    machine.finish();

    assertThat(Read.lines(problems)).containsExactly(
        "command line: machine.copy: 5 has no unit; write 5ns",
        "command line: machine.latency: 5 has no unit; write 5ns",
        "command line: machine.wayz: unknown key; did you mean 'ways'?",
        "x.conf:1: machine.missing: missing; expected a text",
        "x.conf:1: machine.size: 3 has no unit; write 3B");
  }

  @Test
  void shouldReportEverythingAtOnceWhenSeveralFilesAreBroken() throws IOException {
    Path site = file("application.conf", "other = 1");
    load(file("x.conf", "include \"gone.conf\"", "a = ${gone}"), Optional.of(site), "bad");

    assertThat(new ArrayList<>(Read.lines(problems))).hasSize(4);
  }

  @Test
  void shouldReportWhenTheClassPathHoldsNoDefaultsOrElseReadThem() {
    ConfigObject reference = ConfigFiles.reference(problems);

    // The defaults belong to the house, not to this room: either they are there, or it says so.
    assertThat(problems.isEmpty()).isEqualTo(!reference.isEmpty());
    assertThat(reference).doesNotContainKeys("pekko", "shootdown");
    assertThat(Read.lines(problems)).isSubsetOf(
        List.of("reference.conf: shootdown: no shipped defaults on the class path"));
  }
}
