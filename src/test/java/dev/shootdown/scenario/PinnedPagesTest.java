package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.SystemPool;
import dev.shootdown.trace.MachineFact;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device of physical addresses keeps what it works on. */
class PinnedPagesTest {
  private static SystemPool pool;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    pool = new SystemPool();
  }

  @AfterAll
  static void close() {
    pool.close();
  }

  /** Page 0 is pinned by two devices, page 1 by one of them for two jobs, page 2 by nobody. */
  @Test
  void shouldKeepTheFrameWhenAPinnedPageIsUnmapped() {
    String text =
        """
        machine.parts = [
          { name = cpu0, type = cpu }
          { name = disk0, type = bypass-device }
          { name = disk1, type = bypass-device }
          { name = memory0, type = memory }
        ]
        processes = [
          { name = app, areas = [ { name = a, at = "0x7f0000000000", pages = 3 } ] } ]
        workload = [ { cpu = cpu0, process = app, do = ["spin-until 10us", "munmap a"] } ]
        dma = [
          { device = disk0, process = app, area = a, page = 0, access = write, at = 1us,
            every = 500ns, count = 10 }
          { device = disk1, process = app, area = a, page = 0, access = read, at = 1us }
          { device = disk0, process = app, area = a, page = 1, access = read, at = 1us }
          { device = disk0, process = app, area = a, page = 1, access = write, at = 2us }
        ]
        """;

    ScenarioResult result =
        Scene.run(pool, Scene.load(Scene.write(folder, text)).get(0).scenario(), 1, true);

    assertThat(Scene.verdict(result)).isEqualTo("clean");
    assertThat(result.trace()).extracting(TraceLine::fact)
        .filteredOn(MachineFact.FramesFreed.class::isInstance)
        .flatExtracting(fact -> ((MachineFact.FramesFreed) fact).pfns())
        .as("only the page that nobody pinned").containsExactly(3L);
  }

  private static String worksOn(String type) {
    return """
        include classpath("profiles/two-socket-ats.conf")
        machine.parts = [
          { name = cpu0, type = cpu }
          { name = iommu0, type = iommu }
          { name = disk0, %s }
          { name = memory0, type = memory }
        ]
        processes = [
          { name = app, %s areas = [ { name = a, at = "0x7f0000000000", pages = 1 } ] }
          { name = other, areas = [
              { name = same, at = "0x7f0000000000", pages = 1, same-as = app.a } ] } ]
        kernel { era = B, policy = only-end, give-up = 0ns }
        run.until = 1ms
        workload = [ { cpu = cpu0, process = app, do = ["spin-until 10us", "munmap a"] } ]
        dma = [ { device = disk0, process = app, area = a, access = read, at = 1us,
          every = 500ns, count = 100 } ]
        """.formatted(
            type.equals("bypass-device") ? "type = " + type : "type = " + type + ", iommu = iommu0",
            type.equals("bypass-device") ? "" : "devices = [disk0],");
  }

  /** Another process keeps the frame, so that only the right is at stake. */
  @Test
  void shouldLetOnlyAPinnedDeviceGoOnAfterMunmapHasReturned() {
    assertThat(verdict(worksOn("bypass-device"))).isEqualTo("clean");
    assertThat(verdict(worksOn("ats-device"))).isEqualTo("stale-use");
  }

  private String verdict(String text) {
    return Scene.verdict(
        Scene.run(pool, Scene.load(Scene.write(folder, text)).get(0).scenario()));
  }
}
