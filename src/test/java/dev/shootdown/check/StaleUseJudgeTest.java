package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Audience;
import dev.shootdown.trace.MachineFact.Change;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each rule broken once: the judge must speak, and say how it came. */
class StaleUseJudgeTest {
  private final StaleUseJudge judge = new StaleUseJudge();
  private final Scene scene = new Scene(judge);

  private StaleUse only() {
    assertThat(judge.findings()).hasSize(1);
    assertThat(judge.findings().get(0).verdict()).isSameAs(Verdict.STALE_USE);
    return judge.findings().get(0).staleUse().orElseThrow();
  }

  @Test
  void shouldFindDeviceWhenItHoldsEntryAtFree() {
    scene.allocates(0, 7).fills(10, "dev0", 5, 7, 8).clears(20, 5, 7).frees(40, 1, 7);
    StaleUse stale = only();
    assertThat(stale.kind()).isSameAs(StaleUse.Kind.HELD_AT_FREE);
    assertThat(stale.entry().holder()).isEqualTo("dev0");
    assertThat(stale.entry().filledAtPs()).hasValue(10);
    assertThat(stale.entry().readAtPs()).hasValue(8);
    assertThat(stale.change().orElseThrow().atPs()).isEqualTo(20);
    assertThat(stale.free().atPs()).isEqualTo(40);
    assertThat(stale.usedAtPs()).isEmpty();
    assertThat(stale.cover().flush()).isEmpty();
  }

  @Test
  void shouldFindIommuWhenItHoldsEntryAtFree() {
    scene.allocates(0, 7).fills(10, "iommu0", 5, 7, 8).frees(40, 1, 7);
    assertThat(only().kind()).isSameAs(StaleUse.Kind.HELD_AT_FREE);
  }

  @Test
  void shouldUpgradeFindingWhenHeldEntryIsUsedLater() {
    scene.allocates(0, 7).fills(10, "dev0", 5, 7, 8).frees(40, 1, 7)
        .uses(50, "dev0", 5, 7, 1).uses(60, "dev0", 5, 7, 2);
    StaleUse stale = only();
    assertThat(stale.kind()).isSameAs(StaleUse.Kind.HELD_AT_FREE);
    assertThat(stale.usedAtPs()).hasValue(50);
    assertThat(judge.findings().get(0).summary()).endsWith("and used later");
  }

  @Test
  void shouldFindCpuWhenItUsesFreedFrame() {
    scene.loads(0, "cpu1").allocates(0, 7).fills(10, "cpu1", 5, 7, 8).clears(20, 5, 7)
        .frees(40, 1, 7).uses(50, "cpu1", 5, 7, -1);
    StaleUse stale = only();
    assertThat(stale.kind()).isSameAs(StaleUse.Kind.USED_AFTER_FREE);
    assertThat(stale.usedAtPs()).hasValue(50);
    assertThat(stale.entry().filledAtPs()).hasValue(10);
    assertThat(stale.cover().audience()).isSameAs(Audience.CPU);
  }

  @Test
  void shouldFindDeviceWhenItCachesFreedFrame() {
    scene.allocates(0, 7).clears(20, 5, 7).frees(40, 1, 7).fills(45, "dev0", 5, 7, 15);
    StaleUse stale = only();
    assertThat(stale.kind()).isSameAs(StaleUse.Kind.FILLED_AFTER_FREE);
    assertThat(stale.change().orElseThrow().atPs()).isEqualTo(20);
    assertThat(stale.free().atPs()).isEqualTo(40);
  }

  @Test
  void shouldWaitForUseWhenCpuCachesFreedFrame() {
    scene.loads(0, "cpu0").allocates(0, 7).frees(40, 1, 7).fills(45, "cpu0", 5, 7, 15);
    assertThat(judge.findings()).isEmpty();
    scene.uses(46, "cpu0", 5, 7, -1);
    assertThat(only().kind()).isSameAs(StaleUse.Kind.USED_AFTER_FREE);
  }

  @Test
  void shouldFindDmaWhenItGoesOnAtFree() {
    scene.allocates(0, 7).fills(10, "dev0", 5, 7, 8).uses(12, "dev0", 5, 7, 3)
        .drops(30, "dev0", 5).frees(40, 1, 7).drains(50, "dev0", 3);
    StaleUse stale = only();
    assertThat(stale.kind()).isSameAs(StaleUse.Kind.IN_FLIGHT_AT_FREE);
    assertThat(stale.entry().pfn()).isEqualTo(7);
  }

