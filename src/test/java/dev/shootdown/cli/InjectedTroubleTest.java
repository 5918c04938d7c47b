package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InjectedTroubleTest {
  private static final String SCENARIO =
      """
      include classpath("profiles/two-socket-ats.conf")
      processes = [ { name = app, home = 0, devices = [nic0],
        areas = [ { name = a, at = "0x7f0000000000", pages = 2 } ] } ]
      workload = [ { cpu = cpu0, process = app,
        do = ["touch a write", "spin-until 5us", "munmap a"] } ]
      dma = [ { device = nic0, process = app, area = a, access = read, at = 1us } ]
      trouble {
        late { wire = "nic0 -> iommu0", message = InvalidateCompletion, delay = 3us }
        lame { part = cpu0, action = slow, factor = 2, from = 1ns, until = 5us }
        never { wire = "iommu0 -> nic0", message = any, delay = 1us, from = 1s }
      }
      """;

  @TempDir private Path cwd;

  private String summary() {
    try (Stream<Path> files = Files.walk(cwd.resolve("results"))) {
      Path summary =
          files.filter(file -> file.endsWith("summary.json")).findFirst().orElseThrow();
      return Files.readString(summary).replaceAll("\\s+", "");
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Test
  void shouldListEachTroubleWithItsStrikesWhenARunHasSome() throws IOException {
    Files.writeString(cwd.resolve("s.conf"), SCENARIO);
    Typed typed = Typed.in(cwd, "run", "s.conf", "--quiet");

    assertThat(typed.exitCode()).isZero();
    assertThat(typed.out())
        .containsPattern("injected trouble +where +struck")
        .containsPattern("late +nic0 -> iommu0 +1\n")
        .containsPattern("lame +cpu0 +[1-9]\\d*\n")
        .containsPattern("never +iommu0 -> nic0 +0\n");
    assertThat(summary())
        .contains("{\"name\":\"late\",\"where\":\"nic0->iommu0\",\"struck\":1}")
        .contains("{\"name\":\"never\",\"where\":\"iommu0->nic0\",\"struck\":0}");
  }

  @Test
  void shouldSetOneKeyOfATroubleWhenItHasAName() throws IOException {
    Files.writeString(cwd.resolve("s.conf"), SCENARIO);
    Typed typed =
        Typed.in(
            cwd, "run", "s.conf", "--format", "json", "-D", "trouble.late.from=1s");

    assertThat(typed.exitCode()).isZero();
    assertThat(typed.out().replaceAll("\\s+", ""))
        .contains("{\"name\":\"late\",\"where\":\"nic0->iommu0\",\"struck\":0}");
  }

  @Test
  void shouldSayNothingOfTroubleWhenThereIsNone() throws IOException {
    Files.writeString(cwd.resolve("s.conf"), SCENARIO + "trouble = []\n");
    Typed typed = Typed.in(cwd, "run", "s.conf", "--quiet");

    assertThat(typed.out()).doesNotContain("injected trouble");
    assertThat(summary()).contains("\"trouble\":[]");
  }
}
