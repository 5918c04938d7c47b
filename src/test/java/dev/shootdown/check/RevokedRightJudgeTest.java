package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Change;
import java.util.List;
import org.junit.jupiter.api.Test;

class RevokedRightJudgeTest {
  private static final PageRange RANGE = new PageRange(4, 4);
  private static final String TABLE = "pagetable0";

  private final RevokedRightJudge judge = new RevokedRightJudge();
  private final Scene scene = new Scene(judge);

  private StaleUse only() {
    assertThat(judge.findings()).hasSize(1);
    assertThat(judge.findings().get(0).verdict()).isSameAs(Verdict.STALE_USE);
    return judge.findings().get(0).staleUse().orElseThrow();
  }

  /** Bug 4a: the frame is not freed yet, but madvise has returned. */
  @Test
  void shouldFindCpuWhenItReadsAfterTheReturn() {
    scene.loads(0, "cpu1").fills(10, "cpu1", 5, 7, 8).clears(20, 5, 7)
        .reads(25, "cpu1", 5, 7);
    assertThat(judge.findings()).isEmpty();
    scene.returns(30, "cpu0", 2, RANGE, false).reads(35, "cpu1", 5, 7);
    assertThat(only().kind()).isSameAs(StaleUse.Kind.USED_AFTER_RETURN);
    assertThat(only().free().operation()).isEqualTo(2);
    assertThat(only().usedAtPs()).hasValue(35);
  }

  @Test
  void shouldFindCpuWhenItReadsThePageThatWasReplaced() {
    scene.loads(0, "cpu1").fills(10, "cpu1", 5, 7, 8).clears(20, 5, 7)
        .changes(25, Change.SET, 5, 9).returns(30, "cpu0", 2, RANGE, false)
        .reads(35, "cpu1", 5, 7);
    assertThat(only().entry().pfn()).isEqualTo(7);
  }

  @Test
  void shouldFindDeviceWhenItWritesAfterMprotect() {
    scene.fills(10, "dev0", 5, 7, 8).changes(20, Change.PROTECTED, 5, 7)
        .returns(30, "cpu0", 2, RANGE, true).reads(34, "dev0", 5, 7);
    assertThat(judge.findings()).isEmpty();
    scene.uses(35, "dev0", 5, 7, 1);
    assertThat(only().kind()).isSameAs(StaleUse.Kind.USED_AFTER_RETURN);
  }

  @Test
  void shouldFindDeviceWhenALateWalkBringsTheOldRight() {
    scene.clears(20, 5, 7).returns(30, "cpu0", 2, RANGE, false).fills(33, "dev0", 5, 7, 19)
        .reads(35, "dev0", 5, 7);
    assertThat(judge.findings()).hasSize(1);
  }

  @Test
  void shouldFindUseWhenItsFillWasNotSeen() {
    scene.clears(20, 5, 7).returns(30, "cpu0", 2, RANGE, false).reads(35, "dev0", 5, 7);
    assertThat(judge.findings()).hasSize(1);
  }

  @Test
  void shouldStaySilentBeforeTheReturnAndOutsideTheRange() {
    scene.loads(0, "cpu1").fills(10, "cpu1", 5, 7, 8).fills(10, "cpu1", 9, 8, 8)
        .clears(20, 5, 7).clears(20, 9, 8).writes(29, "cpu1", 5, 7).drops(30, "cpu1", 5)
        .returns(30, "cpu0", 2, RANGE, false).writes(35, "cpu1", 9, 8);
    assertThat(judge.findings()).isEmpty();
  }

  /** A pin is of one device, one page and one frame. */
  @Test
  void shouldStaySilentWhenThePageWasPinnedForWhoUsesIt() {
    scene.state(1, "disk0", new MachineFact.PagesPinned(Scene.MM, List.of(5L), List.of(7L)))
        .clears(20, 5, 7).clears(20, 6, 8).returns(30, "cpu0", 2, RANGE, false)
        .reads(35, "disk0", 5, 7);
    assertThat(judge.findings()).isEmpty();
    scene.reads(36, "disk0", 6, 8);
    assertThat(judge.findings()).as("a page that was not pinned").hasSize(1);
    scene.reads(37, "dev0", 5, 7);
    assertThat(judge.findings()).as("a device that pinned nothing").hasSize(2);
  }

