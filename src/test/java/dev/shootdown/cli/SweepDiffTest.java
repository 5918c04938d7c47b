package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepDiffTest {
  private static final String SCENARIO = "scenarios/01-unmap-one-page.conf";

  @TempDir private Path out;

  private Path sweep(String name, String axis, String... more) {
    return Typed.inProject(
            Stream.concat(
                    Stream.of(
                        "sweep", SCENARIO, "--quiet", "--out", out.resolve(name).toString(),
                        "--axis", axis, "-D", "sweep.repeat=3",
                        "-D", "wires.reach.latency.kind=exponential",
                        "-D", "wires.reach.latency.mean=30ns"),
                    Stream.of(more))
                .toArray(String[]::new))
        .directory();
  }

  private static Typed diff(Path left, Path right, String... more) {
    return Typed.inProject(
        Stream.concat(Stream.of("diff", left.toString(), right.toString()), Stream.of(more))
            .toArray(String[]::new));
  }

  @Test
  void shouldFindNothingWhenTheSameSweepWasRepeated() {
    Typed typed =
        diff(sweep("one", "kernel.era=B,C", "--jobs", "1"), sweep("two", "kernel.era=B,C"));

    assertThat(typed.exitCode()).isZero();
    assertThat(typed.out())
        .contains("The fingerprints of all 6 pairs of runs agree.")
        .doesNotContain("Changed");
  }

  @Test
  void shouldTellSettingsAndPairedDifferencesWhenASettingDiffers() {
    Typed typed =
        diff(
            sweep("one", "kernel.era=B,C"),
            sweep("two", "kernel.era=B,C", "-D", "kernel.submit=9us"));

    assertThat(typed.exitCode()).isZero();
    assertThat(typed.outLines())
        .anyMatch(line -> line.matches("kernel\\.submit +\\S+ +9us"))
        .anyMatch(line -> line.matches(
            "munmap\\.latency_mean_ps +6 +[0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9.]+ +\\+[0-9.]+"))
        .anyMatch(line -> line.contains("differ, as they may: settings do"));
  }

  @Test
  void shouldRefuseInOneLineWhenTheTwoAreUnlike() throws IOException {
    Path one = sweep("one", "kernel.era=B,C");
    Path other = sweep("two", "kernel.submit=50ns,1us");
    Path run =
        Typed.inProject("run", SCENARIO, "--quiet", "--out", out.resolve("run").toString())
            .directory();

    assertThat(diff(one, other).exitCode()).isEqualTo(2);
    assertThat(diff(one, other).errLines()).singleElement().asString()
        .contains("only sweeps over the same axes can be compared");
    assertThat(diff(one, run).exitCode()).isEqualTo(2);
    assertThat(diff(one, run).err()).contains("is a sweep and", "is none");

    Files.writeString(other.resolve("sweep.sqlite"), "no database ".repeat(100));
    assertThat(diff(one, other).exitCode()).isEqualTo(3);
    assertThat(diff(one, other).err()).contains("is damaged").doesNotContain("\tat ");
  }
}
