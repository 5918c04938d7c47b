package dev.shootdown.kernel.hmm;

import static dev.shootdown.kernel.hmm.MirrorRig.AREA;
import static dev.shootdown.kernel.hmm.MirrorRig.COSTS;
import static dev.shootdown.kernel.hmm.MirrorRig.ELSEWHERE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Mirror;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A mirror with nouveau's driver: batches, replay, and two notifiers. */
class NouveauTest {
  private static final long REPLAY_PS = 500;

  private MirrorRig gpu = gpu(false);

  private static MirrorRig gpu(boolean plainFirst) {
    return new MirrorRig(new MirrorDriver.Nouveau(plainFirst, REPLAY_PS));
  }

  private static Mirror.Mapped mapped(int job, long page, long pfn, long readAtPs) {
    return new Mirror.Mapped(job, page, pfn, true, readAtPs);
  }

  private void fill(long page, long pfn) {
    gpu.want(1, page, true);
    gpu.runFor(50);
    gpu.present(pfn);
    gpu.runFor(REPLAY_PS + 100);
    gpu.toldToGpu();
  }

  @Test
  void shouldHandleABatchByAddressOneAfterTheOtherAndReplayOnce() {
    gpu.want(1, 103, false);
    gpu.want(2, 101, true);
    gpu.want(3, 101, false);
    gpu.runFor(COSTS.faultPs() + COSTS.walkPs());
    gpu.want(4, 100, false);
    gpu.present(71);
    gpu.runFor(COSTS.mapPs() + COSTS.walkPs());
    gpu.present(73);
    gpu.runFor(COSTS.mapPs());
    assertThat(gpu.walked()).as("page 101 was mapped for both").isEmpty();
    assertThat(gpu.toldToGpu()).as("nothing before the replay").isEmpty();
    gpu.runFor(REPLAY_PS);
    assertThat(gpu.toldToGpu()).containsExactly(
        mapped(3, 101, 71, 30), mapped(2, 101, 71, 30), mapped(1, 103, 73, 80));

    gpu.runFor(COSTS.faultPs() + COSTS.walkPs());
    assertThat(gpu.walked()).as("the next batch").containsExactly(100L);
  }

  /** Page 101 is taken away while the fault on page 102 keeps the batch from being replayed. */
  @Test
  void shouldFaultAgainWhenAPageWasTakenAwayBeforeTheReplay() {
    gpu.want(1, 101, true);
    gpu.want(2, 102, true);
    gpu.runFor(30);
    gpu.present(71);
    gpu.runFor(30 + 20);
    gpu.start(PageRange.of(101), true);
    gpu.runFor(200);
    gpu.forgotten();
    gpu.end(PageRange.of(101));
    gpu.present(72);
    gpu.runFor(30 + REPLAY_PS);
    assertThat(gpu.toldToGpu()).contains(new Mirror.Mapped(2, 102, 72, true, 280))
        .noneMatch(said -> said instanceof Mirror.Mapped one && one.job() == 1);
    assertThat(gpu.retries()).isEqualTo(1);

    gpu.runFor(30);
    assertThat(gpu.walked()).containsExactly(101L);
  }

  /** The batch goes on, and what could be mapped is replayed. */
  @Test
  void shouldCancelOnlyTheFaultWhosePageTheProcessHasNot() {
    gpu.unmap(PageRange.of(101));
    gpu.want(1, 101, true);
    gpu.want(2, 102, true);
    gpu.runFor(30);
    gpu.absent();
    assertThat(gpu.toldToGpu()).containsExactly(new Mirror.Failed(1));
    gpu.runFor(20);
    gpu.present(72);
    gpu.runFor(30 + REPLAY_PS);

    assertThat(gpu.toldToGpu()).singleElement().isInstanceOf(Mirror.Mapped.class);
    assertThat(gpu.part.marks(MachineFact.FaultResolved.class))
        .extracting(MachineFact.FaultResolved::how)
        .containsExactly(
            MachineFact.Resolution.FAILED, MachineFact.Resolution.SERVED);
  }

  /** A notifier of the whole area would have sent the fault back. */
  @Test
  void shouldNotTryAgainWhenAnotherPageIsInvalidated() {
    gpu.want(1, 101, true);
    gpu.runFor(30);
    gpu.start(PageRange.of(102), true);
    gpu.runFor(500);
    assertThat(gpu.results()).containsExactly(new KernelCall.Ok());
    gpu.present(71);
    gpu.runFor(REPLAY_PS + 100);
    assertThat(gpu.retries()).isZero();
    assertThat(gpu.toldToGpu()).hasSize(1);
  }

  @Test
  void shouldTryAgainWhenItsOwnPageIsInvalidatedMeanwhile() {
    gpu.want(1, 101, true);
    gpu.runFor(30);
    gpu.start(PageRange.of(101), true);
    gpu.runFor(500);
    gpu.present(70);
    gpu.runFor(500);
    assertThat(gpu.part.marks(MachineFact.Filled.class)).isEmpty();
    assertThat(gpu.walked()).as("it sleeps").isEmpty();
    gpu.end(PageRange.of(101));
    gpu.runFor(100);
    gpu.present(71);
    gpu.runFor(100);

    assertThat(gpu.part.marks(MachineFact.Filled.class)).hasSize(1);
    assertThat(gpu.retries()).isEqualTo(1);
  }

  /** Only the plain notifier takes anything away: it is the one that hears when nobody faults. */
  @Test
  void shouldTakeAwayAndForgetWhenNoFaultIsUnderWay() {
    fill(101, 71);
    gpu.start(AREA, true);
    gpu.runFor(500);
    assertThat(gpu.toldToGpu()).containsExactly(new Mirror.Forget(AREA));
    assertThat(gpu.results()).isEmpty();
    gpu.forgotten();

    assertThat(gpu.results()).containsExactly(new KernelCall.Ok());
    assertThat(gpu.part.marks(MachineFact.Dropped.class)).hasSize(1);
  }

  /** The plain notifier is the process's, and takes the mutex whatever the range is. */
  @Test
  void shouldRefuseWhateverMayNotSleep() {
    gpu.start(AREA, false);
    gpu.start(ELSEWHERE, false);

    assertThat(gpu.results())
        .containsExactly(new KernelCall.Again(), new KernelCall.Again());
  }

  /** The page is in use, and its copy for writing is under way, when it is invalidated. */
  private List<MachineFact.Filled> fillsBehindTheStart(boolean plainFirst) {
    gpu = gpu(plainFirst);
    fill(101, 70);
    gpu.want(1, 102, true);
    gpu.runFor(30);
    gpu.start(new PageRange(101, 2), true);
    gpu.runFor(80);
    gpu.present(72);
    gpu.forgotten();
    gpu.runFor(500);
    return gpu.part.marks(MachineFact.Filled.class).stream()
        .filter(filled -> filled.page() == 102).toList();
  }

  /** While the plain notifier has the mutex the fault waits for it; the order says who is next. */
  @Test
  void shouldKeepAStaleFillOutOnlyWhenTheFaultsNotifierIsCalledFirst() {
    assertThat(fillsBehindTheStart(false)).isEmpty();
    assertThat(fillsBehindTheStart(true)).extracting(MachineFact.Filled::pfn)
        .containsExactly(72L);
  }
}
