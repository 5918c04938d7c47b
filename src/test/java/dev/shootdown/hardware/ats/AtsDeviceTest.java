package dev.shootdown.hardware.ats;

import static dev.shootdown.hardware.ats.AtsDeviceContractTest.NS;
import static dev.shootdown.hardware.ats.AtsDeviceContractTest.SPEC;
import static dev.shootdown.hardware.ats.AtsDeviceContractTest.device;
import static dev.shootdown.hardware.ats.AtsDeviceContractTest.once;
import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.Access;
import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Dma;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Cause;
import java.util.List;
import org.junit.jupiter.api.Test;

class AtsDeviceTest {
  private static final int PASID = 3;
  private static final long US = 1000 * NS;

  private static void grant(PartHarness<AtsDevice.Command> device, long tag, long page,
      long pfn, boolean writable) {
    device.tell(new AtsDevice.IommuSaid(
        new Ats.TranslationCompletion(tag, PASID, page, pfn, writable, 5)));
  }

  private static void invalidate(
      PartHarness<AtsDevice.Command> device, int itag, PageRange range) {
    device.tell(new AtsDevice.IommuSaid(new Ats.InvalidateRequest(itag, PASID, range)));
  }

  private static AtsDeviceSpec spec(
      int entries, int tags, boolean dropRacingFills, boolean drainBeforeCompletion) {
    return new AtsDeviceSpec(
        entries, entries, NS, tags, US, 32, dropRacingFills, drainBeforeCompletion);
  }

  @Test
  void shouldStateWhatItDidWhenATransferMisses() {
    PartHarness<AtsDevice.Command> device =
        device(SPEC, List.of(new DmaJob(2 * US, PASID, 7, Access.WRITE, 1, 0, 512)));
    device.settle();
    assertThat(device.takeSent("iommu")).containsExactly(new RecordingCtx.Sent(
        "iommu", RecordingCtx.SINGLE, new Ats.TranslationRequest(0, 0, PASID, 7, true),
        2 * US + NS));
    grant(device, 0, 7, 70, true);
    assertThat(device.take("memory", Dma.Transfer.class))
        .containsExactly(new Dma.Transfer(1, 0, 70, true, 512));
    device.tell(new AtsDevice.MemoryAnswered(new Dma.Transferred(0)));

    assertThat(device.takeMarks()).containsExactly(
        new MachineFact.Filled(PASID, 7, 70, true, 5),
        new MachineFact.Used(PASID, 7, 70, true, 0),
        new MachineFact.Drained(0));
  }

  @Test
  void shouldRepeatAJobWhenItsCountSaysSo() {
    PartHarness<AtsDevice.Command> device =
        device(SPEC, List.of(new DmaJob(0, PASID, 7, Access.READ, 3, US, 64)));
    device.runUntil(US / 2);
    grant(device, 0, 7, 70, false);
    device.settle();

    assertThat(device.takeSent("memory")).extracting(RecordingCtx.Sent::atPs)
        .containsExactly(US / 2, US + NS, 2 * US + NS);
  }

  @Test
  void shouldQueueRequestsWhenAllTagsAreInUse() {
    PartHarness<AtsDevice.Command> device = device(spec(8, 2, true, true), List.of(
        once(0, PASID, 1, false), once(0, PASID, 2, false), once(0, PASID, 3, false)));
    device.settle();
    assertThat(device.take("iommu", Ats.TranslationRequest.class))
        .extracting(Ats.TranslationRequest::page).containsExactly(1L, 2L);
    grant(device, 1, 2, 20, false);

    assertThat(device.take("iommu", Ats.TranslationRequest.class))
        .containsExactly(new Ats.TranslationRequest(0, 1, PASID, 3, false));
  }

  @Test
  void shouldAskForWritingWhenAWriterJoinsARequestThatWaits() {
    PartHarness<AtsDevice.Command> device = device(spec(8, 1, true, true), List.of(
        once(0, PASID, 1, false), once(0, PASID, 2, false), once(0, PASID, 2, true)));
    device.settle();
    grant(device, 0, 1, 10, false);

    assertThat(device.take("iommu", Ats.TranslationRequest.class)).last()
        .isEqualTo(new Ats.TranslationRequest(0, 0, PASID, 2, true));
  }

  @Test
  void shouldDenyOnlyTheWriterWhenThePageIsReadOnly() {
    PartHarness<AtsDevice.Command> device = device(
        SPEC, List.of(once(0, PASID, 7, false), once(0, PASID, 7, true)));
    device.settle();
    grant(device, 0, 7, 70, false);
    device.settle();
    assertThat(device.take("iommu", Ats.TranslationRequest.class))
        .extracting(Ats.TranslationRequest::forWrite).containsExactly(false, true);
    grant(device, 0, 7, 70, false);

    assertThat(device.marks(MachineFact.Denied.class))
        .containsExactly(new MachineFact.Denied(PASID, 7, true));
    assertThat(device.marks(MachineFact.Used.class)).hasSize(1);
  }

  @Test
  void shouldStateTheEvictionWhenTheAtcIsFull() {
    PartHarness<AtsDevice.Command> device = device(spec(1, 2, true, true),
        List.of(once(0, PASID, 1, false), once(0, PASID, 2, false)));
    device.settle();
    grant(device, 0, 1, 10, false);
    device.takeMarks();
    grant(device, 1, 2, 20, false);

    assertThat(device.takeMarks()).containsExactly(
        new MachineFact.Dropped(PASID, PageRange.of(1), Cause.EVICTED),
        new MachineFact.Filled(PASID, 2, 20, false, 5),
        new MachineFact.Used(PASID, 2, 20, false, 1));
  }

