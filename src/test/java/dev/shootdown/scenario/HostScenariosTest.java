package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.check.LedgerRow;
import dev.shootdown.config.Problem;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.trace.Account;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guests whose vCPUs take turns. */
class HostScenariosTest {
  private static final SystemPool POOL = new SystemPool();
  private static final int SEEDS = 5;
  private static final long US = 1_000_000;
  private static final long SLICE_PS = 500 * US;

  @TempDir Path folder;

  @AfterAll
  static void close() {
    POOL.close();
  }

  /** The flushes of the first guest, by how long each was waited for. */
  private static List<Long> waitsPs(String variant, String... overrides) {
    Scenario scenario = Scene.variant(Scene.shipped("54"), variant, overrides);
    return Scene.run(POOL, scenario).judgement().rows().stream()
        .filter(row -> row.kind().equals("dontneed"))
        .map((LedgerRow row) -> row.accountPs(Account.ACK_WAIT)).sorted().toList();
  }

  private static long median(List<Long> sorted) {
    return sorted.get(sorted.size() / 2);
  }

  private static long longest(List<Long> sorted) {
    return sorted.get(sorted.size() - 1);
  }

  @Test
  void shouldWaitForTheOtherGuestOnlyWhenFlushesInterrupt() {
    List<Long> interrupts = waitsPs("interrupts");
    List<Long> paravirtual = waitsPs("paravirtual");

    assertThat(interrupts).hasSize(40);
    assertThat(median(interrupts)).isBetween(SLICE_PS / 2, 3 * SLICE_PS);
    assertThat(median(paravirtual)).isLessThan(5 * US);
    assertThat(waitsPs("alone")).allMatch(waitPs -> waitPs < 5 * US);
  }

  @Test
  void shouldWaitLongerWhenTurnsAreLonger() {
    assertThat(longest(waitsPs("interrupts", "tune.host0.slice=1ms")))
        .isGreaterThan(3 * longest(waitsPs("interrupts")) / 2);
  }

  @Test
  void shouldWaitForNobodyWhenEachHasACpuOfItsOwn() {
    assertThat(waitsPs("interrupts", "tune.host0.physical=8"))
        .allMatch(waitPs -> waitPs < 5 * US);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x86", "x86-pv", "x86-invlpgb", "arm64", "riscv"})
  void shouldStayCleanWheneverTheyAreTakenAway(String arch) {
    for (int seed = 1; seed <= SEEDS; seed++) {
      Scenario scenario =
          Scene.variant(
              Scene.shipped("54"), "interrupts", "kernel.arch=" + arch, "run.seed=" + seed,
              "run.tie-order=\"seed " + seed + "\"", "tune.host0.slice=" + 7 * seed + "us",
              "tune.host0.spin-max=1us");
      ScenarioResult result = Scene.run(POOL, scenario);

      assertThat(Scene.verdict(result)).as("%s, seed %d", arch, seed).isEqualTo("clean");
      assertThat(result.judgement().unfinished()).as("%s, seed %d", arch, seed).isEmpty();
      assertThat(result.judgement().gaps()).as("%s, seed %d", arch, seed).isEmpty();
    }
  }

  @Test
  void shouldRefuseASecondHostAndAScheduleOfACpusOwn() {
    String parts =
        "machine.parts = [ { name = cpu0, type = cpu }, { name = h, type = host }%s ]\n%s\n"
            + "processes = [ { name = app } ]\n";
    assertThat(Scene.problems(folder, String.format(parts, ", { name = i, type = host }", "")))
        .extracting(Problem::line).singleElement().asString()
        .contains("one host at most; 'h' is one");
    assertThat(
            Scene.problems(
                folder, String.format(parts, "", "tune.cpu0.preemption.length = 5us")))
        .extracting(Problem::line).singleElement().asString()
        .contains("bad.conf:1", "'cpu0' is a vCPU of this host");
  }
}
