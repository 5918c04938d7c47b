package dev.shootdown.hardware.iommu;

import static dev.shootdown.hardware.iommu.IommuRig.NS;
import static dev.shootdown.hardware.iommu.IommuRig.PASID;
import static dev.shootdown.hardware.iommu.IommuRig.SPEC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx.Sent;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.AtsIommuSideContract.Mapping;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.Invalidation.Completed;
import dev.shootdown.protocol.Invalidation.DeviceTlb;
import dev.shootdown.protocol.Invalidation.Iotlb;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Cause;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class IommuTest {
  private static final long SWEEP_PS = 820 * NS;
  private static final long WALK_PS = 111 * NS;

  private static Invalidation.Submit submit(long ticket, Invalidation.Descriptor... all) {
    return new Invalidation.Submit(0, 0, ticket, List.of(all));
  }

  private static Iotlb iotlb(long page) {
    return new Iotlb(PASID, PageRange.of(page));
  }

  private static DeviceTlb deviceTlb(int device) {
    return new DeviceTlb(device, PASID, PageRange.ALL);
  }

  private static PageWalk.Entry entry(long tag, long page, long pfn, boolean writable) {
    return new PageWalk.Entry(tag, PASID, page, pfn, writable, 50);
  }

  private static IommuSpec spec(int entries, int walkers, int queueDepth) {
    return new IommuSpec(entries, entries, NS, walkers, 110 * NS, SWEEP_PS, queueDepth, true, true);
  }

  @Test
  void shouldWalkFillAndAnswerWhenTheIotlbMisses() {
    IommuRig rig = new IommuRig(SPEC);
    rig.hear(new Ats.TranslationRequest(1, 9, PASID, 7, true));
    rig.part.settle();
    assertThat(rig.part.takeSent("tables")).containsExactly(
        new Sent("tables", 1, new PageWalk.Walk(5, 0, PASID, 7, true), WALK_PS));
    rig.hear(entry(0, 7, 70, true));

    assertThat(rig.part.takeSent("devices")).containsExactly(new Sent("devices", 1,
        new Ats.TranslationCompletion(9, PASID, 7, 70, true, 50), WALK_PS));
    assertThat(rig.part.takeMarks())
        .containsExactly(new MachineFact.Filled(PASID, 7, 70, true, 50));
  }

  @Test
  void shouldAnswerAfterTheLookupWhenTheIotlbHits() {
    IommuRig rig = new IommuRig(SPEC).map(List.of(new Mapping(7, 70, true)));
    rig.want(7, false);
    rig.settleWithTable();
    rig.part.takeSent("devices");
    long fromPs = rig.part.nowPs();
    rig.want(7, false);
    rig.part.settle();

    assertThat(rig.part.takeSent("devices")).hasSize(1).first()
        .extracting(Sent::atPs).isEqualTo(fromPs + NS);
    assertThat(rig.part.takeSent("tables")).isEmpty();
  }

  @Test
  void shouldCacheNoRightToWriteWhenTheWalkWasForReading() {
    IommuRig rig = new IommuRig(SPEC).map(List.of(new Mapping(7, 70, true)));
    rig.want(7, false);
    rig.settleWithTable();

    assertThat(rig.part.marks(MachineFact.Filled.class)).hasSize(1)
        .noneMatch(MachineFact.Filled::writable);
  }

  @Test
  void shouldBoundItsWalksWhenManyRequestsMiss() {
    IommuRig rig = new IommuRig(spec(128, 2, 256));
    for (long page = 1; page <= 5; page++) {
      rig.hear(new Ats.TranslationRequest(0, page, PASID, page, false));
    }
    rig.part.settle();
    assertThat(rig.part.take("tables", PageWalk.Walk.class))
        .extracting(PageWalk.Walk::page).containsExactly(1L, 2L);
    rig.hear(entry(1, 2, 20, false));
    rig.part.settle();

    assertThat(rig.part.take("tables", PageWalk.Walk.class))
        .containsExactly(new PageWalk.Walk(5, 1, PASID, 3, false));
  }

  @Test
  void shouldSpareAWalkWhenAnotherFilledThePageMeanwhile() {
    IommuRig rig = new IommuRig(spec(128, 1, 256)).map(List.of(new Mapping(7, 70, false)));
    rig.want(7, false);
    rig.hear(new Ats.TranslationRequest(1, 1, PASID, 7, false));
    rig.settleWithTable();

    assertThat(rig.part.marks(MachineFact.Filled.class)).hasSize(1);
    assertThat(rig.part.takeSent("devices")).extracting(Sent::member).containsExactly(0, 1);
  }

  @Test
  void shouldStateTheEvictionWhenTheIotlbIsFull() {
    IommuRig rig = new IommuRig(spec(1, 1, 256))
        .map(List.of(new Mapping(7, 70, false), new Mapping(8, 80, false)));
    rig.want(7, false);
    rig.settleWithTable();
    rig.part.takeMarks();
    rig.want(8, false);
    rig.settleWithTable();

    assertThat(rig.part.takeMarks()).hasSize(2).first()
        .isEqualTo(new MachineFact.Dropped(PASID, PageRange.of(7), Cause.EVICTED));
  }

  @Test
  void shouldWalkAgainWhenAnInvalidationOvertakesTheLeaf() {
    IommuRig rig = new IommuRig(SPEC);
    rig.want(7, false);
    rig.part.settle();
    rig.hear(submit(1, iotlb(7)));
    rig.part.settle();
    rig.hear(entry(0, 7, 70, false));
    rig.part.settle();
    rig.hear(entry(0, 7, 71, false));

    assertThat(rig.takeSaid(0, Ats.TranslationCompletion.class))
        .extracting(Ats.TranslationCompletion::pfn).containsExactly(71L);
    assertThat(rig.part.takeMarks()).containsExactly(
        new MachineFact.Dropped(PASID, PageRange.of(7), Cause.INVALIDATED),
        new MachineFact.FillDiscarded(PASID, 7),
        new MachineFact.Filled(PASID, 7, 71, false, 50));
  }

  @Test
  void shouldKeepAStaleEntryWhenTheCheckIsSwitchedOff() {
    IommuRig rig = new IommuRig(
        new IommuSpec(8, 8, NS, 2, 110 * NS, SWEEP_PS, 256, false, true));
    rig.want(7, false);
    rig.part.settle();
    rig.hear(submit(1, iotlb(7)));
    rig.part.settle();
    rig.hear(entry(0, 7, 70, false));

    assertThat(rig.part.marks(MachineFact.Filled.class)).hasSize(1);
    assertThat(rig.part.marks(MachineFact.FillDiscarded.class)).isEmpty();
  }

  @Test
  void shouldNotRepeatAWalkWhenItsLeafIsReadAfterTheSweep() {
    IommuRig rig = new IommuRig(SPEC);
    rig.hear(submit(1, iotlb(7)));
    rig.part.runUntil(SWEEP_PS - 50 * NS);
    rig.want(7, false);
    rig.part.settle();
    rig.hear(entry(0, 7, 70, false));

    assertThat(rig.part.marks(MachineFact.FillDiscarded.class)).isEmpty();
    assertThat(rig.part.marks(MachineFact.Filled.class)).hasSize(1);
  }

  @Test
  void shouldSayWhereTheTimeWentWhenASubmissionIsDone() {
    IommuRig rig = new IommuRig(SPEC);
    rig.part.runUntil(10 * NS);
    rig.hear(submit(1, iotlb(1), iotlb(2)));
    rig.hear(submit(2, iotlb(3), deviceTlb(1)));
    rig.part.settle();
    rig.part.runUntil(3000 * NS);
    rig.hear(new Ats.InvalidateCompletion(1, 0));

    long freePs = 10 * NS + 2 * SWEEP_PS;
    assertThat(rig.part.takeSent("cpus")).containsExactly(
        new Sent("cpus", 0, new Completed(1, 10 * NS, freePs, freePs), freePs),
        new Sent("cpus", 0,
            new Completed(2, freePs, freePs + SWEEP_PS, 3000 * NS), 3000 * NS));
    assertThat(rig.part.marks(MachineFact.InvalidationSent.class))
        .containsExactly(new MachineFact.InvalidationSent(1, PASID, PageRange.ALL, 0));
  }

  @Test
  void shouldSweepOnWhileADeviceIsSlow() {
    IommuRig rig = new IommuRig(SPEC);
    rig.hear(submit(1, deviceTlb(0)));
    rig.hear(submit(2, iotlb(3)));
    rig.part.settle();

    assertThat(rig.part.marks(MachineFact.Dropped.class)).as("there is no fence").hasSize(1);
    assertThat(rig.part.takeSent("cpus")).isEmpty();
  }

  @Test
  void shouldHoldBackTheRestWhenADeviceTakesNoMore() {
    IommuRig rig = new IommuRig(SPEC, 2);
    rig.hear(submit(1, deviceTlb(0), deviceTlb(0), deviceTlb(0), iotlb(5)));
    rig.part.settle();
    assertThat(rig.part.marks(MachineFact.InvalidationSent.class)).hasSize(2);
    assertThat(rig.part.marks(MachineFact.Dropped.class)).isEmpty();
    rig.hear(new Ats.InvalidateCompletion(0, 1));
    rig.part.settle();

    assertThat(rig.part.marks(MachineFact.InvalidationSent.class)).hasSize(3).last()
        .extracting(MachineFact.InvalidationSent::itag).isEqualTo(1);
    assertThat(rig.part.marks(MachineFact.Dropped.class)).hasSize(1);
  }

  @Test
  void shouldKeepSubmissionsOutsideWhenTheRingIsFull() {
    IommuRig rig = new IommuRig(spec(8, 1, 4));
    rig.hear(submit(1, deviceTlb(0)));
    rig.hear(submit(2, deviceTlb(1)));
    rig.hear(submit(3, deviceTlb(1)));
    rig.part.settle();
    assertThat(rig.part.marks(MachineFact.InvalidationSent.class)).as("2 + 2 slots").hasSize(2);
    rig.part.runUntil(9000 * NS);
    rig.hear(new Ats.InvalidateCompletion(0, 0));
    rig.hear(new Ats.InvalidateCompletion(1, 0));
    rig.hear(new Ats.InvalidateCompletion(1, 1));

    assertThat(rig.part.take("cpus", Completed.class)).hasSize(3).last()
        .extracting(Completed::startedPs).as("it waited outside").isEqualTo(9000 * NS);
  }

  @Test
  void shouldTakeASubmissionWhenItIsLargerThanTheRing() {
    IommuRig rig = new IommuRig(spec(8, 1, 4));
    rig.hear(submit(1, iotlb(1)));
    rig.hear(new Invalidation.Submit(1, 0, 2, Collections.nCopies(50, iotlb(2))));
    rig.hear(submit(3, iotlb(3)));
    rig.part.settle();

    assertThat(rig.part.take("cpus", Completed.class)).extracting(Completed::ticket)
        .containsExactly(1L, 2L, 3L);
  }

  @Test
  void shouldTellTheDeviceTooEarlyWhenTheOrderIsSwitchedOff() {
    IommuRig rig = new IommuRig(
        new IommuSpec(8, 8, NS, 2, 110 * NS, SWEEP_PS, 256, true, false));
    rig.hear(submit(1, iotlb(7), deviceTlb(0)));

    assertThat(rig.part.marks(MachineFact.InvalidationSent.class)).hasSize(1);
    assertThat(rig.part.marks(MachineFact.Dropped.class)).isEmpty();
  }

  @Test
  void shouldStateABreachWhenAnItagIsAnsweredTwice() {
    IommuRig rig = new IommuRig(SPEC);
    rig.hear(submit(1, deviceTlb(0)));
    rig.hear(new Ats.InvalidateCompletion(0, 0));
    assertThat(rig.breaches()).isZero();
    rig.hear(new Ats.InvalidateCompletion(0, 0));
    rig.hear(new Ats.InvalidateCompletion(7, 0));
    rig.hear(new Ats.InvalidateCompletion(0, 99));

    assertThat(rig.breaches()).isEqualTo(3);
    assertThat(rig.part.takeSent("cpus")).hasSize(1);
  }

  @Test
  void shouldRefuseADepthThatNoDeviceCanHave() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new IommuLayout(0, List.of(), List.of(32, 33)));
  }
}