  @Test
  void shouldWaitForATransferWhenItsEntryWasEvictedMeanwhile() {
    PartHarness<AtsDevice.Command> device = device(spec(1, 2, true, true),
        List.of(once(0, PASID, 1, false), once(0, PASID, 2, false)));
    device.settle();
    grant(device, 0, 1, 10, false);
    grant(device, 1, 2, 20, false);
    invalidate(device, 0, PageRange.of(1));
    device.settle();

    assertThat(device.marks(MachineFact.InvalidationDone.class)).isEmpty();
    device.tell(new AtsDevice.MemoryAnswered(new Dma.Transferred(0)));
    assertThat(device.marks(MachineFact.InvalidationDone.class)).hasSize(1);
  }

  @Test
  void shouldStateItsStepsWhenItIsInvalidated() {
    PartHarness<AtsDevice.Command> device = device(SPEC, List.of());
    PageRange range = new PageRange(4, 4);
    invalidate(device, 9, range);
    device.settle();

    assertThat(device.takeMarks()).containsExactly(
        new MachineFact.InvalidationTaken(PASID, range, 9),
        new MachineFact.Dropped(PASID, range, Cause.INVALIDATED),
        new MachineFact.InvalidationDone(9));
    assertThat(device.nowPs()).isEqualTo(US);
  }

  @Test
  void shouldProcessInvalidationsOneByOneWhenTheyArriveTogether() {
    PartHarness<AtsDevice.Command> device = device(SPEC, List.of());
    invalidate(device, 0, PageRange.of(1));
    invalidate(device, 1, PageRange.of(2));
    device.settle();

    assertThat(device.takeSent("iommu")).extracting(RecordingCtx.Sent::atPs)
        .containsExactly(US, 2 * US);
  }

  @Test
  void shouldKeepAFreshFillWhenItWasAskedForAfterTheInvalidationArrived() {
    PartHarness<AtsDevice.Command> device =
        device(SPEC, List.of(once(US / 2, PASID, 7, false)));
    invalidate(device, 0, PageRange.of(7));
    device.settle();
    grant(device, 0, 7, 70, false);

    assertThat(device.marks(MachineFact.FillDiscarded.class)).isEmpty();
    assertThat(device.marks(MachineFact.Filled.class)).hasSize(1);
  }

  @Test
  void shouldKeepAStaleFillWhenTheCheckIsSwitchedOff() {
    PartHarness<AtsDevice.Command> device = device(
        spec(8, 2, false, true), List.of(once(0, PASID, 7, false), once(9 * US, PASID, 7, false)));
    device.runUntil(US);
    invalidate(device, 0, PageRange.of(7));
    device.runUntil(3 * US);
    assertThat(device.marks(MachineFact.InvalidationDone.class)).hasSize(1);
    grant(device, 0, 7, 70, false);
    device.settle();

    assertThat(device.marks(MachineFact.Used.class)).as("both, of a page that is gone").hasSize(2);
    assertThat(device.marks(MachineFact.FillDiscarded.class)).isEmpty();
  }

  @Test
  void shouldStateTheDiscardWhenAnInvalidationOvertookTheFill() {
    PartHarness<AtsDevice.Command> device =
        device(SPEC, List.of(once(0, PASID, 7, false)));
    device.runUntil(US / 2);
    invalidate(device, 0, PageRange.of(7));
    grant(device, 0, 7, 70, false);

    assertThat(device.marks(MachineFact.FillDiscarded.class))
        .containsExactly(new MachineFact.FillDiscarded(PASID, 7));
    assertThat(device.marks(MachineFact.Filled.class)).isEmpty();
  }

  @Test
  void shouldAnswerUnderARunningTransferWhenDrainingIsSwitchedOff() {
    PartHarness<AtsDevice.Command> device =
        device(spec(8, 2, true, false), List.of(once(0, PASID, 7, false)));
    device.settle();
    grant(device, 0, 7, 70, false);
    invalidate(device, 0, PageRange.of(7));
    device.settle();

    assertThat(device.marks(MachineFact.InvalidationDone.class)).hasSize(1);
    assertThat(device.marks(MachineFact.Drained.class)).isEmpty();
  }

  @Test
  void shouldStateABreachWhenTheIommuBreaksARule() {
    AtsDeviceSpec shallow = new AtsDeviceSpec(8, 8, NS, 2, US, 1, true, true);
    PartHarness<AtsDevice.Command> device = device(shallow, List.of());
    invalidate(device, 0, PageRange.of(7));
    invalidate(device, 0, PageRange.of(8));
    assertThat(device.marks(MachineFact.ProtocolBreach.class)).as("ITag in use").hasSize(1);
    invalidate(device, 1, PageRange.of(9));
    assertThat(device.marks(MachineFact.ProtocolBreach.class)).as("queue full").hasSize(2);
    grant(device, 0, 7, 70, false);

    assertThat(device.marks(MachineFact.ProtocolBreach.class)).as("no such tag").hasSize(3);
    assertThat(device.marks(MachineFact.Filled.class)).isEmpty();
  }
}
