package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.SystemPool;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules of ATS that a machine keeps, and what judges say where it is made to break them. */
class AtsRulesTest {
  /** Transfers of 10 us, so that some are under way when their page goes. */
  private static final String TEXT =
      """
      include classpath("profiles/two-socket-ats.conf")
      processes = [ { name = app, devices = [nic0], areas = [
        { name = a, at = "0x7f0000000000", pages = 1 } ] } ]
      workload = [ { cpu = cpu0, process = app, do = [
        "touch a write", "spin-until 15us", "munmap a" ] } ]
      dma = [ { device = nic0, process = app, area = a, access = read, at = 1us,
        every = 2us, count = 7 } ]
      parts.memory.latency = 10us
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

  private ScenarioResult run(String more) {
    Scenario scenario = Scene.load(Scene.write(folder, TEXT + more)).get(0).scenario();
    return Scene.run(pool, scenario, 1, true);
  }

  private String verdict(String more) {
    return Scene.verdict(run(more));
  }

  @Test
  void shouldBreakTheProtocolWhenSoftwareOverstatesADevicesQueue() {
    String shallow =
        "kernel.vtd.extra-device-flush = true\ntune.nic0.invalidate-queue-depth = 1\n";

    assertThat(verdict(shallow)).isEqualTo("clean");
    assertThat(verdict(shallow + "tune.iommu0.device-queue-depth = 32\n"))
        .isEqualTo("protocol-breach");
  }

  @Test
  void shouldFreeAPageUnderATransferWhenAnswersAreNotCounted() {
    String classes = "tune.nic0.traffic-classes = 2\n";

    assertThat(verdict(classes)).isEqualTo("clean");
    assertThat(verdict("tune.iommu0.counts-completions = false\n")).as("one class")
        .isEqualTo("clean");
    assertThat(verdict(classes + "tune.iommu0.counts-completions = false\n"))
        .isEqualTo("stale-use");
  }

  @Test
  void shouldRefuseAnotherTranslationUnitByName() {
    assertThat(Scene.problems(folder, TEXT + "tune.nic0.smallest-translation-unit = 1\n"))
        .singleElement()
        .matches(
            problem ->
                problem.toString().contains("smallest-translation-unit")
                    && problem.toString().contains("pci_enable_ats"));
  }
}
