package dev.shootdown.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.shootdown.address.PageRange;
import dev.shootdown.check.ComponentKind;
import dev.shootdown.check.Exposure;
import dev.shootdown.check.Verdict;
import dev.shootdown.engine.Failure;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TablesTest {
  private final Records run = new Records();

  @Test
  void shouldSumUpByKindWhenOperationsAreFinished() {
    run.munmap(1, 0)
        .state(0, "cpu5", new MachineFact.OperationBegan(9, "never", 1, PageRange.of(1)));
    assertThat(Tables.ledger(run.record().judgement().rows()))
        .isEqualTo(
            """
            operation  n  p50 us  p99 us  stolen us  ipis/op  secondary/op  widened  to all
            munmap     1   3.000   3.000      0.500     1.00          1.00     4.00       0

            share of time, %  munmap
            software            33.3
            ack-wait            66.7
            """);
  }

  @Test
  void shouldSayNothingWhenNothingIsFinished() {
    assertThat(Tables.ledger(List.of())).isEmpty();
    assertThat(Tables.exposures(List.of())).isEmpty();
  }

  @Test
  void shouldCountApartWhenFlushIsWidenedToEverything() {
    PageRange asked = new PageRange(0, 4);
    run.state(0, "cpu0", new MachineFact.OperationBegan(1, "munmap", 1, asked))
        .state(0, "cpu0",
            new MachineFact.FlushBegan(
                1, MachineFact.Audience.SECONDARY, 1, asked, PageRange.ALL, 1))
        .state(0, "cpu0", new MachineFact.OperationEnded(1));
    KindSummary kind = KindSummary.of(run.record().judgement().rows()).get(0);
    assertThat(kind.widenedToAll()).isEqualTo(1);
    assertThat(kind.flushedPages()).isZero();
    assertThat(Tables.ledger(run.record().judgement().rows())).contains("-       1\n");
  }

  @Test
  void shouldStayNarrowWhenThereAreManyLongKindsAndLargeFigures() {
    for (int i = 0; i < 9; i++) {
      String kind = "a-path-with-a-name-much-longer-than-any-table-could-ever-hold-" + i;
      long endPs = 7_777_777_777_777L;
      run.state(0, "cpu" + i, new MachineFact.OperationBegan(i, kind, 1, PageRange.of(1)))
          .state(endPs, "cpu" + i, new MachineFact.Booked(i, Account.ATC_WAIT, 0, endPs))
          .state(endPs, "cpu" + i, new MachineFact.OperationEnded(i));
    }
    String table = Tables.ledger(run.record().judgement().rows());
    assertThat(table.lines()).allMatch(line -> line.length() <= 100, "at most 100 columns");
    assertThat(table).contains("7777777.778").contains("100.0");
  }

  @Test
  void shouldNameOccurringValuesWhenPercentilesAreAsked() {
    for (int i = 1; i <= 100; i++) {
      run.state(0, "cpu" + i, new MachineFact.OperationBegan(i, "x", 1, PageRange.of(1)))
          .state(i, "cpu" + i, new MachineFact.Booked(i, Account.USER, 0, i))
          .state(i, "cpu" + i, new MachineFact.OperationEnded(i));
    }
    KindSummary kind = KindSummary.of(run.record().judgement().rows()).get(0);
    assertThat(kind.at(50).operation()).isEqualTo(50);
    assertThat(kind.at(99).elapsedPs()).isEqualTo(99);
    assertThat(kind.at(100).elapsedPs()).isEqualTo(100);
    assertThat(kind.at(1).elapsedPs()).isEqualTo(1);
  }

  @Test
  void shouldAlignWhenExposuresDiffer() {
    assertThat(
            Tables.exposures(
                List.of(
                    new Exposure(ComponentKind.CPU, 12, 0, 1500, 20_000, 21_000_123),
                    new Exposure(ComponentKind.DEVICE, 1, 3, 5, 5, 5_000))))
        .isEqualTo(
            """
            stale entries   n  p50 us  p99 us  max us  open at end
            cpu            12   1.500  20.000  21.000            0
            device          1   0.005   0.005   0.005            3
            """);
  }

  @Test
  void shouldRefuseWhenRowsAreUneven() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Tables.aligned(List.of("a", "b"), List.of(List.of("1"))));
  }

  @Test
  void shouldQuoteVerdictWhenRunIsClean() {
    assertThat(Tables.verdictLine(run.record()))
        .isEqualTo("clean  forgotten-0a1b2c3d-s7  seed 7");
  }

  @Test
  void shouldQuoteFindingAndExpectationWhenSomethingWasFound() {
    run.staleUse();
    run.variant = "broken";
    run.expected = Optional.of(Verdict.STALE_USE);
    assertThat(Tables.verdictLine(run.record()))
        .isEqualTo(
            "stale-use  forgotten-0a1b2c3d-s7:broken  seed 7  expected stale-use (met)"
                + "  1 finding at 3.000 us");
    run.expected = Optional.of(Verdict.CLEAN);
    assertThat(Tables.verdictLine(run.record())).contains("expected clean (not met)");
  }

  @Test
  void shouldShoutWhenRunFailedInside() {
    run.failure = Optional.of(new Failure("cpu0", 9, "Begin", "it threw", null));
    run.expected = Optional.of(Verdict.CLEAN);
    assertThat(Tables.verdictLine(run.record()))
        .contains("expected clean (not met)")
        .contains("FAILED: cpu0 at 9 ps, on Begin: it threw");
  }

  @Test
  void shouldShoutWhenLedgerIsOpen() {
    run.state(0, "cpu0", new MachineFact.OperationBegan(1, "x", 1, PageRange.of(1)))
        .state(5, "cpu0", new MachineFact.OperationEnded(1));
    assertThat(Tables.verdictLine(run.record())).contains("LEDGER OPEN: cpu0 at 5 ps");
    assertThat(run.record().isAsExpected()).isFalse();
  }
}
