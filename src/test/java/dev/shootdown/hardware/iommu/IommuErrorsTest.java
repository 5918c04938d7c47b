package dev.shootdown.hardware.iommu;

import static dev.shootdown.hardware.iommu.IommuRig.NS;
import static dev.shootdown.hardware.iommu.IommuRig.PASID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.Invalidation.Completed;
import dev.shootdown.protocol.Invalidation.DeviceTlb;
import dev.shootdown.protocol.Invalidation.Iotlb;
import dev.shootdown.protocol.Invalidation.Status;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Devices that answer late or never, by interface. */
class IommuErrorsTest {
  private static final long LIMIT_PS = 50_000 * NS;

  private static IommuRig rig(CommandInterface kind) {
    return new IommuRig(kind, Specs.plain().deviceTimeout(LIMIT_PS).build(), 32, false);
  }

  private static Invalidation.Submit submit(
      long ticket, long giveUpPs, Invalidation.Descriptor command) {
    return new Invalidation.Submit(
        0, ticket, ticket, List.of(command, new Invalidation.Wait(giveUpPs)));
  }

  private static DeviceTlb deviceTlb(int device) {
    return new DeviceTlb(device, PASID, PageRange.ALL);
  }

  private static List<Completed> answers(IommuRig rig) {
    return rig.part.take("cpus", Completed.class);
  }

  /** One device that is late makes everybody in the ring submit again. */
  @Test
  void shouldAbortAndRepeatAllWhenADeviceIsLateOnVtd() {
    IommuRig rig = rig(CommandInterface.VTD);
    rig.hear(submit(1, 0, deviceTlb(0)));
    rig.hear(submit(2, 0, new Iotlb(PASID, PageRange.ALL)));
    rig.part.runUntil(LIMIT_PS);
    assertThat(rig.part.marks(MachineFact.SubmissionAborted.class)).hasSize(2);
    rig.part.runUntil(LIMIT_PS + 10_000 * NS);
    List<MachineFact.InvalidationSent> sent =
        rig.part.marks(MachineFact.InvalidationSent.class);
    assertThat(sent).as("the tag that is still owed is not used again")
        .extracting(MachineFact.InvalidationSent::itag).containsExactly(0, 1);
    rig.hear(new Ats.InvalidateCompletion(0, 0));
    assertThat(answers(rig)).as("the answer to what was aborted").isEmpty();
    rig.hear(new Ats.InvalidateCompletion(0, 1));

    assertThat(answers(rig)).extracting(Completed::status)
        .containsExactly(Status.DONE, Status.DONE);
    assertThat(rig.breaches()).isZero();
  }

  @Test
  void shouldRepeatOnlyTheOthersWhenTheDeviceIsGoneOnVtd() {
    IommuRig rig = rig(CommandInterface.VTD);
    rig.hear(submit(1, 0, deviceTlb(0)));
    rig.hear(submit(2, 0, deviceTlb(1)));
    rig.hear(new Ats.LinkDown(0));
    rig.part.runUntil(LIMIT_PS + 10_000 * NS);
    assertThat(answers(rig)).extracting(Completed::status)
        .containsExactly(Status.DEVICE_GONE);
    rig.hear(new Ats.InvalidateCompletion(1, 0));
    rig.hear(new Ats.InvalidateCompletion(1, 1));

    assertThat(answers(rig)).extracting(Completed::ticket).containsExactly(2L);
  }

  @Test
  void shouldGoOnWhenADeviceIsLateOnAmd() {
    IommuRig rig = rig(CommandInterface.AMD);
    rig.hear(submit(1, 0, deviceTlb(0)));
    rig.part.settle();

    assertThat(answers(rig)).extracting(Completed::status).containsExactly(Status.DONE);
    assertThat(rig.part.marks(MachineFact.InvalidationExpired.class))
        .containsExactly(new MachineFact.InvalidationExpired(0, 0, false));
  }

