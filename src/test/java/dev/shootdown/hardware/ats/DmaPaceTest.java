package dev.shootdown.hardware.ats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.Access;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.hardware.ats.DmaDeviceSpec.Completion;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.PartHarness;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a device without a translation cache starts its transfers. */
class DmaPaceTest {
  private static final int TAGS = 2;

  private static PartHarness<DmaDevice.Command> device(Completion completion, long gapPs) {
    DmaJob job = new DmaJob(0, 3, 7, Access.READ, 4, 0, 64);
    return new PartHarness<>(
        new RecordingCtx<DmaDevice.Command>("nic0"),
        ctx ->
            DmaDevice.create(
                new DmaDeviceSpec(TAGS, completion, gapPs), 0, DmaWork.of(List.of(job)), ctx));
  }

  private static void done(PartHarness<DmaDevice.Command> device, long tag) {
    device.tell(new DmaDevice.IommuSaid(new Ats.UntranslatedDone(tag, Ats.Status.SC, 64)));
  }

  private static List<Long> tags(PartHarness<DmaDevice.Command> device) {
    return device.take("iommu", Ats.UntranslatedDma.class).stream()
        .map(Ats.UntranslatedDma::tag).toList();
  }

  @Test
  void shouldStartAnotherWhenAnyHasEnded() {
    PartHarness<DmaDevice.Command> device = device(Completion.ANY_ORDER, 0);
    device.settle();
    assertThat(tags(device)).containsExactly(0L, 1L);
    done(device, 1);
    assertThat(tags(device)).containsExactly(2L);
  }

  @Test
  void shouldHoldUpTheOthersWhenTheOldestHasNotEnded() {
    PartHarness<DmaDevice.Command> device = device(Completion.IN_ORDER, 0);
    device.settle();
    assertThat(tags(device)).containsExactly(0L, 1L);
    done(device, 1);
    assertThat(tags(device)).isEmpty();
    done(device, 0);
    assertThat(tags(device)).containsExactly(2L, 3L);
  }

  @Test
  void shouldKeepTheGapWhenManyAreDueAtOnce() {
    PartHarness<DmaDevice.Command> device = device(Completion.ANY_ORDER, 15);
    device.runUntil(14);
    assertThat(tags(device)).containsExactly(0L);
    device.runUntil(15);
    assertThat(tags(device)).containsExactly(1L);
    device.runUntil(100);
    assertThat(tags(device)).as("no tag is free").isEmpty();
    done(device, 0);
    done(device, 1);
    assertThat(tags(device)).containsExactly(2L);
    device.runUntil(115);
    assertThat(tags(device)).containsExactly(3L);
  }

  @Test
  void shouldHandleAllCommands() {
    CommandAudit.check(DmaDevice.Command.class, () -> device(Completion.IN_ORDER, 15));
  }
}