  @Test
  void shouldStaySilentWhenTheDeviceWasPulledOut() {
    scene.allocates(0, 7).allocates(0, 8).fills(10, "dev0", 5, 7, 8)
        .uses(12, "dev0", 6, 8, 3).fills(12, "dev1", 5, 7, 8)
        .state(30, "dev0", new MachineFact.DeviceFailed("removed"))
        .state(31, "dev1", new MachineFact.DeviceFailed("no translation service"))
        .frees(40, 1, 7).frees(41, 1, 8);
    assertThat(only().entry().holder()).isEqualTo("dev1");
    assertThat(judge.remembered()).as("what dev1 holds, by page and by frame").isEqualTo(2);
  }

  @Test
  void shouldTellTransfersApartWhenTwoDevicesUseOneNumber() {
    scene.allocates(0, 7).uses(12, "dev0", 5, 7, 3).uses(12, "dev1", 5, 7, 3)
        .drains(20, "dev1", 3).frees(40, 1, 7);
    assertThat(only().entry().holder()).isEqualTo("dev0");
  }

  @Test
  void shouldFindOnceWhenEntryIsHeldAndDmaGoesOn() {
    scene.allocates(0, 7).fills(10, "dev0", 5, 7, 8).uses(12, "dev0", 5, 7, 3).frees(40, 1, 7);
    assertThat(only().kind()).isSameAs(StaleUse.Kind.HELD_AT_FREE);
  }

  @Test
  void shouldFindEachWhenSeveralHold() {
    scene.allocates(0, 7).fills(10, "dev0", 5, 7, 8).fills(10, "dev1", 5, 7, 8)
        .fills(11, "dev1", 9, 7, 8).frees(40, 1, 7);
    assertThat(judge.findings()).hasSize(3);
  }

  @Test
  void shouldDateChangeByStepWhenManyEntriesChangeInOneRun() {
    scene.fills(10, "dev0", 6, 8, 8)
        .state(20, "pagetable0",
            new MachineFact.PtesChanged(
                Scene.MM, Change.CLEARED, List.of(5L, 6L), List.of(7L, 8L), 20, 3))
        .frees(40, 1, 8);
    assertThat(only().change().orElseThrow().atPs()).isEqualTo(23);
  }

  @Test
  void shouldNameCpuAndPathWhenOnlyOneOperationCanBeMeant() {
    scene.begins(5, "cpu2", 77, "munmap", new PageRange(5, 1)).fills(10, "dev0", 5, 7, 8)
        .clears(20, 5, 7).frees(40, 77, 7);
    assertThat(only().change().orElseThrow().actor()).isEqualTo("cpu2");
    assertThat(only().free().actor()).isEqualTo("cpu2");
    assertThat(only().free().path()).isEqualTo("munmap");
  }

  @Test
  void shouldNameComponentWhenTwoOperationsCouldBeMeant() {
    scene.begins(5, "cpu2", 77, "munmap", new PageRange(5, 1))
        .begins(5, "cpu3", 78, "madvise", new PageRange(5, 1)).fills(10, "dev0", 5, 7, 8)
        .clears(20, 5, 7).frees(40, 77, 7);
    assertThat(only().change().orElseThrow().actor()).isEqualTo("pagetable0");
  }

  @Test
  void shouldShowFlushWhenItWasOverBeforeFree() {
    scene.fills(10, "dev0", 5, 7, 8).clears(20, 5, 7)
        .flushBegins(21, "cpu0", 1, Audience.SECONDARY, new PageRange(4, 4))
        .flushEnds(30, "cpu0", 1, Audience.SECONDARY).frees(40, 1, 7);
    StaleUse.Flush flush = only().cover().flush().orElseThrow();
    assertThat(flush.endedPs()).hasValue(30);
    assertThat(only().isCovered()).isTrue();
    assertThat(only().isTooLate()).isFalse();
  }

  @Test
  void shouldShowFirstLaterFlushWhenNoneCameInTime() {
    scene.fills(10, "dev0", 5, 7, 8)
        .flushBegins(11, "cpu0", 9, Audience.SECONDARY, PageRange.of(5))
        .flushEnds(12, "cpu0", 9, Audience.SECONDARY).clears(20, 5, 7).frees(40, 1, 7)
        .flushBegins(50, "cpu0", 1, Audience.CPU, PageRange.of(5))
        .flushBegins(60, "cpu0", 1, Audience.SECONDARY, PageRange.of(5))
        .flushBegins(70, "cpu0", 2, Audience.SECONDARY, PageRange.of(5))
        .flushEnds(65, "cpu0", 1, Audience.SECONDARY);
    assertThat(only().isTooLate()).isTrue();
    assertThat(only().cover().flush().orElseThrow().beganPs()).isEqualTo(60);
    assertThat(only().cover().flush().orElseThrow().endedPs()).hasValue(65);
  }

