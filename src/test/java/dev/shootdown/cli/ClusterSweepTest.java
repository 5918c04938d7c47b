package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sweeps over processes. */
@Timeout(600)
class ClusterSweepTest {
  /** Points that find something and that find nothing, twice each. */
  private static final List<String> SMALL =
      List.of("sweep", "scenarios/02-overtaken-fill.conf", "--axis", "variant=broken,fixed",
          "--axis", "kernel.submit=50ns,100ns,1us", "-D", "sweep.repeat=2");

  /** Runs of ten thousand reads. */
  private static final String LARGE =
      """
      include classpath("profiles/two-socket-ats.conf")
      title = "many reads"
      processes = [ { name = app, home = 0, devices = [nic0],
        areas = [ { name = a, at = "0x7f0000000000", pages = 1 } ] } ]
      workload = [ { cpu = cpu0, process = app, do = ["touch a write", "spin-until 20us"] } ]
      dma = [ { device = nic0, process = app, area = a, access = read, at = 5us,
        every = 300ns, count = 10000 } ]
      sweep.axes = [ { path = kernel.submit, values = [50ns, 100ns] } ]
      """;

  private static final int REPEAT = 30;

  @TempDir private Path out;

  private Typed sweep(List<String> what, String name, String... more) {
    List<String> words = new ArrayList<>(what);
    words.addAll(List.of(more));
    words.addAll(List.of("--out", out.resolve(name).toString()));
    return Typed.inProject(words.toArray(new String[0]));
  }

  /** All exports by name; the database and what differs from one time to the next are left out. */
  private TreeMap<String, String> exports(String name) throws IOException {
    Path directory;
    try (Stream<Path> all = Files.list(out.resolve(name))) {
      directory = all.findFirst().orElseThrow();
    }
    TreeMap<String, String> texts = new TreeMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        String own = file.getFileName().toString();
        if (!own.startsWith("sweep.sqlite") && !own.equals("manifest.json")) {
          texts.put(own, Files.readString(file));
        }
      }
    }
    assertThat(texts).containsKeys("index.csv", "metrics.csv", "histograms.csv", "findings.txt");
    return texts;
  }

  @Test
  void shouldExportTheSameBytesWhenProcessesShareTheSweep() throws IOException {
    Typed alone = sweep(SMALL, "alone", "--quiet");
    Typed shared = sweep(SMALL, "shared", "--quiet", "--local-nodes", "2");

    assertThat(shared.err()).isEmpty();
    assertThat(shared.exitCode()).isEqualTo(alone.exitCode()).isZero();
    assertThat(exports("shared")).isEqualTo(exports("alone"));
    assertThat(shared.out().replace("shared", "alone")).isEqualTo(alone.out());
  }

  @Test
  void shouldLoseAndDoubleNothingWhenAWorkerIsKilled() throws IOException {
    String scenario = Files.writeString(out.resolve("large.conf"), LARGE).toString();
    int repeat = REPEAT / 2;
    long tookNs = 0;
    while (tookNs < Strike.LONG_ENOUGH_NS) {
      repeat *= 2;
      long beganNs = System.nanoTime();
      sweep(large(scenario, repeat), "alone" + repeat, "--quiet");
      tookNs = System.nanoTime() - beganNs;
    }
    try (Strike strike = Strike.whenTwoHaveBegun()) {
      List<String> words = large(scenario, repeat);
      words.addAll(Strike.TICKS);
      words.addAll(
          List.of(
              "--local-nodes", "2", "--give-up", "2", "--out", out.resolve("shared").toString()));
      Watched shared = Watched.run(strike, words.toArray(new String[0]));

      assertThat(strike.isDone()).as(shared.err()).isTrue();
      assertThat(shared.exitCode()).as(shared.err()).isZero();
      assertThat(shared.err()).contains("is lost (", "others do its work");
    }
    assertThat(exports("shared")).isEqualTo(exports("alone" + repeat));
  }

  private static List<String> large(String scenario, int repeat) {
    return new ArrayList<>(List.of("sweep", scenario, "-D", "sweep.repeat=" + repeat));
  }
}
