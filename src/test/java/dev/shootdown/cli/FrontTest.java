package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class FrontTest {
  @Test
  void shouldNameEveryVerbWhenHelpIsAsked() {
    Typed typed = Typed.inProject("--help");

    assertThat(typed.exitCode()).isZero();
    assertThat(typed.out()).contains("run", "list", "explain", "bench", "Exit codes");
    assertThat(typed.out()).doesNotContain("\u001b");
    assertThat(typed.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run", "sweep", "audit", "museum", "list", "explain", "report", "diff", "replay",
        "validate", "node", "bench"
      })
  void shouldHelpWithAVerbWhenItIsNamed(String verb) {
    Typed typed = Typed.inProject(verb, "--help");

    assertThat(typed.exitCode()).isZero();
    assertThat(typed.out()).startsWith("Usage: shootdown " + verb + " ");
    assertThat(Typed.inProject("--help").out()).containsPattern("(?m)^  " + verb + " ");
  }

  @Test
  void shouldPrintOneLineWhenTheVersionIsAsked() {
    Typed typed = Typed.inProject("--version");

    assertThat(typed.exitCode()).isZero();
    assertThat(typed.outLines()).singleElement().asString().startsWith("shootdown ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | a verb is missing",
        "runn | did you mean run?",
        "run --sed 1 x | did you mean --seed?",
        "run | Missing required parameter: 'SCENARIO[:VARIANT]'",
        "run x --format xml | expected one of [text, json]",
        "run a b | Unmatched argument at index 2: 'b'",
        "list animals | 'animals' cannot be listed; there are scenarios, parts",
        "list part | did you mean 'parts'?",
        "bench | say what to measure",
        "bench phold --runs 0 | --runs must be at least 1, not 0",
        "bench scale --round 20 | --round 20.0 us has a frame in it, which takes 30.0 us",
        "bench parts --components -1 | --components must be at least 1, not -1"
      })
  void shouldSayOneThingWhenTheCommandLineIsWrong(String line, String message) {
    Typed typed = Typed.inProject(line.isEmpty() ? new String[0] : line.split(" "));

    assertThat(typed.exitCode()).isEqualTo(2);
    assertThat(typed.out()).isEmpty();
    assertThat(typed.errLines()).singleElement().asString().contains(message);
  }

  @Test
  void shouldShowWhereWhenDebugIsGivenAfterTheVerb() {
    Typed typed = Typed.inProject("run", "no-such.conf", "--debug");

    assertThat(typed.exitCode()).isEqualTo(2);
    assertThat(typed.errLines().get(0)).isEqualTo("no-such.conf: no such file");
    assertThat(typed.err()).contains("\tat dev.shootdown.");
  }

  @Test
  void shouldAnswerWithoutPekkoAndConfigWhenOnlyHelpIsAsked() throws Exception {
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                home(Main.class) + File.pathSeparator + home(CommandLine.class),
                Main.class.getName(), "--help")
            .redirectErrorStream(true)
            .start();
    String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(said).startsWith("Usage: shootdown").contains("Verbs:");
    assertThat(java.waitFor()).isZero();
  }

  private static Path home(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
