package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.check.Judgement;
import dev.shootdown.check.LedgerGap;
import dev.shootdown.check.Verdict;
import dev.shootdown.engine.Failure;
import dev.shootdown.engine.Fingerprint;
import dev.shootdown.engine.RunOutcome;
import dev.shootdown.report.Circumstances;
import dev.shootdown.report.Collected;
import dev.shootdown.report.Identity;
import dev.shootdown.report.RunRecord;
import dev.shootdown.report.Stats;
import dev.shootdown.report.Texts;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExitCodeTest {
  private static RunRecord record(
      String found, String expected, Optional<Failure> failure, List<LedgerGap> gaps) {
    boolean complete = !found.equals("inconclusive");
    RunOutcome outcome =
        new RunOutcome(
            0, 0, new Fingerprint("", List.of()), failure, complete && failure.isEmpty(),
            new RunOutcome.Windows(1, 1, List.of()));
    Verdict verdict = complete ? Verdict.parse(found) : Verdict.CLEAN;
    return new RunRecord(
        new Identity("t", "id", "", 1),
        new Texts("", "", Optional.of(Verdict.parse(expected)), "again"),
        outcome,
        new Judgement(verdict, List.of(), 0, gaps, List.of(), List.of()),
        new Collected(new Stats(), List.of(), Optional.empty()),
        new Circumstances(
            List.of(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), 0));
  }

  @ParameterizedTest
  @CsvSource({
    "clean, clean, 0",
    "stale-use, stale-use, 0",
    "no-progress, no-progress, 0",
    "inconclusive, inconclusive, 0",
    "stale-use, clean, 10",
    "stale-walk, clean, 10",
    "lost-dirty, clean, 10",
    "cow-breach, clean, 10",
    "protocol-breach, clean, 10",
    "cow-breach, stale-use, 10",
    "no-progress, clean, 11",
    "no-progress, stale-use, 11",
    "clean, stale-use, 13",
    "inconclusive, clean, 14"
  })
  void shouldFollowTheContractWhenARunEnded(String found, String expected, int code) {
    assertThat(ExitCode.of(record(found, expected, Optional.empty(), List.of())))
        .isEqualTo(code);
  }

  @Test
  void shouldBeOneWhenTheRunItselfFailedWhateverWasExpected() {
    Failure failure = new Failure("cpu0", 5, "Tick", "threw", null);
    LedgerGap gap = new LedgerGap("cpu0", 1, 5, "booked twice");

    assertThat(ExitCode.of(record("clean", "clean", Optional.of(failure), List.of()))).isOne();
    assertThat(ExitCode.of(record("clean", "clean", Optional.empty(), List.of(gap)))).isOne();
  }

  @Test
  void shouldTakeTheSmallestButZeroWhenThereAreSeveral() {
    assertThat(ExitCode.of(List.of(0, 13, 0, 11))).isEqualTo(11);
    assertThat(ExitCode.of(List.of(10, 1))).isOne();
    assertThat(ExitCode.of(List.of(0, 0))).isZero();
  }
}