  @Test
  void shouldStaySilentWhenTheRightIsGivenAgain() {
    scene.fills(10, "dev0", 5, 7, 8).changes(20, Change.PROTECTED, 5, 7)
        .returns(30, "cpu0", 2, RANGE, true).changes(40, Change.UPGRADED, 5, 7)
        .writes(45, "dev0", 5, 7);
    assertThat(judge.findings()).isEmpty();
  }

  /** A new mapping of the range, which a second call is just taking away. */
  @Test
  void shouldStaySilentWhenALaterMappingIsInItsOwnWindow() {
    scene.loads(0, "cpu1").clears(20, 5, 7).returns(30, "cpu0", 2, RANGE, false)
        .changes(40, Change.SET, 5, 9).fills(50, "cpu1", 5, 9, 45).clears(60, 5, 9)
        .reads(65, "cpu1", 5, 9);
    assertThat(judge.findings()).isEmpty();
    scene.returns(70, "cpu0", 3, RANGE, false).reads(75, "cpu1", 5, 9);
    assertThat(only().free().operation()).isEqualTo(3);
  }

  @Test
  void shouldStaySilentWithinAnAnnouncedWindow() {
    scene.fills(10, "dev0", 5, 7, 8).clears(20, 5, 7)
        .state(25, "cpu0", new MachineFact.StaleWindowOpened(Scene.MM, RANGE))
        .returns(30, "cpu0", 2, RANGE, false).reads(35, "dev0", 5, 7);
    assertThat(judge.findings()).isEmpty();
    scene.state(40, "cpu0", new MachineFact.StaleWindowClosed(Scene.MM, RANGE))
        .reads(45, "dev0", 5, 7);
    assertThat(judge.findings()).hasSize(1);
  }

  private Scene locks(long atPs, long operation) {
    return scene.state(atPs, TABLE, new MachineFact.LockTaken(operation, TABLE, atPs));
  }

  private Scene unlocks(long atPs, long operation) {
    return scene.state(atPs, TABLE, new MachineFact.LockDropped(operation, TABLE));
  }

  /** madvise has cleared the page; it is mapped anew and cleared by another call, which flushes. */
  @Test
  void shouldStaySilentWhenThePageIsAnotherCallsBusinessSinceTheLook() {
    scene.loads(0, "cpu1").begins(0, "cpu0", 2, "dontneed", RANGE);
    locks(19, 2).clears(20, 5, 7);
    unlocks(21, 2).changes(22, Change.SET, 5, 9).fills(24, "cpu1", 5, 9, 23);
    locks(25, 3).clears(26, 5, 9);
    unlocks(27, 3).returns(30, "cpu0", 2, RANGE, false).reads(35, "cpu1", 5, 9);
    assertThat(judge.findings()).isEmpty();
    scene.returns(40, "cpu2", 3, RANGE, false).reads(45, "cpu1", 5, 9);
    assertThat(only().free().operation()).isEqualTo(3);
  }

  /** Bug 4a: the entry was gone when the call looked, and its flush another call's. */
  @Test
  void shouldFindCpuWhenTheCallSawThatAnotherHadClearedThePage() {
    scene.loads(0, "cpu1").fills(10, "cpu1", 5, 7, 8);
    locks(19, 3).clears(20, 5, 7);
    unlocks(21, 3);
    locks(22, 2);
    unlocks(23, 2).returns(30, "cpu0", 2, RANGE, false).reads(35, "cpu1", 5, 7);
    assertThat(only().free().operation()).isEqualTo(2);
  }