  /** Repeating the CMD_SYNC helps nothing as long as the device is silent. */
  @Test
  void shouldRepeatTheWaitUntilTheCpuGivesUpOnSmmu() {
    IommuRig rig = rig(CommandInterface.SMMU);
    rig.hear(submit(1, 10 * LIMIT_PS, deviceTlb(0)));
    rig.hear(submit(2, 0, new Iotlb(PASID, PageRange.ALL)));
    rig.part.runUntil(11 * LIMIT_PS);

    assertThat(rig.part.marks(MachineFact.InvalidationExpired.class)).hasSizeGreaterThan(5);
    assertThat(answers(rig)).extracting(Completed::status).containsExactly(Status.GAVE_UP);
    rig.hear(new Ats.InvalidateCompletion(0, 0));
    rig.part.settle();
    assertThat(answers(rig)).as("the queue goes on").extracting(Completed::ticket)
        .containsExactly(2L);
  }

  /** A driver that gives up carries on as if it were done: that is what has to be visible. */
  @Test
  void shouldStateThatACpuGaveUpAndKeepTheTagInUse() {
    IommuRig rig = new IommuRig(CommandInterface.AMD, Specs.plain().build(), 1, false);
    rig.hear(submit(1, 100, deviceTlb(0)));
    rig.hear(submit(2, 100, deviceTlb(0)));
    rig.part.settle();

    assertThat(rig.part.marks(MachineFact.SubmissionAbandoned.class)).hasSize(2);
    assertThat(rig.part.marks(MachineFact.InvalidationSent.class))
        .as("the device takes one at a time").hasSize(1);
    assertThat(answers(rig)).extracting(Completed::status)
        .containsExactly(Status.GAVE_UP, Status.GAVE_UP);
  }

  @Test
  void shouldKeepSlotsFreeWhenSoftwareDoes() {
    IommuSpec spec = new IommuSpec(8, 8, NS, 1, NS, NS, 5, true, true, 1,
        Optional.empty(), 0, PageRequestLogSpec.NONE, 0, WalkCacheSpec.NONE, true,
        true, false, true);
    IommuRig rig = new IommuRig(spec);
    rig.hear(submit(1, 0, deviceTlb(0)));
    rig.hear(submit(2, 0, deviceTlb(0)));
    rig.hear(submit(3, 0, deviceTlb(0)));
    rig.part.settle();

    assertThat(rig.part.marks(MachineFact.InvalidationSent.class)).as("2 + 2 + 1 of 5")
        .hasSize(2);
  }

  /** What nobody waits for any more must not keep a run from being over. */
  @Test
  void shouldLeaveNoTimerBehindWhenEverythingWasAnswered() {
    long secondPs = 1_000_000_000L * NS;
    IommuRig rig = new IommuRig(
        CommandInterface.AMD, Specs.plain().deviceTimeout(60 * secondPs).build(), 32, false);
    rig.hear(submit(1, secondPs, deviceTlb(0)));
    rig.hear(new Ats.InvalidateCompletion(0, 0));
    rig.part.settle();

    assertThat(answers(rig)).extracting(Completed::status).containsExactly(Status.DONE);
    assertThat(rig.part.nowPs()).isLessThanOrEqualTo(20_000 * NS);
  }

  @Test
  void shouldGiveUpAtTheLimitAndNotWhenItOnlyLooks() {
    long secondPs = 1_000_000_000L * NS;
    IommuRig rig = new IommuRig(
        CommandInterface.AMD, Specs.plain().deviceTimeout(3 * secondPs).build(), 32, false);
    rig.hear(submit(1, secondPs, deviceTlb(0)));
    rig.part.settle();

    assertThat(rig.part.markedAtPs(MachineFact.SubmissionAbandoned.class))
        .containsExactly(secondPs);
    assertThat(rig.part.markedAtPs(MachineFact.InvalidationExpired.class))
        .containsExactly(3 * secondPs);
  }
}
