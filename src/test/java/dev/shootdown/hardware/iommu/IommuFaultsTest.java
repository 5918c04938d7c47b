package dev.shootdown.hardware.iommu;

import static dev.shootdown.hardware.iommu.IommuRig.NS;
import static dev.shootdown.hardware.iommu.IommuRig.PASID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.hardware.iommu.PageRequestLogSpec.Overflow;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.AtsIommuSideContract.Mapping;
import dev.shootdown.protocol.DeviceFaults;
import dev.shootdown.protocol.Dma;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Page requests, stalled transactions, and untranslated DMA that an invalidation waits for. */
class IommuFaultsTest {
  private static IommuRig rig(CommandInterface kind, Specs specs) {
    return new IommuRig(kind, specs.build(), 32, true);
  }

  private static Ats.PageRequest request(int group, boolean last) {
    return new Ats.PageRequest(1, PASID, 7, true, group, last);
  }

  private static Invalidation.Submit submit(Invalidation.Descriptor... all) {
    return new Invalidation.Submit(0, 0, 1, List.of(all));
  }

  private static <M> List<M> told(IommuRig rig, Class<M> type) {
    return rig.part.takeSent("faults").stream().map(sent -> sent.message())
        .filter(type::isInstance).map(type::cast).toList();
  }

  @Test
  void shouldWriteTheRecordAndAnswerWhenSoftwareSaysSo() {
    IommuRig rig = rig(CommandInterface.VTD, Specs.plain().log(8, Overflow.SUCCESS, 80 * NS));
    rig.hear(request(3, true));
    rig.part.settle();
    assertThat(told(rig, DeviceFaults.Raised.class)).containsExactly(
        new DeviceFaults.Raised(2, 1, PASID, 7, true, 3, true, false));
    assertThat(rig.part.nowPs()).isEqualTo(80 * NS);
    rig.hear(submit(new Invalidation.PageResponse(1, PASID, 3, Ats.SUCCESS)));

    assertThat(rig.takeSaid(1, Ats.PrgResponse.class))
        .containsExactly(new Ats.PrgResponse(PASID, 3, Ats.SUCCESS));
    assertThat(rig.part.marks(MachineFact.Occupied.class))
        .containsExactly(new MachineFact.Occupied("page-request-log", 1, 8));
  }

  /** "Success" for what nobody served: the device will fault again. */
  @Test
  void shouldAnswerByItselfWhenTheLogOverflows() {
    for (Overflow overflow : Overflow.values()) {
      IommuRig rig = rig(CommandInterface.VTD, Specs.plain().log(1, overflow, NS));
      rig.hear(request(0, true));
      rig.hear(request(1, false));
      rig.hear(request(1, true));
      rig.hear(new DeviceFaults.Taken(1));
      rig.hear(request(2, true));
      rig.part.settle();
      assertThat(rig.takeSaid(1, Ats.PrgResponse.class)).extracting(Ats.PrgResponse::group)
          .as("lost until software clears the overflow")
          .containsExactlyElementsOf(
              overflow == Overflow.SUCCESS ? List.of(1, 2) : List.of());
      rig.hear(new DeviceFaults.OverflowCleared());
      rig.hear(request(4, true));
      rig.part.settle();

      assertThat(told(rig, DeviceFaults.Raised.class))
          .extracting(DeviceFaults.Raised::group).containsExactly(0, 4);
      assertThat(told(rig, DeviceFaults.Overflowed.class)).isEmpty();
    }
  }

  @Test
  void shouldStateABreachWhenSoftwareTakesMoreThanWasWritten() {
    IommuRig rig = rig(CommandInterface.VTD, Specs.plain().log(8, Overflow.SUCCESS, NS));
    rig.hear(new DeviceFaults.Taken(1));

    assertThat(rig.breaches()).isEqualTo(1);
  }

  @Test
  void shouldWaitForTheLogWhenADrainIsAskedFor() {
    IommuRig rig = rig(CommandInterface.VTD, Specs.plain().log(8, Overflow.SUCCESS, 90 * NS));
    rig.hear(request(3, true));
    rig.hear(submit(new Invalidation.Wait(false, true, 0)));
    assertThat(rig.part.takeSent("cpus")).as("the record can't be read yet").isEmpty();
    rig.part.settle();

    assertThat(rig.part.takeSent("cpus")).hasSize(1);
  }

