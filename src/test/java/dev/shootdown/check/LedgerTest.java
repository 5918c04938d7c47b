package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Audience;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private static final PageRange PAGES = new PageRange(16, 4);

  private final Ledger ledger = new Ledger();
  private final Scene scene = new Scene(ledger);

  @Test
  void shouldCloseWhenStretchesFollowEachOther() {
    scene.begins(100, "cpu0", 1, "munmap", PAGES).books(150, "cpu0", 1, Account.SOFTWARE, 100)
        .books(400, "cpu0", 1, Account.ACK_WAIT, 150).books(450, "cpu0", 1, Account.SOFTWARE, 400)
        .ends(450, "cpu0", 1);
    assertThat(ledger.gaps()).isEmpty();
    LedgerRow row = ledger.rows().get(0);
    assertThat(row.isFinished()).isTrue();
    assertThat(row.kind()).isEqualTo("munmap");
    assertThat(row.cpu()).isEqualTo("cpu0");
    assertThat(row.range()).isEqualTo(PAGES);
    assertThat(row.beganPs()).isEqualTo(100);
    assertThat(row.elapsedPs()).isEqualTo(350);
    assertThat(row.accountPs(Account.SOFTWARE)).isEqualTo(100);
    assertThat(row.accountPs(Account.ACK_WAIT)).isEqualTo(250);
  }

  /** A wait is split into its parts when it is over. */
  @Test
  void shouldCloseWhenStretchesAreStatedAfterwards() {
    scene.begins(0, "cpu0", 1, "munmap", PAGES)
        .state(100, "cpu0", new MachineFact.Booked(1, Account.QUEUE_WAIT, 0, 30))
        .state(100, "cpu0", new MachineFact.Booked(1, Account.ATC_WAIT, 30, 90))
        .state(100, "cpu0", new MachineFact.Booked(1, Account.STATUS_WAIT, 90, 100))
        .ends(100, "cpu0", 1);
    assertThat(ledger.gaps()).isEmpty();
    assertThat(ledger.rows().get(0).accountPs(Account.ATC_WAIT)).isEqualTo(60);
  }

  @Test
  void shouldCloseWhenOperationTakesNoTime() {
    scene.begins(5, "cpu0", 1, "munmap", PAGES).ends(5, "cpu0", 1);
    assertThat(ledger.gaps()).isEmpty();
    assertThat(ledger.rows().get(0).elapsedPs()).isZero();
  }

  @Test
  void shouldTellGapOnceWhenTimeIsNotBooked() {
    scene.begins(100, "cpu0", 1, "munmap", PAGES).books(150, "cpu0", 1, Account.SOFTWARE, 101)
        .books(160, "cpu0", 1, Account.SOFTWARE, 150).ends(160, "cpu0", 1);
    assertThat(ledger.gaps()).singleElement()
        .satisfies(
            gap -> {
              assertThat(gap.component()).isEqualTo("cpu0");
              assertThat(gap.operation()).isEqualTo(1);
              assertThat(gap.atPs()).isEqualTo(150);
              assertThat(gap.message()).contains("101 ps").contains("100 ps");
            });
  }

  @Test
  void shouldTellGapWhenTimeIsBookedTwice() {
    scene.begins(100, "cpu0", 1, "munmap", PAGES).books(150, "cpu0", 1, Account.SOFTWARE, 100)
        .books(160, "cpu0", 1, Account.ACK_WAIT, 140).ends(160, "cpu0", 1);
    assertThat(ledger.gaps()).hasSize(1);
  }

  @Test
  void shouldTellGapWhenEndIsNotBooked() {
    scene.begins(100, "cpu0", 1, "munmap", PAGES).books(150, "cpu0", 1, Account.SOFTWARE, 100)
        .ends(151, "cpu0", 1);
    assertThat(ledger.gaps()).extracting(LedgerGap::message).singleElement().asString()
        .contains("ended").contains("150 ps");
  }

  @Test
  void shouldTellGapWhenStretchReachesIntoTheFuture() {
    scene.begins(100, "cpu0", 1, "munmap", PAGES)
        .state(150, "cpu0", new MachineFact.Booked(1, Account.SOFTWARE, 100, 151));
    assertThat(ledger.gaps()).hasSize(1);
  }

  @Test
  void shouldTellGapWhenStretchRunsBackwards() {
    scene.begins(100, "cpu0", 1, "munmap", PAGES)
        .state(150, "cpu0", new MachineFact.Booked(1, Account.SOFTWARE, 100, 99));
    assertThat(ledger.gaps()).hasSize(1);
  }

  @Test
  void shouldTellGapWhenTwoOperationsRunOnOneCpu() {
    scene.begins(100, "cpu0", 1, "munmap", PAGES).begins(110, "cpu0", 2, "fork", PAGES);
    assertThat(ledger.gaps()).singleElement()
        .satisfies(gap -> assertThat(gap.message()).contains("operation 1 was under way"));
  }

  @Test
  void shouldCloseWhenTwoOperationsRunOnTwoCpus() {
    scene.begins(100, "cpu0", 1, "munmap", PAGES).begins(110, "cpu1", 2, "fork", PAGES)
        .books(120, "cpu0", 1, Account.SOFTWARE, 100).ends(120, "cpu0", 1)
        .books(130, "cpu1", 2, Account.SOFTWARE, 110).ends(130, "cpu1", 2);
    assertThat(ledger.gaps()).isEmpty();
  }

  @Test
  void shouldTellGapWhenAnotherComponentBooks() {
    scene.begins(100, "cpu0", 1, "munmap", PAGES).books(150, "cpu1", 1, Account.SOFTWARE, 100);
    assertThat(ledger.gaps()).extracting(LedgerGap::component).containsExactly("cpu1");
  }

  @Test
  void shouldTellGapWhenOperationEndsTwice() {
    scene.begins(5, "cpu0", 1, "munmap", PAGES).ends(5, "cpu0", 1).ends(5, "cpu0", 1);
    assertThat(ledger.gaps()).hasSize(1);
  }

  @Test
  void shouldTellGapWhenNumberIsGivenTwice() {
    scene.begins(5, "cpu0", 1, "munmap", PAGES).ends(5, "cpu0", 1)
        .begins(6, "cpu0", 1, "munmap", PAGES);
    assertThat(ledger.gaps()).extracting(LedgerGap::message).containsExactly("began twice");
  }

  @Test
  void shouldListAsUnfinishedWhenRunEndsBeforeOperation() {
    scene.begins(100, "cpu0", 1, "munmap", PAGES).books(150, "cpu0", 1, Account.SOFTWARE, 100);
    assertThat(ledger.gaps()).isEmpty();
    assertThat(ledger.rows().get(0).isFinished()).isFalse();
    assertThat(ledger.rows().get(0).elapsedPs()).isEqualTo(50);
  }

  @Test
  void shouldCountWhatOthersPayWhenVictimsStateItLate() {
    scene.begins(0, "cpu0", 1, "munmap", PAGES)
        .state(0, "cpu0", new MachineFact.InterruptSent(1, 1))
        .state(0, "cpu0", new MachineFact.InterruptSent(1, 2)).ends(0, "cpu0", 1)
        .state(70, "cpu1", new MachineFact.Stolen(1, 40))
        .state(75, "cpu2", new MachineFact.Stolen(1, 40));
    LedgerRow row = ledger.rows().get(0);
    assertThat(row.stolenPs()).isEqualTo(65);
    assertThat(row.ipis()).isEqualTo(2);
    assertThat(ledger.gaps()).isEmpty();
  }

  @Test
  void shouldTellGapWhenTimeIsStolenForNobody() {
    scene.state(70, "cpu1", new MachineFact.Stolen(1, 40));
    assertThat(ledger.gaps()).hasSize(1);
  }

  @Test
  void shouldCapPagesWhenEverythingIsFlushed() {
    scene.begins(0, "cpu0", 1, "munmap", PAGES)
        .state(1, "cpu0",
            new MachineFact.FlushBegan(1, Audience.CPU, Scene.MM, PAGES, PAGES, 1))
        .state(2, "cpu0",
            new MachineFact.FlushBegan(1, Audience.SECONDARY, Scene.MM, PAGES, PageRange.ALL, 1));
    LedgerRow row = ledger.rows().get(0);
    assertThat(row.secondaryFlushes()).isEqualTo(1);
    assertThat(row.requestedPages()).isEqualTo(8);
    assertThat(row.flushedPages()).isEqualTo(PageRange.ALL_PAGES);
  }
}
