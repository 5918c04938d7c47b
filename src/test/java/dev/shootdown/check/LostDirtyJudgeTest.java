package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Change;
import dev.shootdown.trace.MachineFact.Clean;
import java.util.List;
import org.junit.jupiter.api.Test;

class LostDirtyJudgeTest {
  private final LostDirtyJudge judge = new LostDirtyJudge();
  private final Scene scene = new Scene(judge);

  private StaleUse only() {
    assertThat(judge.findings()).hasSize(1);
    assertThat(judge.findings().get(0).verdict()).isSameAs(Verdict.LOST_DIRTY);
    return judge.findings().get(0).staleUse().orElseThrow();
  }

  @Test
  void shouldFindWriteWhenWriteBackHasStarted() {
    scene.fills(5, "cpu1", 5, 7, 4).dirties(6, 5, 7).harvests(10, 5, 7)
        .cleans(20, Clean.WRITE_BACK, 7).writes(25, "cpu1", 5, 7);
    assertThat(only().kind()).isSameAs(StaleUse.Kind.WRITTEN_SINCE_CLEAN);
    assertThat(only().free().atPs()).isEqualTo(20);
  }

  @Test
  void shouldFindWriteWhenThePageMayBeDiscarded() {
    scene.harvests(10, 5, 7).cleans(20, Clean.DISCARDABLE, 7).uses(25, "dev0", 5, 7, 1);
    assertThat(only().entry().holder()).isEqualTo("dev0");
  }

  @Test
  void shouldFindDmaWhenItWritesAsTheFrameBecomesClean() {
    scene.dirties(5, 5, 7).uses(6, "dev0", 5, 7, 1).harvests(10, 5, 7)
        .cleans(20, Clean.MKCLEAN, 7).drains(30, "dev0", 1);
    assertThat(only().kind()).isSameAs(StaleUse.Kind.IN_FLIGHT_AT_CLEAN);
  }

  @Test
  void shouldFindWriteWhenOnlyAnotherAddressSpaceRecordedOne() {
    scene.harvests(10, 5, 7).cleans(20, Clean.MKCLEAN, 7)
        .state(22, "pagetable1", new MachineFact.PteDirtied(2, 5, 7))
        .writes(25, "cpu1", 5, 7);
    assertThat(only().entry().mm()).isEqualTo(1);
  }

  @Test
  void shouldFindWriteWhenItsDirtyBitIsKeptWithAnotherFrame() {
    scene.cleans(10, Clean.WRITE_BACK, 7).dirties(20, 5, 7).uses(21, "nic0", 5, 7, 1)
        .drains(25, "nic0", 1).harvests(30, 5, 0);
    assertThat(only().kind()).isSameAs(StaleUse.Kind.KEPT_WITH_ANOTHER);
    assertThat(only().entry().holder()).isEqualTo("nic0");
    assertThat(only().entry().pfn()).isEqualTo(7);
    assertThat(only().free().atPs()).isEqualTo(10);
  }

  @Test
  void shouldStaySilentWhenTheDirtyBitIsKeptWithTheFrame() {
    scene.cleans(10, Clean.WRITE_BACK, 7).dirties(20, 5, 7).uses(21, "nic0", 5, 7, 1)
        .drains(25, "nic0", 1).harvests(30, 5, 7);
    assertThat(judge.findings()).isEmpty();
  }

  @Test
  void shouldStaySilentWhenThePageGotTheOtherFrameMeanwhile() {
    scene.cleans(10, Clean.WRITE_BACK, 7).dirties(20, 5, 7).writes(21, "cpu1", 5, 7)
        .changes(24, Change.MOVED_AWAY, 5, 7).changes(26, Change.SET, 5, 8).harvests(30, 5, 8);
    assertThat(judge.findings()).isEmpty();
  }

  @Test
  void shouldStaySilentWhenTheFrameWasNotCleanWhenItWasWritten() {
    scene.dirties(5, 5, 7).uses(6, "nic0", 5, 7, 1).drains(9, "nic0", 1)
        .cleans(10, Clean.WRITE_BACK, 7).harvests(30, 5, 0);
    assertThat(judge.findings()).isEmpty();
  }

  /** Between the harvest and the flush a store is saved by the folio's own dirty bit. */
  @Test
  void shouldStaySilentWhenTheWriteComesBeforeTheFrameIsClean() {
    scene.dirties(5, 5, 7).harvests(10, 5, 7).writes(15, "cpu1", 5, 7)
        .uses(16, "dev0", 5, 7, 1).drains(18, "dev0", 1).cleans(20, Clean.WRITE_BACK, 7)
        .reads(25, "cpu1", 5, 7);
    assertThat(judge.findings()).isEmpty();
  }

  @Test
  void shouldStaySilentWhenAWalkerRecordsTheWrite() {
    scene.harvests(10, 5, 7).cleans(20, Clean.DISCARDABLE, 7).dirties(24, 5, 7)
        .writes(25, "cpu1", 5, 7);
    assertThat(judge.findings()).isEmpty();
  }

  @Test
  void shouldStaySilentWhenAWalkerRecordedTheWriteBetweenHarvestAndClean() {
    scene.harvests(10, 5, 7).dirties(12, 5, 7).uses(13, "dev0", 5, 7, 1)
        .cleans(20, Clean.DISCARDABLE, 7).writes(25, "cpu1", 5, 7);
    assertThat(judge.findings()).isEmpty();
  }

  @Test
  void shouldStaySilentWhenTheWriteFaults() {
    scene.harvests(10, 5, 7).cleans(20, Clean.MKCLEAN, 7).changes(22, Change.UPGRADED, 5, 7)
        .writes(25, "cpu1", 5, 7).harvests(30, 5, 7).writes(31, "cpu1", 5, 7);
    assertThat(judge.findings()).isEmpty();
  }

  /** A harvest is stated when its run is over; what was recorded meanwhile may come after it. */
  @Test
  void shouldStaySilentWhenTheRecordCameDuringTheRunOfTheHarvest() {
    scene.state(8, "pagetable0", new MachineFact.LockTaken(1, "pagetable0", 8))
        .dirties(12, 5, 7).harvests(15, 5, 7)
        .state(15, "pagetable0", new MachineFact.LockDropped(1, "pagetable0"))
        .cleans(20, Clean.DISCARDABLE, 7).writes(25, "cpu1", 5, 7);
    assertThat(judge.findings()).isEmpty();
    scene.state(30, "pagetable0", new MachineFact.LockTaken(2, "pagetable0", 30))
        .harvests(35, 5, 7)
        .state(35, "pagetable0", new MachineFact.LockDropped(2, "pagetable0"))
        .cleans(40, Clean.DISCARDABLE, 7).writes(45, "cpu1", 5, 7);
    assertThat(judge.findings()).hasSize(1);
  }

  @Test
  void shouldStaySilentWhenTheFrameIsGone() {
    scene.harvests(10, 5, 7).cleans(20, Clean.WRITE_BACK, 7)
        .state(22, "frames", new MachineFact.FramesFreed(1, List.of(7L)))
        .writes(25, "cpu1", 5, 7);
    assertThat(judge.findings()).isEmpty();
  }
}
