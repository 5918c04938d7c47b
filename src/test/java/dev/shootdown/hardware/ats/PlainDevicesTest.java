package dev.shootdown.hardware.ats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.Access;
import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.Dma;
import dev.shootdown.protocol.DmaDeviceSideContract;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The devices that cache no translations. */
class PlainDevicesTest {
  private static final int PASID = 3;

  private static PartHarness<DmaDevice.Command> untranslated(int tags, DmaJob... jobs) {
    return new PartHarness<>(new RecordingCtx<DmaDevice.Command>("nvme0"),
        ctx -> DmaDevice.create(new DmaDeviceSpec(tags), 4, DmaWork.of(List.of(jobs)), ctx));
  }

  private static PartHarness<BypassDevice.Command> bypassing(int tags, List<DmaJob> jobs) {
    return new PartHarness<>(new RecordingCtx<BypassDevice.Command>("old0"),
        ctx -> BypassDevice.create(new BypassDeviceSpec(tags), 1, DmaWork.of(jobs),
            List.of(new BypassDevice.Pin(PASID, 7, 70)), ctx));
  }

  private static DmaJob job(long page, int count) {
    return new DmaJob(0, PASID, page, Access.WRITE, count, 10, 64);
  }

  @Test
  void shouldHandleAllTheirCommands() {
    CommandAudit.check(DmaDevice.Command.class, () -> untranslated(4));
    CommandAudit.check(BypassDevice.Command.class, () -> bypassing(4, List.of()));
  }

  @Test
  void shouldLeaveTheTranslationToTheIommuWithinItsTags() {
    PartHarness<DmaDevice.Command> device = untranslated(2, job(7, 3));
    device.settle();
    assertThat(device.take("iommu", Ats.UntranslatedDma.class)).containsExactly(
        new Ats.UntranslatedDma(4, 0, PASID, 7, true, 64),
        new Ats.UntranslatedDma(4, 1, PASID, 7, true, 64));
    device.tell(new DmaDevice.IommuSaid(new Ats.UntranslatedDone(0, Ats.Status.UR, 0)));

    assertThat(device.take("iommu", Ats.UntranslatedDma.class))
        .extracting(Ats.UntranslatedDma::tag).containsExactly(2L);
    assertThat(device.takeMarks()).containsExactly(new MachineFact.Denied(PASID, 7, true));
  }

  @Test
  void shouldStateABreachWhenItIsToldWhatItCannotKnow() {
    PartHarness<DmaDevice.Command> device = untranslated(2);
    List.of(new Ats.UntranslatedDone(0, Ats.Status.SC, 0),
            new Ats.InvalidateRequest(0, PASID, PageRange.ALL),
            new Ats.TranslationCompletion(0, PASID, 7, 70, true, 0),
            new Ats.PrgResponse(PASID, 0, Ats.SUCCESS))
        .forEach(said -> device.tell(new DmaDevice.IommuSaid(said)));

    assertThat(device.marks(MachineFact.ProtocolBreach.class)).hasSize(4);
    assertThat(device.takeSent("iommu")).isEmpty();
  }

  @Test
  void shouldUseThePinnedFrameOnlyWhenItBypassesTheIommu() {
    PartHarness<BypassDevice.Command> device =
        bypassing(4, List.of(job(7, 1), job(8, 1)));
    device.settle();
    device.tell(new BypassDevice.MemoryAnswered(new Dma.Transferred(0)));

    assertThat(device.takeMarks()).containsExactly(
        new MachineFact.PagesPinned(PASID, List.of(7L), List.of(70L)),
        new MachineFact.Used(PASID, 7, 70, true, 0),
        new MachineFact.Denied(PASID, 8, true), new MachineFact.Drained(0));
  }

  @Nested
  class AsDmaDevice extends DmaDeviceSideContract {
    @Override
    protected Subject subject(int count, int sizeBytes) {
      PartHarness<BypassDevice.Command> device = bypassing(8, Collections.nCopies(
          count, new DmaJob(0, PASID, 7, Access.WRITE, 1, 0, sizeBytes)));
      device.settle();
      return new Subject() {
        @Override
        public void hear(Dma.ToDevice message) {
          device.tell(new BypassDevice.MemoryAnswered(message));
        }

        @Override
        public List<Dma.Transfer> takeSaid() {
          return device.take("memory", Dma.Transfer.class);
        }

        @Override
        public int breaches() {
          return device.marks(MachineFact.ProtocolBreach.class).size();
        }
      };
    }
  }
}
