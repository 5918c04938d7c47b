package dev.shootdown.hardware.iommu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.PageWalk;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A walker that is busy for longer than its walk takes. */
class WalkRecoveryTest {
  private static final long RECOVERY_PS = 26_000;

  private static IommuRig rig(long recoveryPs) {
    return new IommuRig(
        new IommuSpec(
            128, 128, 0, 1, 0, 0, 256, true, true, 0, Optional.empty(), 0,
            PageRequestLogSpec.NONE, 0, WalkCacheSpec.NONE, true, true, false, true,
            recoveryPs));
  }

  private static void missTwice(IommuRig rig) {
    rig.hear(new Ats.TranslationRequest(0, 1, IommuRig.PASID, 1, false));
    rig.hear(new Ats.TranslationRequest(0, 2, IommuRig.PASID, 2, false));
    rig.part.settle();
    rig.part.takeSent("tables");
    rig.hear(new PageWalk.Entry(0, IommuRig.PASID, 1, 10, false, 0));
  }

  @Test
  void shouldAnswerAtOnceAndWalkLaterWhenAWalkerRecovers() {
    IommuRig rig = rig(RECOVERY_PS);
    missTwice(rig);
    assertThat(rig.part.takeSent("devices")).hasSize(1);
    rig.part.runUntil(rig.part.nowPs() + RECOVERY_PS - 1);
    assertThat(rig.part.takeSent("tables")).isEmpty();
    rig.part.settle();
    assertThat(rig.part.takeSent("tables")).hasSize(1);
  }

  @Test
  void shouldWalkAtOnceWhenItDoesNot() {
    IommuRig rig = rig(0);
    missTwice(rig);
    long answeredPs = rig.part.nowPs();
    rig.part.runUntil(answeredPs);
    assertThat(rig.part.takeSent("tables")).hasSize(1);
  }
}
