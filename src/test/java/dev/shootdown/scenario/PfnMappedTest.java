package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.check.Verdict;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.trace.MachineFact;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory without reference counts: whoever unmaps it neither frees it nor hurries for it. */
class PfnMappedTest {
  private static final String TEXT =
      """
      include classpath("profiles/two-socket-ats.conf")
      files = [ { name = drm } ]
      processes = [ { name = app, areas = [
        { name = a, at = "0x7f0000000000", pages = 2, file = drm, dirty = true, state = STATE }
      ] } ]
      paths.drop-when-cleared {
        title = "a driver takes its pages back"
        site = none
        steps = [ "pte-look", "wait cleared", "cache-drop", "signal dropped" ]
      }
      paths.unmap {
        title = "munmap, preempted between its flush and what it frees"
        site = C1
        steps = [
          "mmap-w-lock", "areas-remove", "gather-begin", "n-start UNMAP"
          "for-group", "pte-clear", "end-group", "n-end", "gather-check", "commit"
          "signal cleared", "wait dropped", "rmap-del", "page-free", "gather-end", "mmap-w-unlock"
        ]
      }
      """;
  private static final String RACE =
      """
      workload = [
        { cpu = cpu0, process = app, do = ["spin-until 20us", "unmap a"] }
        { cpu = cpu1, process = app, do = ["spin-until 10us", "drop-when-cleared a"] }
      ]
      """;
  private static final String ALONE =
      """
      workload = [ { cpu = cpu0, process = app, do = ["munmap a"] } ]
      """;

  @TempDir Path folder;

  private ScenarioResult run(String state, String work) {
    String text = TEXT.replace("STATE", state) + work;
    try (SystemPool pool = new SystemPool()) {
      return Scene.run(
          pool, Scene.load(Scene.write(folder, text)).get(0).scenario(), 1, true);
    }
  }

  @Test
  void shouldFreeNothingTwiceWhenTheDriverHasTakenItsPagesBackMeanwhile() {
    assertThat(Scene.verdict(run("pfn-mapped", RACE))).isEqualTo(Verdict.CLEAN.text());
  }

  /** zap_pte_range: a dirty page of a file forces a flush, one without counts doesn't. */
  @Test
  void shouldFlushOnceAndFreeNothingWhenItsDirtyPagesAreUnmapped() {
    ScenarioResult counted = run("plain", ALONE);
    ScenarioResult uncounted = run("pfn-mapped", ALONE);

    assertThat(underTableLock(counted)).isPositive();
    assertThat(underTableLock(uncounted)).isZero();
    assertThat(uncounted.trace()).noneMatch(
        line -> line.fact() instanceof MachineFact.FramesFreed);
  }

  /** CPU flushes that began while a page-table lock was held. */
  private static int underTableLock(ScenarioResult result) {
    int held = 0;
    int flushes = 0;
    for (var line : result.trace()) {
      if (line.fact() instanceof MachineFact.LockTaken lock && lock.lock().endsWith(".pt")) {
        held++;
      } else if (line.fact() instanceof MachineFact.LockDropped lock
          && lock.lock().endsWith(".pt")) {
        held--;
      } else if (line.fact() instanceof MachineFact.FlushBegan && held > 0) {
        flushes++;
      }
    }
    return flushes;
  }
}
