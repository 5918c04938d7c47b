package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.config.Problem;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.trace.MachineFact;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flushes that are left until a device works in the PASID again; scenario 57 has the machine. */
class LeftToUseTest {
  private static final Path FILE = Scene.shipped("57");
  private static final String BOUND =
      """
      include classpath("profiles/two-socket-ats.conf")
      workload = [ { cpu = cpu0, process = app, do = [ "touch a write" ] } ]
      kernel.intel-svm.defer-idle = true
      """;
  private static final String ONE =
      "processes = [ { name = app, devices = [nic0],"
          + " areas = [ { name = a, at = \"0x7f0000000000\", pages = 1 } ] } ]\n";

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

  private static ScenarioResult run(String variant) {
    return Scene.run(pool, Scene.variant(FILE, variant), 1, true);
  }

  private static long count(ScenarioResult result, Class<?> fact) {
    return result.trace().stream().filter(line -> fact.isInstance(line.fact())).count();
  }

  @Test
  void shouldLeaveOneFlushAndDropBeforeUseWhenTheDeviceIsIdle() {
    ScenarioResult result = run("idle");

    assertThat(Scene.verdict(result)).isEqualTo("clean");
    assertThat(count(result, MachineFact.FlushLeftToUse.class)).isEqualTo(1);
    assertThat(count(result, MachineFact.StaleWindowClosed.class)).isEqualTo(1);
    assertThat(count(result, MachineFact.InvalidationTaken.class)).as("for the second page")
        .isEqualTo(1);
  }

  @Test
  void shouldFlushAtOnceWhenTheDeviceWorks() {
    ScenarioResult result = run("busy");

    assertThat(count(result, MachineFact.FlushLeftToUse.class)).isZero();
    assertThat(count(result, MachineFact.InvalidationTaken.class)).isEqualTo(2);
  }

  /** The window lets entries be held, not be used. */
  @Test
  void shouldBeAStaleUseWhenADeviceWorksWithoutSayingSo() {
    assertThat(Scene.verdict(run("silent"))).isEqualTo("stale-use");
  }

  private void shouldRefuse(String text, String... words) {
    List<Problem> problems = Scene.problems(folder, text);
    assertThat(problems).singleElement()
        .satisfies(problem -> assertThat(problem.toString()).contains(words));
  }

  @Test
  void shouldRefuseByNameWhenTheKernelOrTheMachineIsAnother() {
    shouldRefuse(
        BOUND + ONE + "kernel.era = B\n", "defer-idle", "kernel.drivers.iommu = intel-svm");
    shouldRefuse(BOUND + ONE + "kernel.drivers.iommu = intel-svm\n", "defer-idle", "era");
    shouldRefuse(
        BOUND + "kernel { era = B, drivers.iommu = intel-svm }\n"
            + "machine.parts = ${machine.parts} [ { name = nic1, type = ats-device,"
            + " iommu = iommu0 } ]\n" + ONE.replace("[nic0]", "[nic0, nic1]"),
        "devices", "two devices in one PASID");
  }
}
