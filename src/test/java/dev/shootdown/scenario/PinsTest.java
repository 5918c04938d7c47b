package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.shootdown.engine.Placement;
import dev.shootdown.engine.SystemPool;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may run where: a wire without a latency can't be cut. */
class PinsTest {
  private static final String TEXT =
      """
      include classpath("profiles/two-socket-ats.conf")
      processes = [ { name = app, devices = [nic0], areas = [
        { name = a, at = "0x7f0000000000", pages = 1 } ] } ]
      workload = [ { cpu = cpu0, process = app, do = [
        "touch a write", "spin-until 5us", "munmap a" ] } ]
      dma = [ { device = nic0, process = app, area = a, access = read, at = 1us,
        every = 200ns, count = 20 } ]
      tune.iommu0.pin = 0
      tune.nic0.pin = 1
      """;

  @TempDir Path folder;
  private static SystemPool pool;

  @BeforeAll
  static void open() {
    pool = new SystemPool();
  }

  @AfterAll
  static void close() {
    pool.close();
  }

  private ScenarioResult run(String more, int workers) {
    return Scene.run(
        pool, Scene.load(Scene.write(folder, TEXT + more)).get(0).scenario(), workers, false);
  }

  @Test
  void shouldRefuseWhenPinsCutAWireWithoutLatency() {
    for (String zero : new String[] {
        "wires.pcie.latency.min = 0ns",
        "machine.wires = [ { from = iommu0, to = nic0, kind = pcie, latency.min = 0ns } ]"}) {
      assertThatThrownBy(() -> run(zero, 2)).as(zero)
          .isInstanceOf(Placement.ImpossibleCut.class)
          .hasMessageContaining("no lookahead")
          .satisfies(cut -> assertThat(((Placement.ImpossibleCut) cut).component())
              .isIn("iommu0", "nic0"));
    }
  }

  @Test
  void shouldRunAloneWhenNothingHasToBeCut() {
    assertThat(Scene.verdict(run("wires.pcie.latency.min = 0ns", 1))).isEqualTo("clean");
  }

  @Test
  void shouldGiveTheSameResultWhenPinsAreObeyed() {
    ScenarioResult one = run("", 1);
    ScenarioResult two = run("", 2);

    assertThat(two.outcome().fingerprint().total())
        .isEqualTo(one.outcome().fingerprint().total());
    assertThat(two.outcome().windows().eventsByPartition()).hasSize(2)
        .allMatch(events -> events > 0);
  }

  @Test
  void shouldObeyOnlyTheWireThatIsMeantWhenItDiffers() {
    ScenarioResult near = run("machine.wires = [ { from = iommu0, to = nic0, kind = pcie,"
        + " latency.min = 1ns } ]", 2);

    assertThat(near.outcome().windows().lookaheadPs()).isEqualTo(1_000);
    assertThat(Scene.verdict(near)).isEqualTo("clean");
  }
}
