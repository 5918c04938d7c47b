package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckTest {
  private static final String FILL = "scenarios/02-overtaken-fill.conf";
  private static final String EXHIBIT = "01-apic-page.conf";

  @TempDir private Path cwd;

  @Test
  void shouldAcceptEachVariantAndWriteNothingWhenChecked() {
    Typed typed = Typed.inProject("run", FILL, "--check", "--out", cwd.toString());

    assertThat(typed.exitCode()).isZero();
    assertThat(typed.outLines()).hasSize(2);
    assertThat(typed.outLines().get(0)).startsWith(FILL + ":broken: can be run, as ");
    assertThat(cwd).isEmptyDirectory();
  }

  @Test
  void shouldCheckWhatOtherVerbsReadToo() throws IOException {
    Path file = cwd.resolve("mine.conf");
    String plain =
        """
        include classpath("profiles/two-socket-ats.conf")
        processes = [ { name = app, home = 0,
          areas = [ { name = a, at = "0x7f0000000000", pages = ${sweep.let.pages} } ] } ]
        workload = [ { cpu = cpu0, process = app, do = ["touch a write", "munmap a"] } ]
        sweep.let.pages = 1
        """;
    Files.writeString(file, plain);
    assertThat(Typed.in(cwd, "run", "mine.conf", "--check").outLines()).hasSize(1);

    Files.writeString(file, plain + "sweep.axes = [ { path = pages, values = [1, 2, 4] } ]\n");
    Typed swept = Typed.in(cwd, "run", "mine.conf", "--check", "-D", "sweep.let.pages=2");
    assertThat(swept.exitCode()).isZero();
    assertThat(swept.outLines()).last().isEqualTo("mine.conf: a sweep of 3 points");

    Files.writeString(file, plain + "sweep.axis = [ { path = pages, values = [1, 2, 4] } ]\n");
    Typed misspelt = Typed.in(cwd, "run", "mine.conf", "--check");
    assertThat(misspelt.exitCode()).isEqualTo(2);
    assertThat(misspelt.err()).contains("mine.conf:6: sweep.axis: unknown key");

    Files.writeString(file, plain + "museum { number = 3a, broken = [old] }\n");
    Typed exhibit = Typed.in(cwd, "run", "mine.conf", "--check");
    assertThat(exhibit.exitCode()).isEqualTo(2);
    assertThat(exhibit.err()).contains("mine.conf:6: museum.").contains("no variant 'old'");
  }

  @Test
  void shouldNameTheExhibitWhenOneIsChecked() {
    Typed typed = Typed.inProject("run", "scenarios/museum/" + EXHIBIT, "--check");

    assertThat(typed.exitCode()).isZero();
    assertThat(typed.outLines()).last().asString().contains(": exhibit ", " of the museum");
  }

  @Test
  void shouldTellEveryProblemAtOnceWhenChecked() {
    Typed typed =
        Typed.inProject(
            "run", FILL, "--check", "-D", "kernel.era=Z", "-D", "run.sed=3", "--seed", "x");

    assertThat(typed.exitCode()).isEqualTo(2);
    assertThat(typed.errLines())
        .anyMatch(line -> line.startsWith("command line: kernel.era: 'Z' is not"))
        .anyMatch(line -> line.startsWith("command line: run.sed: unknown key"))
        .anyMatch(line -> line.startsWith("command line: run.seed: ") && line.contains("'x'"));
  }

  @Test
  void shouldPrintWhatReadsBackWithOriginsWhenTheConfigurationIsAsked() {
    Typed typed =
        Typed.inProject(
            "run", FILL + ":fixed", "--print-config", "--seed", "9", "-D", "kernel.era=B",
            "--out", cwd.toString());

    assertThat(typed.exitCode()).isZero();
    assertThat(typed.out())
        .contains("era = B  # command line", "seed = 9  # command line")
        .contains("drop-racing-fills = true  # " + FILL + ":")
        .contains("max-mask = 18  # reference.conf:");
    assertThat(ConfigFactory.parseString(typed.out()).getString("expect")).isEqualTo("clean");
    assertThat(cwd).isEmptyDirectory();
  }

  @Test
  void shouldApplyTheSitesDefaultsWhenTheDirectoryHasThem() throws IOException {
    Files.writeString(
        cwd.resolve("application.conf"), "shootdown { kernel.flush-ceiling = 7 }\n");
    Path scenario = Files.copy(Typed.PROJECT.resolve(FILL), cwd.resolve("mine.conf"));
    Typed typed =
        Typed.in(cwd, "run", scenario.getFileName() + ":fixed", "--print-config");

    assertThat(typed.out()).contains("flush-ceiling = 7  # application.conf:1");
  }

  @Test
  void shouldBeReadableWhenTheShippedSiteFileIsUsed() {
    Typed typed = Typed.inProject("run", FILL, "--check", "-D", "kernel.era=C");

    assertThat(Typed.PROJECT.resolve("application.conf")).isRegularFile();
    assertThat(typed.exitCode()).isZero();
  }
}
