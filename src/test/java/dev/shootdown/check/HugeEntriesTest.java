package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.MachineFact;
import org.junit.jupiter.api.Test;

/** A 2 MiB entry is 512 translations at once. */
class HugeEntriesTest {
  private static final long PAGE = 1024;
  private static final long PFN = 5120;

  private final StaleUseJudge judge = new StaleUseJudge();
  private final Scene scene = new Scene(judge);

  private Scene fillsHuge(long atPs, String holder) {
    return scene.state(
        atPs, holder, new MachineFact.Filled(Scene.MM, PAGE, PFN, true, atPs - 1, 9));
  }

  private StaleUse only() {
    assertThat(judge.findings()).hasSize(1);
    return judge.findings().get(0).staleUse().orElseThrow();
  }

  @Test
  void shouldFindEntryWhenOneOfItsFramesIsFreed() {
    fillsHuge(10, "dev0").clears(20, PAGE + 511, PFN + 511).frees(40, 1, PFN + 511);
    assertThat(only().entry().page()).isEqualTo(PAGE + 511);
    assertThat(only().change().orElseThrow().atPs()).isEqualTo(20);
  }

  @Test
  void shouldFindEntryWhenItsFramesDoNotStartAtABlock() {
    scene.state(10, "dev0", new MachineFact.Filled(Scene.MM, PAGE, PFN + 100, true, 9, 9))
        .frees(40, 1, PFN + 100 + 511).frees(41, 1, PFN + 99).frees(41, 1, PFN + 100 + 512);
    assertThat(only().entry().page()).isEqualTo(PAGE + 511);
  }

  @Test
  void shouldStaySilentWhenAnyPartOfItWasInvalidated() {
    fillsHuge(10, "dev0").clears(20, PAGE + 7, PFN + 7).drops(30, "dev0", PAGE + 7)
        .frees(40, 1, PFN + 7).frees(41, 1, PFN);
    assertThat(judge.findings()).isEmpty();
    assertThat(judge.remembered()).isZero();
  }

  @Test
  void shouldStaySilentWhenNeighboursAreInvalidatedAndFreed() {
    fillsHuge(10, "dev0").drops(30, "dev0", PAGE - 1).drops(30, "dev0", PAGE + 512)
        .frees(40, 1, PFN - 1).frees(40, 1, PFN + 512);
    assertThat(judge.findings()).isEmpty();
    assertThat(judge.remembered()).isPositive();
  }

  /** After a split both sizes may be held, with the same target. */
  @Test
  void shouldKeepBothWhenASmallEntryJoinsAHugeOne() {
    fillsHuge(10, "dev0").fills(20, "dev0", PAGE + 3, PFN + 3, 19)
        .uses(25, "dev0", PAGE + 3, PFN + 3, 1).drains(26, "dev0", 1);
    assertThat(judge.findings()).isEmpty();
    scene.drops(30, "dev0", PAGE + 3).frees(40, 1, PFN + 3);
    assertThat(judge.findings()).isEmpty();
    assertThat(judge.remembered()).isZero();
  }

  @Test
  void shouldMeasureExposureOnceWhenAllItsPagesChange() {
    fillsHuge(1_000, "dev0");
    for (int i = 0; i < 512; i++) {
      scene.clears(2_000 + i, PAGE + i, PFN + i);
    }
    scene.state(
        5_000, "dev0",
        new MachineFact.Dropped(
            Scene.MM, new PageRange(PAGE, 512), MachineFact.Cause.INVALIDATED));
    assertThat(judge.exposures())
        .containsExactly(new Exposure(ComponentKind.DEVICE, 1, 0, 3, 3, 3_000));
  }

  @Test
  void shouldJudgeUseByItsOwnPageWhenOnlyAnotherWasRevoked() {
    RevokedRightJudge rights = new RevokedRightJudge();
    Scene call = new Scene(rights);
    call.state(10, "dev0", new MachineFact.Filled(Scene.MM, PAGE, PFN, true, 9, 9))
        .clears(20, PAGE + 1, PFN + 1).returns(30, "cpu0", 1, PageRange.of(PAGE + 1), false)
        .uses(40, "dev0", PAGE, PFN, -1);
    assertThat(rights.findings()).isEmpty();
    call.uses(41, "dev0", PAGE + 1, PFN + 1, -1);
    assertThat(rights.findings()).hasSize(1);
  }
}
