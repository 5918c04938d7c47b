package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Change;
import java.util.List;
import org.junit.jupiter.api.Test;

class CopyJudgeTest {
  private final CopyJudge judge = new CopyJudge();
  private final Scene scene = new Scene(judge);

  private StaleUse only() {
    assertThat(judge.findings()).hasSize(1);
    assertThat(judge.findings().get(0).verdict()).isSameAs(Verdict.COW_BREACH);
    return judge.findings().get(0).staleUse().orElseThrow();
  }

  @Test
  void shouldFindWriteWhenItMissesTheCopy() {
    scene.fills(10, "dev0", 5, 7, 8).changes(12, Change.PROTECTED, 5, 7)
        .copies(20, 1, 5, 7, 9).uses(25, "dev0", 5, 7, 1);
    assertThat(judge.findings()).isEmpty();
    scene.changes(30, Change.REPOINTED, 5, 9);
    assertThat(only().kind()).isSameAs(StaleUse.Kind.WRITTEN_SINCE_COPY);
    assertThat(only().usedAtPs()).hasValue(25);
    assertThat(only().change().orElseThrow().change()).isSameAs(Change.PROTECTED);
    assertThat(only().free().atPs()).isEqualTo(20);
  }

  @Test
  void shouldFindWriteWhenThePageHasGotTheCopyAlready() {
    scene.copies(20, 1, 5, 7, 9).changes(30, Change.REPOINTED, 5, 9)
        .writes(40, "cpu1", 5, 7);
    assertThat(only().usedAtPs()).hasValue(40);
  }

  /** Invariant I6: KSM's compare is a copy to the page that is shared already. */
  @Test
  void shouldFindWriteWhenKsmHasComparedThePage() {
    scene.state(
            5, "frames",
            new MachineFact.FramesShared(1, MachineFact.Share.KSM, List.of(9L)))
        .fills(10, "dev0", 5, 7, 8).copies(20, 1, 5, 7, 9).uses(25, "dev0", 5, 7, 1)
        .changes(30, Change.SET, 5, 9);
    assertThat(only().kind()).isSameAs(StaleUse.Kind.WRITTEN_SINCE_MERGE);
  }

  @Test
  void shouldFindDmaWhenItWritesAsTheCopyBegins() {
    scene.uses(10, "dev0", 5, 7, 1).copies(20, 1, 5, 7, 9).drains(30, "dev0", 1)
        .changes(40, Change.REPOINTED, 5, 9);
    assertThat(only().kind()).isSameAs(StaleUse.Kind.IN_FLIGHT_AT_COPY);
  }

  @Test
  void shouldStaySilentWhenItIsReadOrWrittenElsewhere() {
    scene.uses(5, "dev0", 6, 7, 1).copies(20, 1, 5, 7, 9).reads(21, "dev0", 5, 7)
        .writes(22, "cpu1", 6, 7).writes(23, "cpu1", 5, 9)
        .state(24, "cpu2", new MachineFact.Used(2, 5, 7, true, -1));
    assertThat(judge.findings()).isEmpty();
  }

  @Test
  void shouldStaySilentWhenTheWriteCameBefore() {
    scene.uses(10, "dev0", 5, 7, 1).drains(15, "dev0", 1).copies(20, 1, 5, 7, 9);
    assertThat(judge.findings()).isEmpty();
  }

  /** pte_same fails: the fresh frame goes back, and the old one may be written again. */
  @Test
  void shouldStaySilentWhenTheCopyWasGivenUp() {
    scene.copies(20, 1, 5, 7, 9).frees(25, 1, 9).writes(30, "cpu1", 5, 7);
    assertThat(judge.findings()).isEmpty();
  }

  /** KSM: the page may be written again by then, so that pte_same fails and nothing is merged. */
  @Test
  void shouldStaySilentWhenAWriteIsUnderWayAndTheCopyIsGivenUp() {
    scene.changes(5, Change.UPGRADED, 5, 7).uses(10, "dev0", 5, 7, 1).copies(20, 1, 5, 7, 9)
        .writes(25, "cpu1", 5, 7).drains(30, "dev0", 1).changes(40, Change.UPGRADED, 6, 9);
    assertThat(judge.findings()).isEmpty();
  }

  @Test
  void shouldStaySilentWhenTheOldFrameIsMappedAgain() {
    scene.copies(20, 1, 5, 7, 9).changes(25, Change.UPGRADED, 5, 7).writes(30, "cpu1", 5, 7)
        .copies(40, 1, 6, 7, 10).makesExclusive(45, 7).writes(50, "cpu1", 6, 7);
    assertThat(judge.findings()).isEmpty();
  }
}
