package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import org.junit.jupiter.api.Test;

class CourtTest {
  private final Court court = new Court();
  private final Scene scene = new Scene(court);

  @Test
  void shouldBeCleanWhenNothingWasFound() {
    scene.begins(0, "cpu0", 1, "munmap", PageRange.of(5)).ends(0, "cpu0", 1);
    Judgement judgement = court.judgement();
    assertThat(judgement.verdict()).isSameAs(Verdict.CLEAN);
    assertThat(judgement.isLedgerClosed()).isTrue();
    assertThat(judgement.unfinished()).isEmpty();
    assertThat(judgement.rows()).hasSize(1);
  }

  @Test
  void shouldBeInconclusiveWhenCleanRunDidNotComplete() {
    assertThat(court.judgement().verdictOf(false)).isSameAs(Verdict.INCONCLUSIVE);
    assertThat(court.judgement().verdictOf(true)).isSameAs(Verdict.CLEAN);
  }

  @Test
  void shouldTakeWorstAndKeepOrderWhenJudgesDiffer() {
    scene.fills(1, "dev0", 5, 7, 1).frees(20, 1, 7)
        .state(10, "dev0", new MachineFact.ProtocolBreach("x"));
    Judgement judgement = court.judgement();
    assertThat(judgement.verdict()).isSameAs(Verdict.STALE_USE);
    assertThat(judgement.verdictOf(false)).isSameAs(Verdict.STALE_USE);
    assertThat(judgement.findings()).extracting(Finding::verdict)
        .containsExactly(Verdict.PROTOCOL_BREACH, Verdict.STALE_USE);
  }

  @Test
  void shouldFailLedgerWithoutFindingWhenTimeIsMissing() {
    scene.begins(0, "cpu0", 1, "munmap", PageRange.of(5)).ends(9, "cpu0", 1);
    assertThat(court.judgement().isLedgerClosed()).isFalse();
    assertThat(court.judgement().verdict()).isSameAs(Verdict.CLEAN);
    assertThat(court.judgement().gaps().get(0).line()).startsWith("cpu0 at 9 ps, operation 1:");
  }

  @Test
  void shouldListUnfinishedWhenRunEndsEarly() {
    scene.begins(0, "cpu0", 1, "munmap", PageRange.of(5));
    assertThat(court.judgement().unfinished()).extracting(LedgerRow::operation)
        .containsExactly(1L);
  }

  @Test
  void shouldSayTheSameWhenAskedTwice() {
    scene.fills(1, "dev0", 5, 7, 1).frees(20, 1, 7);
    assertThat(court.judgement().findings()).isEqualTo(court.judgement().findings());
  }

  /** One offence against each judge; none of them hides another. */
  @Test
  void shouldHearAllJudgesWhenEachHasSomethingToSay() {
    scene.subscribes(1, "kvm", PageRange.of(50)).fills(2, "kvm", 50, 60, 1)
        .state(3, "iommu0", new MachineFact.WalkCached(Scene.MM, PageRange.of(5), 3))
        .state(4, "pagetable0",
            new MachineFact.TableFreed(1, Scene.MM, PageRange.of(5), 3))
        .fills(10, "dev0", 6, 61, 9).changes(11, MachineFact.Change.REPOINTED, 6, 62)
        .harvests(20, 7, 63).cleans(21, MachineFact.Clean.MKCLEAN, 63)
        .writes(22, "dev0", 7, 63)
        .state(30, "mm0", new MachineFact.BracketClosed(1, Scene.MM, PageRange.of(5)))
        .fills(40, "dev0", 8, 64, 39).frees(41, 1, 64)
        .state(50, "dev0", new MachineFact.FaultRaised(1, Scene.MM, 5, true));
    Judgement judgement = court.judgement();
    assertThat(judgement.findings()).extracting(Finding::verdict)
        .containsExactly(
            Verdict.PROTOCOL_BREACH, Verdict.STALE_WALK, Verdict.COW_BREACH,
            Verdict.LOST_DIRTY, Verdict.PROTOCOL_BREACH, Verdict.STALE_USE,
            Verdict.INCONCLUSIVE);
    assertThat(judgement.verdict()).isSameAs(Verdict.STALE_USE);
    assertThat(judgement.costs().liveness().open()).isEqualTo(1);
    assertThat(judgement.findings().get(0).witness("x")).isPresent();
    assertThat(judgement.findings().get(4).witness("x").orElseThrow())
        .contains("stated:  by mm0 at 0.030 ns").endsWith("again:\nx\n");
    assertThat(judgement.findings().get(6).witness("x")).isEmpty();
    assertThat(judgement.told().orElseThrow().verdict()).isSameAs(Verdict.STALE_USE);
  }

  @Test
  void shouldCallItNoProgressWhenTheRunIsOverWithinAnOperation() {
    scene.begins(50, "cpu3", 7, "munmap", new PageRange(5, 2))
        .books(60, "cpu3", 7, Account.SOFTWARE, 50);
    assertThat(court.judgement().verdict()).isSameAs(Verdict.CLEAN);
    Finding hung = court.judgement(true).told().orElseThrow();
    assertThat(hung.verdict()).isSameAs(Verdict.NO_PROGRESS);
    assertThat(hung.component()).isEqualTo("cpu3");
    assertThat(hung.summary()).isEqualTo(
        "nothing is left to happen, and operation 7 (munmap of 0x5000-0x7000) of cpu3 has not"
            + " ended");
    assertThat(hung.witness("x").orElseThrow())
        .contains("cpu3, the end of operation 7 (munmap), mm 1").doesNotContain("tried:");
    scene.ends(60, "cpu3", 7);
    assertThat(court.judgement(true).verdict()).isSameAs(Verdict.CLEAN);
  }

  @Test
  void shouldCallItNoProgressWhenTheRunIsOverWithAFaultOpen() {
    scene.state(50, "dev0", new MachineFact.FaultRaised(1, Scene.MM, 5, true));
    assertThat(court.judgement().verdict()).isSameAs(Verdict.INCONCLUSIVE);
    assertThat(court.judgement(true).verdict()).isSameAs(Verdict.NO_PROGRESS);
  }
}
