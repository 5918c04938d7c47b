package dev.shootdown.hardware.iommu;

import static dev.shootdown.hardware.iommu.IommuRig.NS;
import static dev.shootdown.hardware.iommu.IommuRig.PASID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx.Sent;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.AtsIommuSideContract.Mapping;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an IOMMU caches beside plain translations, and what its switches change. */
class IommuCachesTest {
  private static final long TABLE = 5;

  private static IommuRig rig(Specs specs) {
    return new IommuRig(specs.build());
  }

  private static PageWalk.Entry entry(PageWalk.Walk walk, long pfn) {
    return new PageWalk.Entry(walk.tag(), PASID, walk.page(), pfn, false, 50, false, 0, TABLE);
  }

  private static PageWalk.Walk walk(IommuRig rig, long page) {
    rig.want(page, false);
    rig.part.settle();
    return rig.part.take("tables", PageWalk.Walk.class).get(0);
  }

  private static void invalidate(IommuRig rig, PageRange range, boolean leafOnly) {
    rig.hear(new Invalidation.Submit(
        0, 0, 1, List.of(new Invalidation.Iotlb(PASID, range, leafOnly))));
    rig.part.settle();
  }

  @Test
  void shouldStartFromTheTableWhenAWalkCameByBefore() {
    IommuRig rig = rig(Specs.plain().walkCache(4));
    rig.hear(entry(walk(rig, 7), 70));
    long fromPs = rig.part.nowPs();
    rig.want(8, false);
    rig.part.settle();

    assertThat(rig.part.takeSent("tables")).containsExactly(new Sent("tables", 1,
        new PageWalk.Walk(5, 0, PASID, 8, false, TABLE), fromPs + NS + 10 * NS));
    assertThat(rig.part.marks(MachineFact.WalkUsed.class))
        .containsExactly(new MachineFact.WalkUsed(PASID, 8, TABLE));
    assertThat(rig.part.marks(MachineFact.WalkCached.class))
        .containsExactly(new MachineFact.WalkCached(PASID, new PageRange(0, 512), TABLE));
  }

  /** A paging-structure cache holds what the walk went through, whatever stood at its end. */
  @Test
  void shouldStartFromTheTableWhenTheLeafWasAbsent() {
    IommuRig rig = rig(Specs.plain().walkCache(4));
    rig.hear(entry(walk(rig, 7), -1));

    assertThat(walk(rig, 8).table()).isEqualTo(TABLE);
    assertThat(rig.part.marks(MachineFact.WalkCached.class))
        .containsExactly(new MachineFact.WalkCached(PASID, new PageRange(0, 512), TABLE));
    assertThat(rig.part.marks(MachineFact.Filled.class)).isEmpty();
  }

  @Test
  void shouldStartFromTheRootWhenTheTableWasInvalidated() {
    IommuRig rig = rig(Specs.plain().walkCache(4));
    rig.hear(entry(walk(rig, 7), 70));
    invalidate(rig, PageRange.of(9), false);

    assertThat(walk(rig, 8).table()).isEqualTo(-1);
    assertThat(rig.part.marks(MachineFact.WalkDropped.class))
        .containsExactly(new MachineFact.WalkDropped(PASID, new PageRange(0, 512)));
  }

  /** The hint of VT-d, or AMD's PDE = 0: right only where no table is freed. */
  @Test
  void shouldKeepTheTableWhenOnlyLeavesAreInvalidated() {
    IommuRig rig = rig(Specs.plain().walkCache(4));
    rig.hear(entry(walk(rig, 7), 70));
    invalidate(rig, PageRange.ALL, true);

    assertThat(walk(rig, 7).table()).isEqualTo(TABLE);
    assertThat(rig.part.marks(MachineFact.WalkDropped.class)).isEmpty();
  }

  @Test
  void shouldForgetATableForAnotherOneWhenTheCacheIsFull() {
    IommuRig rig = rig(Specs.plain().walkCache(1));
    rig.hear(entry(walk(rig, 7), 70));
    rig.hear(entry(walk(rig, 7 + 512), 71));

    assertThat(rig.part.marks(MachineFact.WalkDropped.class))
        .containsExactly(new MachineFact.WalkDropped(PASID, new PageRange(0, 512)));
  }

  @Test
  void shouldLeaveNoDirtyBitWhenWriteBackIsSwitchedOff() {
    IommuRig rig = rig(Specs.plain().withoutDirtyWriteBack())
        .map(List.of(new Mapping(7, 70, true)));
    rig.want(7, true);
    rig.part.settle();
    assertThat(rig.part.take("tables", PageWalk.Walk.class))
        .allMatch(walk -> !walk.forWrite()).hasSize(1);
    rig.hear(new PageWalk.Entry(0, PASID, 7, 70, true, 50));

    assertThat(rig.takeSaid(0, Ats.TranslationCompletion.class))
        .allMatch(Ats.TranslationCompletion::writable).hasSize(1);
  }

