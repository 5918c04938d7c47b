package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.SystemPool;
import dev.shootdown.protocol.Dma;
import dev.shootdown.trace.MachineFact;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which node a page is on, and what that costs a device; scenario 58 has the machine. */
class MemoryNodesTest {
  private static final String TEXT =
      """
      machine.parts = [
        { name = cpu0, type = cpu, socket = 0 }
        { name = cpu1, type = cpu, socket = 1 }
        { name = iommu0, type = iommu, socket = 0 }
        { name = nic0, type = %s, iommu = iommu0 }
        { name = memory0, type = memory, socket = 0 }
        { name = memory1, type = memory, socket = 1 }
      ]
      processes = [ { name = app, home = 0, devices = [nic0], areas = [
        { name = a, at = "0x7f0000000000", pages = 2, mapped = %s } ] } ]
      dma = [ { device = nic0, process = app, area = a, access = read, at = 20us } ]
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

  private ScenarioResult run(String device, boolean mapped, String more) {
    Scenario scenario =
        Scene.load(Scene.write(folder, TEXT.formatted(device, mapped) + more)).get(0)
            .scenario();
    ScenarioResult result = Scene.run(pool, scenario, 1, true);
    assertThat(Scene.verdict(result)).isEqualTo("clean");
    return result;
  }

  private static List<Integer> allocated(ScenarioResult result) {
    return result.trace().stream()
        .filter(line -> line.fact() instanceof MachineFact.FramesAllocated)
        .flatMap(line -> ((MachineFact.FramesAllocated) line.fact()).pfns().stream())
        .map(Dma::nodeOf).toList();
  }

  private static String touching(String cpu) {
    return "workload = [ { cpu = " + cpu
        + ", process = app, do = [ \"touch a write\" ] } ]\n";
  }

  @Test
  void shouldBeOnTheNodeOfTheCpuThatTouchesItFirst() {
    assertThat(allocated(run("ats-device", false, touching("cpu0")))).containsExactly(0, 0);
    assertThat(allocated(run("ats-device", false, touching("cpu1")))).containsExactly(1, 1);
  }

  @Test
  void shouldTakeTurnsWhenPagesAreInterleaved() {
    assertThat(
            allocated(
                run("ats-device", false,
                    touching("cpu1") + "machine.memory-policy = interleave\n")))
        .containsExactlyInAnyOrder(0, 1);
  }

  /** From the use of a frame until its transfer is over. */
  private static long transferPs(ScenarioResult result) {
    long usedPs = 0;
    for (TraceLine line : result.trace()) {
      if (line.fact() instanceof MachineFact.Used used && used.transfer() >= 0) {
        usedPs = line.atPs();
      } else if (line.fact() instanceof MachineFact.Drained) {
        return line.atPs() - usedPs;
      }
    }
    throw new AssertionError("no transfer ended");
  }

  /** A hop there and one back: 60 ns each. */
  @Test
  void shouldAddOnlyTheWayWhenADevicesPageIsRemote() {
    for (String device : List.of("ats-device", "dma-device")) {
      long nearPs = transferPs(run(device, false, touching("cpu0")));
      long farPs = transferPs(run(device, false, touching("cpu1")));

      assertThat(farPs - nearPs).as(device).isEqualTo(120_000);
    }
  }

  @Test
  void shouldRefuseANodeThatIsNotThere() {
    assertThat(
            Scene.problems(
                folder,
                TEXT.formatted("ats-device", true).replace("pages = 2", "pages = 2, node = 2")
                    + touching("cpu0")))
        .singleElement()
        .matches(problem -> problem.toString().contains("there is no memory node 2"));
    assertThat(
            Scene.problems(
                folder,
                TEXT.formatted("ats-device", false).replace("pages = 2", "pages = 2, node = 1")
                    + touching("cpu0")))
        .singleElement().matches(problem -> problem.toString().contains("node"));
  }

  @Test
  void shouldLeaveTheSameFingerprintWhenNodesAreOnDifferentWorkers() {
    Path file = Scene.shipped("58");
    Scenario far = Scene.variant(file, "far", "tune.memory1.pin=1", "tune.memory0.pin=0");

    assertThat(Scene.run(pool, far, 2, false).outcome().fingerprint().total())
        .isEqualTo(Scene.run(pool, far).outcome().fingerprint().total());
  }
}
