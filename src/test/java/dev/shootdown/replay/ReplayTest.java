package dev.shootdown.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.shootdown.engine.SystemPool;
import dev.shootdown.scenario.Scenario;
import dev.shootdown.scenario.Scenarios;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {
  private static final Path MUNMAP = Path.of("scenarios/traces/ping-munmap.trace-cmd.txt.gz");
  private static final Path DONTNEED = Path.of("scenarios/traces/ping-dontneed.trace-cmd.txt.gz");
  private static final SystemPool POOL = new SystemPool();

  @AfterAll
  static void close() {
    POOL.close();
  }

  private static Scenario guest() {
    return Scenarios.profile("guest-2vcpu-traced", List.of());
  }

  @Test
  void shouldPredictFlushesAndInterruptsWhenOnlyCausesAreGiven() {
    Comparison munmap = new Replay(POOL, guest()).compare("t", TraceReader.read(MUNMAP));
    Comparison.Row all = row(munmap, "munmap");
    assertThat(all.count()).isEqualTo(193);
    assertThat(all.simulatedFlushes()).isEqualTo(all.recordedFlushes());
    assertThat(all.simulatedIpis()).isBetween(all.recordedIpis() - 3, all.recordedIpis() + 3);
    assertThat(Math.abs(all.error())).isLessThan(0.05);
    assertThat(munmap.recorded().unexplained()).isEqualTo(10);
    assertThat(munmap.verdict()).isEqualTo("clean");
  }

  @Test
  void shouldPredictAnotherWorkloadWithoutRefitting() {
    Comparison dontneed = new Replay(POOL, guest()).compare("t", TraceReader.read(DONTNEED));
    Comparison.Row all = row(dontneed, "dontneed");
    assertThat(all.simulatedIpis()).isBetween(all.recordedIpis() - 3, all.recordedIpis() + 3);
  }

  @Test
  void shouldRunTheSameWhenEffectsAreCutOutOfTheTrace(@TempDir Path folder) throws IOException {
    Path cut = folder.resolve("causes-only.txt");
    Files.write(cut, causesOnly(MUNMAP));
    Replay replay = new Replay(POOL, guest());
    String whole = replay.fingerprint("t", TraceReader.read(MUNMAP));
    assertThat(replay.fingerprint("t", TraceReader.read(cut))).isEqualTo(whole);
    assertThat(replay.fingerprint("t", TraceReader.read(DONTNEED))).isNotEqualTo(whole);
  }

  @Test
  void shouldNameTheTraceWhenTheMachineIsTooSmall() {
    Scenario small =
        Scenarios.profile(
            "guest-2vcpu-traced", List.of("machine.parts=[{name=cpu0,type=cpu}]"));
    assertThatThrownBy(() -> new Replay(POOL, small).compare("t.gz", TraceReader.read(MUNMAP)))
        .isInstanceOf(TraceProblem.class)
        .hasMessageContaining("t.gz: it was recorded with a CPU 1");
  }

  private static Comparison.Row row(Comparison comparison, String operation) {
    return comparison.rows().stream()
        .filter(row -> row.operation().equals(operation) && row.pages() == 0)
        .findFirst()
        .orElseThrow();
  }

  private static List<String> causesOnly(Path trace) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(trace)), StandardCharsets.UTF_8))) {
      return lines
          .lines()
          .filter(
              line ->
                  line.startsWith("cpus=") || line.contains("sys_enter_")
                      || line.contains("sys_exit_") || line.contains("page_fault_user")
                      || line.contains("sched_switch"))
          .toList();
    }
  }
}