  /** Call site C24: an upgrade is not flushed, and only a new walk can see it. */
  @Test
  void shouldNeverSeeAnUpgradeWhenItDoesNotWalkAgain() {
    for (boolean rewalks : new boolean[] {true, false}) {
      Specs specs = rewalks ? Specs.plain() : Specs.plain().withoutRewalk();
      IommuRig rig = rig(specs).map(List.of(new Mapping(7, 70, false)));
      rig.want(7, false);
      rig.settleWithTable();
      rig.map(List.of(new Mapping(7, 70, true)));
      rig.takeSaid(0, Ats.TranslationCompletion.class);
      rig.want(7, true);
      rig.settleWithTable();

      assertThat(rig.takeSaid(0, Ats.TranslationCompletion.class))
          .extracting(Ats.TranslationCompletion::writable).containsExactly(rewalks);
    }
  }

  @Test
  void shouldRememberThatAPageIsAbsentOnlyInCachingMode() {
    for (boolean caching : new boolean[] {true, false}) {
      IommuRig rig = rig(caching ? Specs.plain().cachingMode() : Specs.plain());
      rig.want(7, false);
      rig.settleWithTable();
      rig.map(List.of(new Mapping(7, 70, false)));
      rig.want(7, false);
      rig.settleWithTable();
      rig.takeSaid(0, Ats.TranslationCompletion.class);
      invalidate(rig, PageRange.of(7), true);
      rig.want(7, false);
      rig.settleWithTable();

      assertThat(rig.part.markedAtPs(MachineFact.Filled.class).get(0)
          > rig.part.markedAtPs(MachineFact.Dropped.class).get(0))
          .as("filled only after the invalidation").isEqualTo(caching);
    }
  }

  @Test
  void shouldTranslateAll512PagesWhenTheEntryIsLarge() {
    IommuRig rig = rig(Specs.plain());
    rig.want(600, false);
    rig.part.settle();
    rig.hear(new PageWalk.Entry(0, PASID, 512, 4096, false, 50, false, 9, -1));
    rig.want(513, false);
    rig.part.settle();

    assertThat(rig.part.takeSent("tables")).hasSize(1);
    assertThat(rig.takeSaid(0, Ats.TranslationCompletion.class))
        .extracting(Ats.TranslationCompletion::pfn).containsExactly(4096L + 88, 4096L + 1);
  }

  @Test
  void shouldAnswerUnsupportedWhenSoftwareSwitchedTheDeviceOff() {
    IommuRig rig = rig(Specs.plain()).map(List.of(new Mapping(7, 70, false)));
    rig.hear(new Invalidation.Submit(
        0, 0, 1, List.of(new Invalidation.DeviceEntry(0, false))));
    rig.part.settle();
    rig.want(7, false);
    rig.settleWithTable();

    assertThat(rig.takeSaid(0, Ats.TranslationCompletion.class))
        .extracting(Ats.TranslationCompletion::status).containsExactly(Ats.Status.UR);
  }

  /** Teardown, or the empty table that AMD's driver of Linux 3.6 used: nothing is there. */
  @Test
  void shouldDenyAllWhenThePasidIsDetachedAndServeItAgainLater() {
    IommuRig rig = rig(Specs.plain()).map(List.of(new Mapping(7, 70, false)));
    rig.want(7, false);
    rig.part.settle();
    rig.hear(new Invalidation.Submit(
        0, 0, 1, List.of(new Invalidation.PasidEntry(PASID, false))));
    rig.settleWithTable();
    rig.hear(new Invalidation.Submit(
        0, 0, 2, List.of(new Invalidation.PasidEntry(PASID, true))));
    rig.part.settle();
    rig.want(7, false);
    rig.settleWithTable();

    assertThat(rig.takeSaid(0, Ats.TranslationCompletion.class))
        .extracting(Ats.TranslationCompletion::isGranted).endsWith(true);
  }

  private static void names(IommuRig rig, int mm, boolean attached) {
    rig.hear(new Invalidation.Submit(
        0, 0, 1, List.of(new Invalidation.PasidEntry(9, mm, attached))));
    rig.part.settle();
  }

  /** Which page table is walked for PASID 9, which is no address space's number; empty for none. */
  private static List<Integer> walked(IommuRig rig) {
    rig.hear(new Ats.TranslationRequest(0, 0, 9, 7, false));
    rig.part.settle();
    List<PageWalk.Walk> walks = rig.part.take("tables", PageWalk.Walk.class);
    walks.forEach(walk -> rig.hear(
        new PageWalk.Entry(walk.tag(), walk.mm(), 7, 60 + walk.mm(), false, rig.part.nowPs())));
    rig.part.settle();
    return walks.stream().map(PageWalk.Walk::mm).toList();
  }

  @Test
  void shouldWalkTheTableThatAGivenPasidsEntryNames() {
    IommuRig rig = rig(Specs.plain());
    assertThat(walked(rig)).as("not given yet").isEmpty();
    names(rig, 8, true);
    assertThat(walked(rig)).containsExactly(8);
    assertThat(walked(rig)).as("cached under the PASID").isEmpty();
    names(rig, 8, false);
    assertThat(walked(rig)).as("taken back").isEmpty();
    names(rig, PASID, true);
    assertThat(walked(rig)).as("given to another").containsExactly(PASID);

    assertThat(rig.takeSaid(0, Ats.TranslationCompletion.class))
        .extracting(Ats.TranslationCompletion::pfn).containsExactly(-1L, 68L, 68L, -1L, 63L);
    assertThat(rig.part.marks(MachineFact.Filled.class)).extracting(MachineFact.Filled::mm)
        .containsOnly(9);
  }
}
