package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Change;
import dev.shootdown.trace.MachineFact.Share;
import org.junit.jupiter.api.Test;

class SharedFrameJudgeTest {
  private final SharedFrameJudge judge = new SharedFrameJudge();
  private final Scene scene = new Scene(judge);

  private StaleUse.Kind only() {
    assertThat(judge.findings()).hasSize(1);
    assertThat(judge.findings().get(0).verdict()).isSameAs(Verdict.COW_BREACH);
    return judge.findings().get(0).staleUse().orElseThrow().kind();
  }

  @Test
  void shouldFindWriteWhenParentAndChildShare() {
    scene.fills(10, "cpu1", 5, 7, 8).changes(12, Change.PROTECTED, 5, 7)
        .shares(20, Share.FORK, 7).writes(25, "cpu1", 5, 7);
    assertThat(only()).isSameAs(StaleUse.Kind.WRITTEN_SINCE_FORK);
  }

  @Test
  void shouldFindWriteWhenItComesThroughAnotherAddressSpace() {
    scene.shares(20, Share.FORK, 7)
        .state(25, "cpu1", new MachineFact.Used(2, 99, 7, true, -1));
    assertThat(only()).isSameAs(StaleUse.Kind.WRITTEN_SINCE_FORK);
  }

  @Test
  void shouldFindDmaWhenItWritesAsForkEnds() {
    scene.uses(10, "dev0", 5, 7, 1).shares(20, Share.FORK, 7).drains(21, "dev0", 1);
    assertThat(only()).isSameAs(StaleUse.Kind.IN_FLIGHT_AT_FORK);
  }

  @Test
  void shouldFindWriteWhenKsmHasCompared() {
    scene.shares(20, Share.KSM, 7).uses(25, "dev0", 5, 7, 1);
    assertThat(only()).isSameAs(StaleUse.Kind.WRITTEN_SINCE_MERGE);
  }

  @Test
  void shouldFindDmaWhenItWritesAsKsmCompares() {
    scene.uses(10, "dev0", 5, 7, 1).shares(20, Share.KSM, 7);
    assertThat(only()).isSameAs(StaleUse.Kind.IN_FLIGHT_AT_MERGE);
  }

  /** Fork flushes once, at its end: until then a stale entry may write. */
  @Test
  void shouldStaySilentWhenTheWriteComesBeforeTheEndOfFork() {
    scene.fills(10, "cpu1", 5, 7, 8).changes(12, Change.PROTECTED, 5, 7)
        .writes(15, "cpu1", 5, 7).uses(16, "dev0", 5, 7, 1).drains(18, "dev0", 1)
        .drops(19, "cpu1", 5).shares(20, Share.FORK, 7).reads(25, "cpu1", 5, 7);
    assertThat(judge.findings()).isEmpty();
  }

  @Test
  void shouldStaySilentWhenTheFrameHasOneOwnerAgain() {
    scene.shares(20, Share.FORK, 7).makesExclusive(25, 7).writes(30, "cpu1", 5, 7)
        .shares(40, Share.KSM, 8).frees(45, 1, 8).writes(50, "cpu1", 5, 8);
    assertThat(judge.findings()).isEmpty();
  }

  @Test
  void shouldStaySilentWhenTheCopyIsWritten() {
    scene.shares(20, Share.FORK, 7).copies(25, 1, 5, 7, 9)
        .changes(30, Change.REPOINTED, 5, 9).writes(40, "cpu1", 5, 9);
    assertThat(judge.findings()).isEmpty();
  }
}
