package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Change;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExposureTest {
  private final StaleUseJudge judge = new StaleUseJudge();
  private final Scene scene = new Scene(judge);

  @Test
  void shouldMeasureFromChangeToDropWhenEntryIsCleared() {
    scene.fills(10, "dev0", 5, 7, 8).clears(20_000, 5, 7).drops(1_520_123, "dev0", 5);
    assertThat(judge.exposures())
        .containsExactly(new Exposure(ComponentKind.DEVICE, 1, 0, 1500, 1500, 1_500_123));
  }

  @Test
  void shouldMeasureFromFillWhenStaleCompletionIsCached() {
    scene.clears(20_000, 5, 7).fills(50_000, "dev0", 5, 7, 10_000).drops(60_000, "dev0", 5);
    assertThat(judge.exposures())
        .containsExactly(new Exposure(ComponentKind.DEVICE, 1, 0, 10, 10, 10_000));
  }

  @Test
  void shouldMeasureFromFirstChangeWhenEntryMissesTwo() {
    scene.fills(10, "dev0", 5, 7, 8).changes(1_000, Change.PROTECTED, 5, 7)
        .clears(5_000, 5, 7).drops(9_000, "dev0", 5);
    assertThat(judge.exposures()).extracting(Exposure::maxPs).containsExactly(8_000L);
  }

  @Test
  void shouldMeasureNothingWhenEntryGrantsNoMoreThanThePte() {
    scene.state(10, "dev0", new MachineFact.Filled(Scene.MM, 5, 7, false, 8))
        .changes(20, Change.PROTECTED, 5, 7).drops(30, "dev0", 5)
        .fills(40, "dev0", 6, 8, 38).changes(50, Change.UPGRADED, 6, 8).drops(60, "dev0", 6)
        .fills(70, "dev0", 9, 9, 70).drops(75, "dev0", 9).clears(80, 9, 9);
    assertThat(judge.exposures()).isEmpty();
  }

  @Test
  void shouldMeasureNothingWhenWalkReadTheNewEntry() {
    scene.clears(20, 5, 7).changes(25, Change.SET, 5, 7).fills(30, "dev0", 5, 7, 26)
        .drops(90, "dev0", 5);
    assertThat(judge.exposures()).isEmpty();
  }

  @Test
  void shouldMeasureNothingWhenEntryGoesBeforeTheChangeStatedAhead() {
    scene.fills(10, "dev0", 5, 7, 8)
        .state(15, "pagetable0",
            new MachineFact.PtesChanged(
                Scene.MM, Change.CLEARED, List.of(5L), List.of(7L), 100, 0))
        .drops(50, "dev0", 5);
    assertThat(judge.exposures()).isEmpty();
  }

  @Test
  void shouldKeepHoldersApartByKindWhenAllAreExposed() {
    scene.loads(0, "cpu0").fills(1_000, "cpu0", 5, 7, 1).fills(1_000, "walker", 5, 7, 1)
        .fills(1_000, "dev0", 5, 7, 1)
        .state(1_500, "walker", new MachineFact.InvalidationSent(0, 1, PageRange.of(5), 0))
        .clears(2_000, 5, 7).drops(3_000, "cpu0", 5).drops(4_000, "walker", 5);
    assertThat(judge.exposures())
        .containsExactly(
            new Exposure(ComponentKind.CPU, 1, 0, 1, 1, 1_000),
            new Exposure(ComponentKind.IOMMU, 1, 0, 2, 2, 2_000),
            new Exposure(ComponentKind.DEVICE, 0, 1, 0, 0, 0));
  }

  @Test
  void shouldMeasureNothingWhenChangeIsOfAnotherFrame() {
    scene.fills(10, "dev0", 5, 8, 9).clears(20, 5, 7).drops(90, "dev0", 5);
    assertThat(judge.exposures()).isEmpty();
  }

  @Test
  void shouldCloseWindowWhenStaleEntryIsReplaced() {
    scene.fills(10, "dev0", 5, 7, 8).clears(1_000, 5, 7).fills(4_000, "dev0", 5, 8, 3_000);
    assertThat(judge.exposures()).extracting(Exposure::maxPs).containsExactly(3_000L);
  }
}