  /** Of several visits that counts in which the call changed the entries around the page. */
  @Test
  void shouldAskTheVisitOfThePageWhenThereWereSeveral() {
    scene.loads(0, "cpu1");
    locks(19, 2).clears(20, 5, 7);
    unlocks(21, 2).changes(22, Change.SET, 5, 9).fills(24, "cpu1", 5, 9, 23);
    locks(25, 3).clears(26, 5, 9);
    unlocks(27, 3);
    locks(28, 2).clears(28, 6, 8);
    unlocks(29, 2).returns(30, "cpu0", 2, RANGE, false).reads(35, "cpu1", 5, 9);
    assertThat(judge.findings()).isEmpty();
  }

  /** The second call looked before the page was cleared, and returns after the first. */
  @Test
  void shouldNotForgetACallWhenOneThatLookedEarlierReturnsLater() {
    scene.loads(0, "cpu1").fills(2, "cpu1", 5, 7, 1);
    locks(5, 3);
    unlocks(7, 3);
    locks(19, 2).clears(20, 5, 7);
    unlocks(21, 2).returns(30, "cpu0", 2, RANGE, false)
        .returns(40, "cpu2", 3, RANGE, false).reads(45, "cpu1", 5, 7);
    assertThat(only().free().operation()).isEqualTo(2);
  }

  @Test
  void shouldKnowBothCallsWhereTheyOverlapAndFillTheGaps() {
    RevokedRights rights = new RevokedRights();
    StaleUse.Free first = new StaleUse.Free("cpu0", "cpu0", 1, "munmap", 10);
    StaleUse.Free second = new StaleUse.Free("cpu0", "cpu0", 2, "munmap", 20);
    RevokedRightLooks looks = new RevokedRightLooks();
    looks.taken(new MachineFact.LockTaken(2, TABLE, 0));
    looks.changed(
        TABLE, 9, new MachineFact.PtesChanged(
            Scene.MM, Change.CLEARED, List.of(5L), List.of(7L), 0, 0));
    looks.dropped(4, new MachineFact.LockDropped(2, TABLE));
    rights.revoke(new PageRange(10, 10), first, RevokedRightLooks.Until.RETURN);
    rights.revoke(new PageRange(30, 10), first, RevokedRightLooks.Until.RETURN);
    rights.revoke(new PageRange(0, 50), second, looks.of(2, Scene.MM));
    for (long page : new long[] {0, 9, 20, 29, 40, 49}) {
      assertThat(rights.of(page, 4)).as("page %d", page).isSameAs(second);
      assertThat(rights.of(page, 5)).as("page %d", page).isNull();
    }
    for (long page : new long[] {10, 19, 30, 39}) {
      assertThat(rights.of(page, 4)).as("page %d", page).isSameAs(second);
      assertThat(rights.of(page, 5)).as("page %d", page).isSameAs(first);
    }
    assertThat(rights.of(50, 4)).isNull();
  }

  @Test
  void shouldKnowEachStretchWhenCallsOverlap() {
    RevokedRights rights = new RevokedRights();
    StaleUse.Free first = new StaleUse.Free("cpu0", "cpu0", 1, "munmap", 10);
    StaleUse.Free second = new StaleUse.Free("cpu0", "cpu0", 2, "munmap", 20);
    rights.revoke(new PageRange(0, 100), first, RevokedRightLooks.Until.RETURN);
    rights.revoke(new PageRange(40, 20), second, RevokedRightLooks.Until.RETURN);
    rights.revoke(new PageRange(200, 0), second, RevokedRightLooks.Until.RETURN);
    assertThat(rights.of(39, 5)).isSameAs(first);
    assertThat(rights.of(40, 5)).isSameAs(second);
    assertThat(rights.of(59, 5)).isSameAs(second);
    assertThat(rights.of(60, 5)).isSameAs(first);
    assertThat(rights.of(99, 5)).isSameAs(first);
    assertThat(rights.of(100, 5)).isNull();
    assertThat(rights.of(200, 5)).isNull();
  }
}
