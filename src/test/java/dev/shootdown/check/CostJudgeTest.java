package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Audience;
import org.junit.jupiter.api.Test;

class CostJudgeTest {
  private static final PageRange RANGE = new PageRange(4, 4);

  private final CostJudge judge = new CostJudge(Limits.DEFAULT);
  private final Scene scene = new Scene(judge);

  private CostReport report() {
    return judge.report(Liveness.NONE);
  }

  private Scene flushes(long atPs, Audience audience, PageRange requested, PageRange flushed) {
    return scene
        .state(atPs, "cpu0",
            new MachineFact.FlushBegan(1, audience, Scene.MM, requested, flushed, 1))
        .state(atPs + 1, "cpu0", new MachineFact.FlushEnded(1, audience));
  }

  private Scene takes(long atPs, long operation, String lock) {
    return scene.state(atPs, lock, new MachineFact.LockTaken(operation, lock, atPs));
  }

  private Scene gives(long atPs, long operation, String lock) {
    return scene.state(atPs, lock, new MachineFact.LockDropped(operation, lock));
  }

  @Test
  void shouldCountRequestsMessagesAndPagesByKind() {
    flushes(1, Audience.CPU, RANGE, RANGE);
    flushes(3, Audience.SECONDARY, PageRange.of(5), RANGE);
    flushes(5, Audience.SECONDARY, PageRange.of(5), PageRange.ALL);
    scene.state(6, "cpu0", new MachineFact.InterruptSent(1, 2))
        .state(6, "cpu0", new MachineFact.InterruptSent(1, 3))
        .state(7, "iommu0", new MachineFact.InvalidationSent(0, 1, RANGE, 3));
    assertThat(report().cpu()).isEqualTo(new CostReport.FlushCosts(1, 2, 4, 4, 0, 0));
    assertThat(report().secondary()).isEqualTo(new CostReport.FlushCosts(2, 1, 1, 4, 1, 0));
    assertThat(report().secondary().enlargement()).isEqualTo(4.0);
    assertThat(report().device()).isEqualTo(new CostReport.FlushCosts(1, 1, 4, 4, 0, 0));
    assertThat(CostReport.FlushCosts.NONE.enlargement()).isEqualTo(1.0);
  }

  /** Era A flushes under the lock and again at the notifier's end. */
  @Test
  void shouldCountDuplicateWhenNothingChangedInBetween() {
    scene.clears(1, 5, 7);
    flushes(2, Audience.SECONDARY, RANGE, RANGE);
    flushes(4, Audience.SECONDARY, RANGE, RANGE);
    assertThat(report().secondary().duplicates()).isEqualTo(1);
  }

  @Test
  void shouldCountNoDuplicateWhenAPageChangedOrItIsForOthers() {
    flushes(2, Audience.SECONDARY, RANGE, RANGE);
    scene.clears(3, 7, 7);
    flushes(4, Audience.SECONDARY, RANGE, RANGE);
    flushes(6, Audience.CPU, RANGE, RANGE);
    flushes(8, Audience.SECONDARY, PageRange.of(4), PageRange.of(4));
    assertThat(report().secondary().duplicates()).isZero();
    assertThat(report().cpu().duplicates()).isZero();
    scene.clears(10, 9, 9);
    flushes(11, Audience.SECONDARY, RANGE, RANGE);
    assertThat(report().secondary().duplicates()).isEqualTo(1);
  }

  /** Quirky devices get each invalidation twice. */
  @Test
  void shouldCountDuplicateWhenADeviceGetsTheSameTwice() {
    for (int itag = 0; itag < 2; itag++) {
      scene.state(7, "iommu0", new MachineFact.InvalidationSent(0, 1, RANGE, itag))
          .state(7, "iommu0", new MachineFact.InvalidationSent(1, 1, RANGE, itag + 2))
          .state(7, "iommu1", new MachineFact.InvalidationSent(1 + itag, 1, RANGE, itag));
    }
    assertThat(report().device().duplicates()).isEqualTo(2);
  }

