package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.check.Finding;
import dev.shootdown.check.Judgement;
import dev.shootdown.engine.SystemPool;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The order of steps that a witness misses is tried, and what came of it is told. */
class EdgeTrialsTest {
  private static final Path MUSEUM = Path.of("scenarios", "museum");
  private static SystemPool pool;

  private int runs;

  @BeforeAll
  static void open() {
    pool = new SystemPool();
  }

  @AfterAll
  static void close() {
    pool.close();
  }

  private Judgement tried(Path file, String name, int most) {
    Variant variant =
        Scenarios.load(file, Optional.of(name), Optional.empty(), List.of(), Path.of("")).get(0);
    Judgement judgement = Scene.run(pool, variant.scenario()).judgement();
    return EdgeTrials.of(
        variant, judgement, most,
        added -> {
          runs++;
          return Scene.run(pool, added);
        });
  }

  private String tried(Path file, String name) {
    return tried(file, name, 1).told().flatMap(Finding::tried).orElse("nothing");
  }

  @Test
  void shouldHoldUpTheInvalidationWhenItOvertookAFill() {
    assertThat(tried(Scene.shipped("02"), "broken"))
        .matches("with the invalidation \\(itag 0\\) held up by [0-9.]+ ns: clean, .*");
  }

  @Test
  void shouldWaitForTheFlushWhenItBelongsToAnotherOperation() {
    assertThat(tried(MUSEUM.resolve("03b-mremap.conf"), "intel"))
        .isEqualTo(
            "with a wait for the flush of mremap-slow before each page-free or cache-drop in"
                + " truncate: clean, in the same schedule");
  }

  @Test
  void shouldAddAFlushWhenThereWasNone() {
    assertThat(tried(MUSEUM.resolve("14-kernel-walk-cache.conf"), "vfree"))
        .startsWith("with sec-inv range before each table-free in vfree: clean");
    assertThat(tried(Scene.shipped("11"), "intel-6-5"))
        .startsWith("with sec-inv range before each revoke in soft-dirty: clean");
  }

  @Test
  void shouldPauseWhenADmaWasUnderWay() {
    assertThat(tried(Scene.shipped("70"), "answers-at-once"))
        .startsWith("with a pause of 100us before each page-free");
    assertThat(tried(Scene.shipped("14"), "nobody-flushes"))
        .as("and is not over before anything is flushed").startsWith("with the policy under-ptl");
  }

  @Test
  void shouldReadTheTableLaterWhenSoftwareReadItTooEarly() {
    assertThat(tried(Scene.shipped("30"), "reload-at-start"))
        .matches("with the walk held up by [0-9.]+ ns, until the bracket is over: clean, .*");
  }

  @Test
  void shouldFlushUnderTheLockWhenAPolicyLeavesFlushesOut() {
    assertThat(tried(Scene.shipped("12"), "nobody-flushes"))
        .isEqualTo("with the policy under-ptl: clean, in the same schedule");
  }

  @Test
  void shouldSayThatItIsNotEnoughWhenTheFindingIsThereAllTheSame() {
    Variant variant = Scene.load(Scene.shipped("02")).get(0);
    ScenarioResult result = Scene.run(pool, variant.scenario());
    Judgement judgement =
        EdgeTrials.of(variant, result.judgement(), 1, added -> result);

    assertThat(judgement.told().orElseThrow().tried().orElseThrow())
        .endsWith(": not enough, it is there all the same");
  }

  @Test
  void shouldSayThatOthersAreThereWhenOneIsGone() {
    assertThat(tried(Scene.shipped("35"), "without-in-progress"))
        .endsWith(": it is gone, but the run comes to stale-use by others of its kind");
  }

  @Test
  void shouldSayWhyItIsNotTriedWhenTheLanguageHasNoSuchStep() {
    assertThat(tried(Scene.shipped("22"), "qemu-7-2"))
        .startsWith("not tried; 'unmap' is no path");
  }

  @Test
  void shouldShareARunWhenFindingsAskForTheSame() {
    Judgement judgement = tried(MUSEUM.resolve("02-invalidate-page.conf"), "first-address", 20);

    assertThat(judgement.findings().stream().filter(found -> found.tried().isPresent()))
        .hasSizeGreaterThan(1);
    assertThat(runs).isEqualTo(1);
  }

  @Test
  void shouldMakeNoMoreThanThreeRuns() {
    Judgement judgement = tried(Scene.shipped("35"), "without-sequence", 20);

    assertThat(judgement.findings()).hasSizeGreaterThan(3);
    assertThat(runs).isEqualTo(3);
    assertThat(judgement.findings().stream().filter(found -> found.tried().isPresent()))
        .hasSize(3);
  }
}