  @Test
  void shouldShowMissingFlushWhenItsRangeLeavesPageOut() {
    scene.fills(10, "dev0", 5, 7, 8).clears(20, 5, 7)
        .flushBegins(21, "cpu0", 1, Audience.SECONDARY, new PageRange(6, 4)).frees(40, 1, 7);
    assertThat(only().isCovered()).isFalse();
    assertThat(only().cover().flush().orElseThrow().flushed()).isEqualTo(new PageRange(6, 4));
  }

  @Test
  void shouldShowInvalidationWhenItIsOnItsWayAtFree() {
    scene.fills(10, "dev0", 5, 7, 8).clears(20, 5, 7)
        .state(25, "iommu0",
            new MachineFact.InvalidationSent(0, Scene.MM, PageRange.of(5), 3))
        .frees(40, 1, 7)
        .state(45, "dev0", new MachineFact.InvalidationTaken(Scene.MM, PageRange.of(5), 3))
        .drops(46, "dev0", 5).state(47, "dev0", new MachineFact.InvalidationDone(3));
    StaleUse.Invalidation sent = only().cover().invalidation().orElseThrow();
    assertThat(sent.iommu()).isEqualTo("iommu0");
    assertThat(sent.sentPs()).isEqualTo(25);
    assertThat(sent.takenPs()).hasValue(45);
    assertThat(sent.donePs()).hasValue(47);
  }

  @Test
  void shouldShowOwnInvalidationWhenTwoDevicesGetTheSame() {
    PageRange range = PageRange.of(5);
    scene.state(1, "iommu0", new MachineFact.InvalidationSent(0, Scene.MM, range, 3))
        .state(2, "dev0", new MachineFact.InvalidationTaken(Scene.MM, range, 3))
        .state(3, "dev0", new MachineFact.InvalidationDone(3))
        .fills(10, "dev1", 5, 7, 8).clears(20, 5, 7)
        .state(25, "iommu0", new MachineFact.InvalidationSent(1, Scene.MM, range, 4))
        .state(26, "iommu0", new MachineFact.InvalidationSent(0, Scene.MM, range, 4))
        .state(30, "dev0", new MachineFact.InvalidationTaken(Scene.MM, range, 4))
        .state(35, "dev1", new MachineFact.InvalidationTaken(Scene.MM, range, 4))
        .frees(40, 1, 7);
    assertThat(only().cover().invalidation().orElseThrow().sentPs()).isEqualTo(25);
    assertThat(only().cover().invalidation().orElseThrow().takenPs()).hasValue(35);
  }

  @Test
  void shouldCallItBreachWhenFrameIsFreedTwice() {
    scene.allocates(0, 7).frees(40, 1, 7).frees(41, 2, 7);
    assertThat(judge.findings()).singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.verdict()).isSameAs(Verdict.PROTOCOL_BREACH);
              assertThat(finding.summary()).contains("0x7").contains("freed twice");
            });
  }

  @Test
  void shouldCallItBreachWhenFreedFrameIsHandedOutAgain() {
    scene.allocates(0, 7).frees(40, 1, 7).allocates(41, 7);
    assertThat(judge.findings()).extracting(Finding::verdict)
        .containsExactly(Verdict.PROTOCOL_BREACH);
  }

  @Test
  void shouldCountRestWhenThereAreThousandsOfFindings() {
    for (int pfn = 1; pfn <= 1500; pfn++) {
      scene.fills(pfn, "dev0", pfn, pfn, pfn).frees(pfn, 1, pfn);
    }
    assertThat(judge.findings()).hasSize(1000);
    assertThat(judge.unlisted()).isEqualTo(500);
  }

  @Test
  void shouldRememberNothingMoreWhenFramesComeAndGo() {
    for (int pfn = 1; pfn <= 20_000; pfn++) {
      scene.allocates(pfn, pfn).fills(pfn, "dev0", pfn, pfn, pfn).uses(pfn, "dev0", pfn, pfn, pfn)
          .clears(pfn, pfn, pfn).drops(pfn, "dev0", pfn).drains(pfn, "dev0", pfn)
          .frees(pfn, 1, pfn);
    }
    assertThat(judge.findings()).isEmpty();
    assertThat(judge.remembered()).isZero();
    scene.uses(30_000, "dev0", 1, 1, 1);
    assertThat(only().kind()).isSameAs(StaleUse.Kind.USED_AFTER_FREE);
  }
}