  @Test
  void shouldHoldTheTransferWhenItsFaultCanStall() {
    IommuRig rig = rig(CommandInterface.SMMU, Specs.plain().stalls(1));
    rig.hear(new Ats.UntranslatedDma(0, 5, PASID, 7, true, 64));
    rig.hear(new Ats.UntranslatedDma(1, 6, PASID, 8, false, 64));
    rig.settleWithTable();
    assertThat(told(rig, DeviceFaults.Raised.class)).as("one stall tag")
        .containsExactly(new DeviceFaults.Raised(2, 0, PASID, 7, true, 0, true, true));
    rig.hear(submit(new Invalidation.Resume(0, true)));
    rig.settleWithTable();
    assertThat(told(rig, DeviceFaults.Raised.class)).as("still not there").hasSize(1);
    rig.map(List.of(new Mapping(7, 70, true)));
    rig.hear(submit(new Invalidation.Resume(0, true)));
    rig.settleWithAll();
    assertThat(rig.takeSaid(0, Ats.UntranslatedDone.class)).hasSize(1);
    assertThat(told(rig, DeviceFaults.Raised.class)).extracting(DeviceFaults.Raised::page)
        .as("the next one has the tag now").containsExactly(8L);
    rig.hear(submit(new Invalidation.Resume(0, false)));

    assertThat(rig.takeSaid(1, Ats.UntranslatedDone.class))
        .containsExactly(new Ats.UntranslatedDone(6, Ats.Status.UR, 0));
    assertThat(rig.part.marks(MachineFact.FaultRetried.class)).hasSize(1);
    assertThat(rig.part.marks(MachineFact.FaultResolved.class))
        .extracting(MachineFact.FaultResolved::how).containsExactly(
            MachineFact.Resolution.SERVED, MachineFact.Resolution.REFUSED);
    rig.hear(submit(new Invalidation.Resume(0, true)));
    assertThat(rig.breaches()).as("no such stall").isEqualTo(1);
  }

  @Test
  void shouldEndTheTransferWhenNothingCanStall() {
    IommuRig rig = rig(CommandInterface.VTD, Specs.plain());
    rig.hear(new Ats.UntranslatedDma(0, 5, PASID, 7, true, 64));
    rig.settleWithTable();

    assertThat(rig.takeSaid(0, Ats.UntranslatedDone.class))
        .containsExactly(new Ats.UntranslatedDone(5, Ats.Status.UR, 0));
  }

  /** The flags DR and DW: without them a frame is freed under a running transfer. */
  @Test
  void shouldWaitForUntranslatedDmaWhenItUsedWhatIsDropped() {
    for (boolean drains : new boolean[] {true, false}) {
      IommuRig rig = rig(
          CommandInterface.VTD, drains ? Specs.plain() : Specs.plain().withoutDrain());
      rig.map(List.of(new Mapping(7, 70, true)));
      rig.hear(new Ats.UntranslatedDma(0, 5, PASID, 7, true, 64));
      rig.settleWithTable();
      List<Dma.Transfer> transfers = rig.part.take("memory", Dma.Transfer.class);
      assertThat(transfers).containsExactly(new Dma.Transfer(6, 0, 70, true, 64));
      rig.hear(submit(new Invalidation.Iotlb(PASID, PageRange.of(7)),
          new Invalidation.DeviceTlb(1, PASID, PageRange.of(7))));
      rig.part.settle();

      assertThat(rig.part.marks(MachineFact.InvalidationSent.class))
          .hasSize(drains ? 0 : 1);
      rig.part.tell(new Iommu.MemoryAnswered(new Dma.Transferred(0)));
      assertThat(rig.part.marks(MachineFact.InvalidationSent.class)).hasSize(1);
    }
  }

  @Test
  void shouldNotWaitForUntranslatedDmaWhenItUsesOtherPages() {
    IommuRig rig =
        rig(CommandInterface.VTD, Specs.plain()).map(List.of(new Mapping(7, 70, true)));
    rig.hear(new Ats.UntranslatedDma(0, 5, PASID, 7, true, 64));
    rig.settleWithTable();
    rig.hear(submit(new Invalidation.Iotlb(PASID, PageRange.of(8))));
    rig.part.settle();

    assertThat(rig.part.takeSent("cpus")).hasSize(1);
  }
}