  @Test
  void shouldMeasureTheWaitUnderAPageTableLockOnly() {
    scene.state(0, "table", new MachineFact.LockTaken(1, "mm", 0));
    takes(100, 1, "pagetable0");
    scene.clears(110, 5, 7).flushBegins(200, "cpu0", 1, Audience.SECONDARY, RANGE)
        .flushEnds(700, "cpu0", 1, Audience.SECONDARY);
    gives(800, 1, "pagetable0");
    scene.flushBegins(900, "cpu0", 1, Audience.SECONDARY, RANGE)
        .flushEnds(1_000, "cpu0", 1, Audience.SECONDARY);
    gives(1_100, 1, "mm");
    assertThat(report().holding().underTableLocksPs()).isEqualTo(500);
    assertThat(report().holding().waitedPsByLock()).containsEntry("mm", 600L)
        .containsEntry("pagetable0", 500L).hasSize(2);
  }

  @Test
  void shouldMeasureTheOverlapWhenTheLockIsGivenBackDuringTheFlush() {
    takes(100, 1, "pagetable0");
    takes(100, 1, "pagetable0");
    scene.clears(110, 5, 7).flushBegins(200, "cpu0", 1, Audience.SECONDARY, RANGE);
    gives(250, 1, "pagetable0");
    gives(300, 1, "pagetable0");
    scene.flushEnds(700, "cpu0", 1, Audience.SECONDARY);
    assertThat(report().holding().underTableLocksPs()).isEqualTo(100);
  }

  @Test
  void shouldReportTheOrderWhenTwoOperationsTakeLocksCrosswise() {
    takes(1, 1, "a");
    takes(2, 1, "b");
    takes(3, 1, "folio 4");
    gives(4, 1, "folio 4");
    gives(4, 1, "b");
    gives(4, 1, "a");
    assertThat(report().holding().lockOrder()).isEmpty();
    takes(5, 2, "folio 9");
    takes(6, 2, "a");
    assertThat(report().holding().lockOrder()).containsExactly("a -> folio -> a");
  }

  @Test
  void shouldTellTheShortestCycleOnceWhenThereAreMany() {
    LockOrder order = new LockOrder();
    order.taken("a", "a");
    order.taken("a", "b");
    order.taken("b", "c");
    order.taken("c", "d");
    order.taken("d", "b");
    order.taken("c", "b");
    assertThat(order.cycles()).containsExactly("b -> c -> b");
  }

  @Test
  void shouldNameTheLockupWhenInterruptsWereOffTooLong() {
    CostJudge strict = new CostJudge(new Limits(1, 1_000, 2_000));
    new Scene(strict).begins(0, "cpu1", 8, "munmap", RANGE)
        .state(500, "cpu0", new MachineFact.InterruptsWereOff(7, 0))
        .state(1_000, "cpu0", new MachineFact.InterruptsWereOff(7, 900))
        .state(1_600, "cpu1", new MachineFact.InterruptsWereOff(8, 600))
        .state(5_600, "cpu2", new MachineFact.InterruptsWereOff(-1, 600));
    assertThat(strict.report(Liveness.NONE).holding().interruptsOff())
        .containsExactly(
            new CostReport.InterruptsOff("cpu0", 500, 7, "", CostReport.Lockup.NONE),
            new CostReport.InterruptsOff("cpu1", 1_000, 8, "munmap", CostReport.Lockup.HARD),
            new CostReport.InterruptsOff(
                "cpu2", 5_000, -1, "", CostReport.Lockup.HARD_AND_SOFT));
  }

  @Test
  void shouldSumWhatIsStolen() {
    scene.state(100, "cpu1", new MachineFact.Stolen(1, 40))
        .state(120, "cpu2", new MachineFact.Stolen(1, 90));
    assertThat(report().stolenPs()).isEqualTo(90);
  }

  @Test
  void shouldRefuseLimitsThatAreNotPositive() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Limits(0, 1, 1))
        .withMessageContaining("positive");
  }

  private void invalidates(long atPs, int pasid) {
    scene.state(atPs, "iommu0", new MachineFact.InvalidationSent(0, pasid, RANGE, 3));
  }

  /** Without a PASID it drops everybody's entries. */
  @Test
  void shouldTakeAnInvalidationWithoutPasidForOneOfAll() {
    scene.clears(1, 5, 7);
    invalidates(2, -1);
    scene.clears(3, 5, 7);
    invalidates(4, -1);
    assertThat(report().device().duplicates()).as("a page changed in between").isZero();
    invalidates(5, Scene.MM);
    assertThat(report().device().duplicates()).as("all were told just before").isEqualTo(1);
    invalidates(6, -1);
    assertThat(report().device().duplicates()).as("nothing changed at all").isEqualTo(2);
    scene.clears(7, 5, 7);
    invalidates(8, Scene.MM);
    assertThat(report().device().duplicates()).isEqualTo(2);
  }
}
