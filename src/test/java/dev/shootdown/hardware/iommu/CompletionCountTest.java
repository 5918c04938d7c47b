package dev.shootdown.hardware.iommu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Invalidation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A device with several traffic classes answers an invalidation several times. */
class CompletionCountTest {
  private static IommuSpec spec(int deviceQueueDepth, boolean countsCompletions) {
    return new IommuSpec(
        8, 8, 1, 2, 1, 1, 256, true, true, 0, Optional.empty(), 0, PageRequestLogSpec.NONE, 0,
        WalkCacheSpec.NONE, true, true, false, true, 0, deviceQueueDepth, countsCompletions);
  }

  private static IommuRig invalidating(IommuSpec spec, int pages) {
    IommuRig rig = new IommuRig(spec, 2);
    List<Invalidation.Descriptor> commands = new ArrayList<>();
    for (int page = 0; page < pages; page++) {
      commands.add(new Invalidation.DeviceTlb(0, IommuRig.PASID, PageRange.of(page)));
    }
    rig.hear(new Invalidation.Submit(0, 1, 1, commands));
    return rig;
  }

  @Test
  void shouldWaitForAllAnswersWhenTheDeviceSaysHowManyItGives() {
    IommuRig rig = invalidating(spec(0, true), 1);
    for (int answers = 0; answers < 3; answers++) {
      assertThat(rig.part.takeSent("cpus")).as("after %d", answers).isEmpty();
      rig.hear(new Ats.InvalidateCompletion(0, 0, 3));
    }

    assertThat(rig.part.takeSent("cpus")).hasSize(1);
    assertThat(rig.breaches()).isZero();
    rig.hear(new Ats.InvalidateCompletion(0, 0, 3));
    assertThat(rig.breaches()).as("one too many").isEqualTo(1);
  }

  @Test
  void shouldTakeTheFirstAnswerForAllWhenItDoesNotCount() {
    IommuRig rig = invalidating(spec(0, false), 1);
    rig.hear(new Ats.InvalidateCompletion(0, 0, 3));
    assertThat(rig.part.takeSent("cpus")).hasSize(1);

    rig.hear(new Ats.InvalidateCompletion(0, 0, 3));
    rig.hear(new Ats.InvalidateCompletion(0, 0, 3));
    assertThat(rig.part.takeSent("cpus")).isEmpty();
    assertThat(rig.breaches()).isZero();
  }

  @Test
  void shouldStateABreachWhenTheDeviceChangesItsMind() {
    IommuRig rig = invalidating(spec(0, true), 1);
    rig.hear(new Ats.InvalidateCompletion(0, 0, 3));
    rig.hear(new Ats.InvalidateCompletion(0, 0, 2));

    assertThat(rig.breaches()).isEqualTo(1);
  }

  @Test
  void shouldSendNoMoreThanSoftwareSaysThatTheDeviceTakes() {
    assertThat(sent(0)).as("the device's own depth").isEqualTo(2);
    assertThat(sent(1)).isEqualTo(1);
    assertThat(sent(5)).isEqualTo(5);
  }

  private static int sent(int told) {
    return invalidating(spec(told, true), 8).part.takeSent("devices").size();
  }
}
