package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Change;
import org.junit.jupiter.api.Test;

class RepointJudgeTest {
  private final RepointJudge judge = new RepointJudge();
  private final Scene scene = new Scene(judge);

  private StaleUse only() {
    assertThat(judge.findings()).hasSize(1);
    assertThat(judge.findings().get(0).verdict()).isSameAs(Verdict.COW_BREACH);
    return judge.findings().get(0).staleUse().orElseThrow();
  }

  @Test
  void shouldFindDeviceWhenItHoldsTheOldFrame() {
    scene.fills(10, "dev0", 5, 7, 8).clears(20, 5, 7).changes(30, Change.REPOINTED, 5, 9);
    assertThat(only().kind()).isSameAs(StaleUse.Kind.HELD_AT_REPOINT);
    assertThat(only().entry().pfn()).isEqualTo(7);
    assertThat(only().free().atPs()).isEqualTo(30);
  }

  @Test
  void shouldFindSubscriberWhenItHoldsTheOldFrameAndTheClearWasNotSeen() {
    scene.fills(10, "kvm", 5, 7, 8).changes(30, Change.REPOINTED, 5, 9);
    assertThat(only().kind()).isSameAs(StaleUse.Kind.HELD_AT_REPOINT);
  }

  @Test
  void shouldFindCpuWhenItUsesTheOldFrameLater() {
    scene.loads(0, "cpu1").fills(10, "cpu1", 5, 7, 8).clears(20, 5, 7)
        .reads(25, "cpu1", 5, 7).changes(30, Change.REPOINTED, 5, 9);
    assertThat(judge.findings()).isEmpty();
    scene.reads(40, "cpu1", 5, 7);
    assertThat(only().kind()).isSameAs(StaleUse.Kind.USED_AFTER_REPOINT);
  }

  @Test
  void shouldFindDeviceWhenALateWalkBringsTheOldFrame() {
    scene.changes(5, Change.SET, 5, 7).changes(30, Change.REPOINTED, 5, 9)
        .fills(40, "dev0", 5, 7, 29);
    assertThat(only().kind()).isSameAs(StaleUse.Kind.HELD_AT_REPOINT);
  }

  @Test
  void shouldStaySilentWhenEverybodyWasFlushedBefore() {
    scene.loads(0, "cpu1").fills(10, "dev0", 5, 7, 8).fills(10, "cpu1", 5, 7, 8)
        .clears(20, 5, 7).drops(25, "dev0", 5).drops(26, "cpu1", 5)
        .changes(30, Change.REPOINTED, 5, 9).fills(40, "dev0", 5, 9, 35)
        .reads(41, "dev0", 5, 9);
    assertThat(judge.findings()).isEmpty();
  }

  /** After a zap, a fault may install another page while a CPU still reads the old one. */
  @Test
  void shouldStaySilentWhenTheEntryWasClearedAndSet() {
    scene.loads(0, "cpu1").fills(10, "cpu1", 5, 7, 8).fills(10, "dev0", 5, 7, 8)
        .clears(20, 5, 7).changes(30, Change.SET, 5, 9).reads(40, "cpu1", 5, 7)
        .reads(41, "dev0", 5, 7);
    assertThat(judge.findings()).isEmpty();
  }

  /** In era B a device may read the old of two equal pages until the notifier's end. */
  @Test
  void shouldStaySilentWhenEqualPagesAreMerged() {
    scene.fills(10, "dev0", 5, 7, 8).shares(15, MachineFact.Share.KSM, 9).clears(20, 5, 7)
        .changes(30, Change.REPOINTED, 5, 9).reads(40, "dev0", 5, 7).drops(45, "dev0", 5);
    assertThat(judge.findings()).isEmpty();
  }

  @Test
  void shouldSpeakWhenAMergedPageIsCopiedAgain() {
    scene.shares(15, MachineFact.Share.KSM, 9).fills(18, "dev0", 5, 9, 17).clears(20, 5, 9)
        .changes(30, Change.REPOINTED, 5, 11);
    assertThat(only().entry().pfn()).isEqualTo(9);
  }

  @Test
  void shouldStaySilentWhenThePageWasTakenAwaySinceThen() {
    scene.changes(5, Change.REPOINTED, 5, 7).fills(10, "cpu1", 5, 7, 8).loads(0, "cpu1")
        .clears(20, 5, 7).changes(25, Change.SET, 5, 9).reads(30, "cpu1", 5, 7);
    assertThat(judge.findings()).isEmpty();
  }
}
