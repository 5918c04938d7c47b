package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.SystemPool;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Audience;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pages of 2 MiB that are never split: how they are copied, in which strides they are flushed. */
class HugetlbPathsTest {
  private static final String MACHINE =
      """
      include classpath("profiles/two-socket-ats.conf")
      kernel { era = %s, policy = %s
        costs { page-alloc = 1ns, page-free = 1ns, work.copy = 4ns } }
      processes = [
        { name = app, devices = [nic0], areas = [
          { name = h, at = "0x7f0000000000", pages = 512, huge = true } ] }
        { name = child, areas = [
          { name = h, at = "0x7f0000000000", pages = 512, mapped = false } ] }
      ]
      dma = [ { device = nic0, process = app, area = h, page = 0, access = read
                at = 3us, every = 700ns, count = 60 } ]
      workload = [
        { cpu = cpu0, process = app, do = ["fork+h h into child", "touch h 0 2 read"
          "spin-until 12us", "hugetlb-cow h", "touch h 0 1 write", "spin 6us"] }
        { cpu = cpu1, process = app
          do = ["spin-until 10us", "repeat 16 touch h 0 2 read;spin 1us"] }
      ]
      """;

  @TempDir private Path folder;

  private ScenarioResult run(String era, String policy) {
    Scenario scenario =
        Scene.load(Scene.write(folder, MACHINE.formatted(era, policy))).get(0).scenario();
    try (SystemPool pool = new SystemPool()) {
      return Scene.run(pool, scenario, 1, true);
    }
  }

  private static List<MachineFact.FlushBegan> flushes(ScenarioResult result, Audience audience) {
    long copy =
        result.trace().stream()
            .filter(line -> line.fact() instanceof MachineFact.OperationBegan began
                && began.kind().equals("hugetlb-cow"))
            .map(line -> ((MachineFact.OperationBegan) line.fact()).operation())
            .findFirst().orElseThrow();
    return result.trace().stream()
        .map(TraceLine::fact)
        .filter(MachineFact.FlushBegan.class::isInstance)
        .map(MachineFact.FlushBegan.class::cast)
        .filter(flush -> flush.operation() == copy && flush.audience() == audience)
        .toList();
  }

  /** hugetlb_wp: era B kept a call of its own under the lock; the bracket's end flushes again. */
  @ParameterizedTest
  @CsvSource({"A, 2", "B, 2", "C, 1"})
  void shouldCopyTheWholePageAndFlushAsOftenAsTheEraDoes(String era, int secondary) {
    ScenarioResult result = run(era, "era");

    assertThat(Scene.verdict(result)).isEqualTo("clean");
    assertThat(flushes(result, Audience.SECONDARY)).hasSize(secondary)
        .allSatisfy(flush -> assertThat(flush.requested().pages()).isEqualTo(512));
    assertThat(flushes(result, Audience.CPU)).singleElement()
        .satisfies(
            flush -> {
              assertThat(flush.requested().pages()).isEqualTo(512);
              assertThat(flush.flushed().isAll()).as("512 strides are above the ceiling").isFalse();
            });
    assertThat(
        result.trace().stream().filter(
            line -> line.fact() instanceof MachineFact.CopyBegan copy && copy.page() % 512 == 0))
        .hasSize(1);
  }

  /** Rule B of 0f10851ea475: before another page is named, the device must have forgotten. */
  @Test
  void shouldBeCaughtWhenNobodyFlushesBeforeAnotherPageIsNamed() {
    assertThat(Scene.verdict(run("B", "only-end"))).isNotEqualTo("clean");
    assertThat(Scene.verdict(run("B", "at-end"))).isNotEqualTo("clean");
    assertThat(Scene.verdict(run("B", "under-ptl"))).isEqualTo("clean");
  }
}
