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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    assertThat(all.simulated().flushes()).isEqualTo(all.recorded().flushes());
    assertThat(all.simulated().ipis())
        .isBetween(all.recorded().ipis() - 3, all.recorded().ipis() + 3);
    assertThat(Math.abs(all.error().orElseThrow())).isLessThan(0.20);
    assertThat(munmap.recorded().unexplained()).isEqualTo(10);
    assertThat(munmap.simulated().verdict()).isEqualTo("clean");
  }

  @Test
  void shouldPredictAnotherWorkloadWithoutRefitting() {
    Comparison dontneed = new Replay(POOL, guest()).compare("t", TraceReader.read(DONTNEED));
    Comparison.Row all = row(dontneed, "dontneed");
    assertThat(all.simulated().ipis())
        .isBetween(all.recorded().ipis() - 3, all.recorded().ipis() + 3);
    assertThat(Math.abs(all.error().orElseThrow())).isLessThan(Goals.TIME_ERROR_MAX);
  }

  /** What a trace cannot be held to: its flushes come from calls that nobody recorded. */
  @ParameterizedTest
  @CsvSource({"ping-munmap, true", "ping-dontneed, true", "compact, true", "cow-threads, true",
      "jvm-g1, true", "kvm-notifier, true", "pageout-file, true", "sqlite-mmap, true",
      "thp-split, true", "make-j2, true", "mremap, true"})
  void shouldPredictTheInterruptsOfTheWholeTrace(String name, boolean met) {
    Comparison comparison =
        new Replay(POOL, guest()).compare("t", Traces.readShipped(name + ".trace-cmd"));
    long recorded = comparison.recorded().queued();
    assertThat(Goals.ipisMet(recorded, comparison.simulated().ipis()))
        .as("recorded %d, simulated %d", recorded, comparison.simulated().ipis()).isEqualTo(met);
    assertThat(comparison.rows().stream().filter(Comparison.Row::isJudged))
        .as("medians of kinds with %d samples", Goals.COUNT_MIN)
        .allSatisfy(row -> assertThat(Math.abs(row.error().orElseThrow()))
            .as(row.operation()).isLessThanOrEqualTo(Goals.TIME_ERROR_MAX));
    assertThat(comparison.simulated().verdict()).isEqualTo("clean");
  }

  /** The same commands recorded again, by perf, whose events cost more: nothing is fitted to it. */
  @ParameterizedTest
  @CsvSource({"ping-munmap, populate", "ping-dontneed, populate", "ping-dontneed, dontneed"})
  void shouldPredictTheMediansOfASecondRecording(String name, String operation) {
    Comparison.Row all = row(
        new Replay(POOL, guest()).compare("t", Traces.readSample(name + ".perf")), operation);
    assertThat(all.count()).isGreaterThanOrEqualTo(Goals.COUNT_MIN);
    assertThat(Math.abs(all.error().orElseThrow())).isLessThanOrEqualTo(Goals.TIME_ERROR_MAX);
  }

  /** Since Linux 6.14 a CPU that has switched away is found in the mask when tables are freed. */
  @Test
  void shouldMissInterruptsOfExitsWhenCpusLeaveTheMaskAsTheySwitch() {
    Recording recording = Traces.readShipped("make-j2.trace-cmd");
    Scenario leaves = Scenarios.profile(
        "guest-2vcpu-traced", List.of("kernel.arch-rules.keep-mask=false"));
    long recorded = Recorded.of(recording).totals().flushes().queued();
    assertThat(recorded).isEqualTo(10);
    assertThat(new Replay(POOL, leaves).counterfactual("t", recording).ipis()).isLessThan(5);
    assertThat(new Replay(POOL, guest()).counterfactual("t", recording).ipis())
        .isBetween(recorded - 3, recorded + 3);
  }

  /** Each size of mapping goes where the shrunk one before was: a hole, and pages beside it. */
  @Test
  void shouldTakeOldPagesAwayWhenACallProvesANewMapping() {
    Comparison mremap = new Replay(POOL, guest()).compare("t", Traces.readShipped(
        "mremap.trace-cmd"));
    Comparison.Row fixed = row(mremap, "mmap-fixed");
    assertThat(fixed.count()).isEqualTo(80);
    assertThat(fixed.recorded().flushes()).isEqualTo(80);
    assertThat(fixed.simulated().flushes()).isEqualTo(80);
    assertThat(fixed.recorded().ipis()).isEqualTo(fixed.simulated().ipis()).isEqualTo(80);
    assertThat(fixed.recorded().ns()).as("nobody recorded when it began").isEmpty();
    assertThat(mremap.remarks()).anyMatch(
        remark -> remark.startsWith("80 mappings over older ones not recorded"));
  }

  /** The break of each page is flushed as often as the recorded kernel flushed it, within 10 %. */
  @ParameterizedTest
  @CsvSource({"cow-threads, 700", "thp-split, 80"})
  void shouldTellFromImpliedForksWhoHasToCopy(String name, long breaks) {
    Comparison comparison =
        new Replay(POOL, guest()).compare("t", Traces.readShipped(name + ".trace-cmd"));
    Comparison.Row row = row(comparison, "cow-break");
    assertThat(row.recorded().flushes()).isGreaterThan(breaks);
    assertThat(row.simulated().flushes()).isBetween(
        row.recorded().flushes() * 9 / 10, row.recorded().flushes() * 11 / 10);
    assertThat(comparison.remarks()).anyMatch(remark -> remark.startsWith("6 forks not recorded"));
  }

  @Test
  void shouldFlushTwicePerMoveWhenAPageTableRunsEmpty() {
    Comparison mremap = new Replay(POOL, guest()).compare("t", Traces.readShipped(
        "mremap.trace-cmd"));
    Comparison.Row all = row(mremap, "mremap");
    assertThat(all.recorded().flushes()).isEqualTo(371);
    assertThat(Goals.ipisMet(all.recorded().ipis(), all.simulated().ipis())).isTrue();
    assertThat(Math.abs(all.error().orElseThrow())).isLessThan(Goals.TIME_ERROR_MAX);
  }

  @Test
  void shouldCostMoreFlushTimeWhenTheCeilingIsOnePageWithoutTouchingTheFirstRun() {
    Recording recording = TraceReader.read(DONTNEED);
    Comparison.Simulated plain = new Replay(POOL, guest()).counterfactual("t", recording);
    Comparison.Simulated other = new Replay(POOL, Scenarios.profile(
        "guest-2vcpu-traced", List.of("parts.cpu.flush-page=1us"))).counterfactual("t", recording);
    assertThat(other.bill().flushPs()).isGreaterThan(plain.bill().flushPs());
    assertThat(other.ipis()).isEqualTo(plain.ipis());
    assertThat(new Replay(POOL, guest()).compare("t", recording).simulated()).isEqualTo(plain);
  }

  @Test
  void shouldFlushDevicesWhenTheProfileHasThem() {
    Comparison.Simulated devices =
        new Replay(POOL, ReplayMachine.profile("two-socket-ats", List.of()))
            .counterfactual("t", TraceReader.read(DONTNEED));
    assertThat(devices.bill().secondaryFlushes()).isGreaterThan(100);
    assertThat(new Replay(POOL, guest()).counterfactual("t", TraceReader.read(DONTNEED)).bill()
        .secondaryFlushes()).isZero();
  }

  @Test
  void shouldAskForTheCpuColumnWhenPerfPrintedNone() {
    Recording recording = TraceReader.read(Traces.sample("perf-F-nocpu.txt.gz"));
    assertThatThrownBy(() -> new Replay(POOL, guest()).compare("p.txt", recording))
        .isInstanceOf(TraceProblem.class)
        .hasMessageContaining("p.txt: its text has no column for the CPU");
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
                      || line.contains("exit_mmap") || line.contains("sched_switch"))
          .toList();
    }
  }
}
