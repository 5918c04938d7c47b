package dev.shootdown.hardware.accelerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.Mirror;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

class GpuTest {
  private static final long INVALIDATION_PS = 500;
  private static final PageRange PAGE = PageRange.of(7);
  private static final GpuJob JOB = new GpuJob(0, 7, true, 3, 1000);

  private static PartHarness<Gpu.Command> gpu(GpuSpec.Faults faults, GpuJob... jobs) {
    GpuSpec spec = new GpuSpec(16, 4, 10, INVALIDATION_PS, faults);
    return new PartHarness<>(
        new RecordingCtx<Gpu.Command>("gpu0"), ctx -> Gpu.create(spec, 0, List.of(jobs), ctx));
  }

  private static void map(PartHarness<Gpu.Command> gpu, int job, long pfn, boolean writable) {
    gpu.tell(new Gpu.DriverSaid(new Mirror.Mapped(job, 7, pfn, writable, 0)));
  }

  private static void forget(PartHarness<Gpu.Command> gpu) {
    gpu.tell(new Gpu.DriverSaid(new Mirror.Forget(PAGE)));
  }

  private static List<Mirror.ToDriver> said(PartHarness<Gpu.Command> gpu) {
    return gpu.take("driver", Mirror.ToDriver.class);
  }

  private static int uses(PartHarness<Gpu.Command> gpu) {
    return gpu.marks(MachineFact.Used.class).size();
  }

  @Test
  void shouldAskOnceAndRunToTheEndWhenItsPageStays() {
    PartHarness<Gpu.Command> gpu = gpu(GpuSpec.Faults.RECOVERABLE, JOB);
    gpu.settle();
    assertThat(said(gpu)).containsExactly(new Mirror.Want(0, 7, true));
    map(gpu, 0, 70, true);
    gpu.settle();

    assertThat(gpu.markedAtPs(MachineFact.Used.class)).containsExactly(0L, 1000L, 2000L);
    assertThat(said(gpu)).isEmpty();
  }

  @Test
  void shouldAskAgainWhenThePageMayNotBeWritten() {
    PartHarness<Gpu.Command> gpu = gpu(GpuSpec.Faults.RECOVERABLE, JOB);
    gpu.settle();
    said(gpu);
    map(gpu, 0, 70, false);

    assertThat(said(gpu)).containsExactly(new Mirror.Want(0, 7, true));
    assertThat(uses(gpu)).isZero();
  }

  @Test
  void shouldForgetInTheMiddleOfAJobWhenFaultsAreRecoverable() {
    PartHarness<Gpu.Command> gpu = gpu(GpuSpec.Faults.RECOVERABLE, JOB);
    gpu.settle();
    map(gpu, 0, 70, true);
    said(gpu);
    gpu.runUntil(100);
    forget(gpu);
    gpu.runUntil(100 + INVALIDATION_PS);
    assertThat(said(gpu)).containsExactly(new Mirror.Forgotten());
    gpu.settle();

    assertThat(said(gpu)).containsExactly(new Mirror.Want(0, 7, true));
    assertThat(uses(gpu)).isEqualTo(1);
  }

  @Test
  void shouldLetTheJobEndFirstWhenItCannotBeStopped() {
    GpuJob later = new GpuJob(1500, 7, false, 1, 0);
    PartHarness<Gpu.Command> gpu = gpu(GpuSpec.Faults.BEFORE_START, JOB, later);
    gpu.runUntil(0);
    map(gpu, 0, 70, true);
    said(gpu);
    gpu.runUntil(100);
    forget(gpu);
    gpu.runUntil(2000 + INVALIDATION_PS - 1);
    assertThat(said(gpu)).isEmpty();
    assertThat(uses(gpu)).as("the later job waits").isEqualTo(3);
    gpu.settle();

    assertThat(said(gpu)).containsExactly(new Mirror.Forgotten(), new Mirror.Want(1, 7, false));
  }

  @Test
  void shouldDiscardAnAnswerThatMayBeOlderThanWhatItForgotWhenJobsCannotBeStopped() {
    PartHarness<Gpu.Command> gpu = gpu(GpuSpec.Faults.BEFORE_START, JOB);
    gpu.settle();
    forget(gpu);
    gpu.settle();
    said(gpu);
    map(gpu, 0, 70, true);
    assertThat(uses(gpu)).isZero();
    assertThat(gpu.marks(MachineFact.FillDiscarded.class)).hasSize(1);
    assertThat(said(gpu)).containsExactly(new Mirror.Want(0, 7, true));
    map(gpu, 0, 71, true);

    assertThat(uses(gpu)).isEqualTo(1);
  }

  @Test
  void shouldEndTheJobWhenTheDriverGivesUp() {
    PartHarness<Gpu.Command> gpu = gpu(GpuSpec.Faults.RECOVERABLE, JOB);
    gpu.settle();
    gpu.tell(new Gpu.DriverSaid(new Mirror.Failed(0)));
    gpu.settle();

    assertThat(gpu.marks(MachineFact.Denied.class)).hasSize(1);
    assertThat(uses(gpu)).isZero();
    assertThat(said(gpu)).hasSize(1);
  }

  @Test
  void shouldStateABreachWhenToldToForgetTwiceAtATime() {
    PartHarness<Gpu.Command> gpu = gpu(GpuSpec.Faults.RECOVERABLE, JOB);
    forget(gpu);
    forget(gpu);

    assertThat(gpu.marks(MachineFact.ProtocolBreach.class)).hasSize(1);
  }

  @Test
  void shouldRefuseAJobWithoutAccesses() {
    assertThatIllegalArgumentException().isThrownBy(() -> new GpuJob(0, 1, true, 0, 1))
        .withMessageContaining("not 0");
  }

  @Test
  void shouldHandleEveryCommand() {
    CommandAudit.check(Gpu.Command.class, () -> gpu(GpuSpec.Faults.RECOVERABLE, JOB));
  }
}
