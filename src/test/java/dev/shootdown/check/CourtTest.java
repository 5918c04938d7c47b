package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
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
}
