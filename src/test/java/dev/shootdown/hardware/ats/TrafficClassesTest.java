package dev.shootdown.hardware.ats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.Access;
import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Dma;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A device whose transfers take turns over three traffic classes. */
class TrafficClassesTest {
  private static final int PASID = 3;
  private static final Ats.InvalidateCompletion ANSWER = new Ats.InvalidateCompletion(0, 4, 3);

  private static AtsDeviceSpec spec(boolean drains) {
    return new AtsDeviceSpec(
        8, 8, 1, 8, 1, 32, true, drains, 20, PageRequestSpec.NONE, Optional.empty(), 3, 0,
        false, 0);
  }

  /** Transfers 0 and 1 of page 7 are under way, in classes 0 and 1, when it is invalidated. */
  private static PartHarness<AtsDevice.Command> invalidated(boolean drains) {
    PartHarness<AtsDevice.Command> device = new PartHarness<>(
        new RecordingCtx<AtsDevice.Command>("nic0"),
        ctx -> AtsDevice.create(
            spec(drains), new AtsDeviceLayout(0, 1),
            DmaWork.of(List.of(new DmaJob(0, PASID, 7, Access.READ, 2, 0, 64))), ctx));
    device.settle();
    device.tell(new AtsDevice.IommuSaid(
        new Ats.TranslationCompletion(0, PASID, 7, 70, false, 5)));
    device.settle();
    device.takeSent("iommu");
    device.tell(new AtsDevice.IommuSaid(
        new Ats.InvalidateRequest(4, PASID, PageRange.of(7))));
    device.settle();
    return device;
  }

  private static List<Ats.ToIommu> answers(PartHarness<AtsDevice.Command> device) {
    return device.take("iommu", Ats.ToIommu.class);
  }

  @Test
  void shouldAnswerEachClassWhenItsOwnTransfersAreOver() {
    PartHarness<AtsDevice.Command> device = invalidated(true);
    assertThat(answers(device)).as("class 2").containsExactly(ANSWER);
    device.tell(new AtsDevice.MemoryAnswered(new Dma.Transferred(1)));
    assertThat(answers(device)).as("class 1").containsExactly(ANSWER);
    assertThat(device.marks(MachineFact.InvalidationDone.class)).isEmpty();
    device.tell(new AtsDevice.MemoryAnswered(new Dma.Transferred(0)));

    assertThat(answers(device)).as("class 0").containsExactly(ANSWER);
    assertThat(device.marks(MachineFact.InvalidationDone.class)).hasSize(1);
  }

  @Test
  void shouldAnswerAllClassesAtOnceWhenItDoesNotDrain() {
    PartHarness<AtsDevice.Command> device = invalidated(false);

    assertThat(answers(device)).containsExactly(ANSWER, ANSWER, ANSWER);
    assertThat(device.marks(MachineFact.InvalidationDone.class)).hasSize(1);
  }
}
