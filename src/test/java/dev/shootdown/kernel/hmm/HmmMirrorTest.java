package dev.shootdown.kernel.hmm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Mirror;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

class HmmMirrorTest {
  private static final int MM = 0;
  private static final PageRange AREA = new PageRange(100, 4);
  private static final PageRange ELSEWHERE = new PageRange(500, 4);
  private static final long TIMEOUT_PS = 1_000_000;
  private static final MirrorCosts COSTS = new MirrorCosts(10, 20, 30, 40, 50, 60, 7);

  private PartHarness<HmmMirror.Command> mirror = mirror(true, true, false);
  private long tickets;

  private static PartHarness<HmmMirror.Command> mirror(
      boolean sequenceInLoop, boolean retryUnderLock, boolean waitsForJobs) {
    MirrorSpec spec = new MirrorSpec(TIMEOUT_PS, sequenceInLoop, retryUnderLock, COSTS);
    MirrorLayout layout =
        new MirrorLayout(MM, AREA, 5, new MirrorDriver.Area(waitsForJobs));
    return new PartHarness<>(
        new RecordingCtx<HmmMirror.Command>("gpu0.mirror")
            .withPorts("cpus", 2).withPorts("tables", 1),
        ctx -> HmmMirror.create(spec, layout, ctx));
  }

  private void want(long page) {
    mirror.tell(new HmmMirror.GpuSaid(new Mirror.Want(3, page, true)));
  }

  private void start(PageRange range, boolean blockable) {
    call(
        new KernelCall.SubscriberStart(MM, range, MachineFact.Event.CLEAR, blockable));
  }

  private void end(PageRange range) {
    call(new KernelCall.SubscriberEnd(MM, range));
  }

  private void call(KernelCall.Request request) {
    mirror.tell(new HmmMirror.Called(new KernelCall.Call(1, 9, tickets++, request)));
  }

  private void forgotten() {
    mirror.tell(new HmmMirror.GpuSaid(new Mirror.Forgotten()));
  }

  /** Answers the only walk that is under way. */
  private void present(long pfn) {
    List<PageWalk.Walk> walks = mirror.take("tables", PageWalk.Walk.class);
    assertThat(walks).hasSize(1);
    PageWalk.Walk walk = walks.get(0);
    assertThat(walk.walker()).isEqualTo(5);
    mirror.tell(
        new HmmMirror.TableAnswered(
            new PageWalk.Entry(walk.tag(), MM, walk.page(), pfn, true, mirror.nowPs())));
  }

  private List<KernelCall.Result> results() {
    return mirror.take("cpus", KernelCall.Reply.class).stream()
        .map(KernelCall.Reply::result).toList();
  }

  private List<MachineFact.Resolution> resolutions() {
    return mirror.marks(MachineFact.FaultResolved.class).stream()
        .map(MachineFact.FaultResolved::how).toList();
  }

  private int retries() {
    return mirror.marks(MachineFact.FaultRetried.class).size();
  }

  /** Answers the only walk that is under way: there is nothing. */
  private void absent() {
    PageWalk.Walk walk = mirror.take("tables", PageWalk.Walk.class).get(0);
    mirror.tell(
        new HmmMirror.TableAnswered(
            new PageWalk.Entry(walk.tag(), MM, walk.page(), -1, false, mirror.nowPs())));
  }

  @Test
  void shouldFailAtOnceWhenTheAreaWasUnmapped() {
    call(new KernelCall.SubscriberStart(MM, AREA, MachineFact.Event.UNMAP, true));
    mirror.settle();
    end(AREA);
    want(101);
    mirror.settle();
    absent();

    assertThat(resolutions()).containsExactly(MachineFact.Resolution.FAILED);
    assertThat(mirror.nowPs()).isLessThan(TIMEOUT_PS);
    assertThat(mirror.take("gpu", Mirror.Failed.class)).hasSize(1);
  }

  @Test
  void shouldFailWhenTheProcessRefusesAndLookAgainWhenItServes() {
    call(new KernelCall.TakeFault());
    want(101);
    mirror.settle();
    absent();
    assertThat(results()).containsExactly(new KernelCall.WantedFault(0, MM, 101, true));
    post(new KernelCall.FaultServed(0, true));
    mirror.settle();
    present(7);
    mirror.settle();
    assertThat(resolutions()).containsExactly(MachineFact.Resolution.SERVED);

    want(102);
    mirror.settle();
    absent();
    call(new KernelCall.TakeFault());
    post(new KernelCall.FaultServed(1, false));
    assertThat(resolutions()).last().isEqualTo(MachineFact.Resolution.FAILED);
  }

  private void post(KernelCall.Request request) {
    mirror.tell(new HmmMirror.Called(new KernelCall.Post(1, 9, request)));
  }

  private void fill(long page, long pfn) {
    want(page);
    mirror.settle();
    present(pfn);
    mirror.settle();
  }

  @Test
  void shouldMapAndAnswerFromItsTableWhenNothingCollides() {
    fill(101, 77);
    want(101);

    assertThat(mirror.take("gpu", Mirror.Mapped.class)).extracting(Mirror.Mapped::pfn)
        .containsExactly(77L, 77L);
    assertThat(resolutions()).containsExactly(MachineFact.Resolution.SERVED);
    assertThat(mirror.takeSent("tables")).isEmpty();
  }

  @Test
  void shouldLoseItsEntriesAndMakeTheGpuForgetBeforeAStartReturns() {
    fill(101, 77);
    mirror.take("gpu", Mirror.ToGpu.class);
    start(AREA, true);
    mirror.settle();
    assertThat(mirror.marks(MachineFact.Dropped.class)).hasSize(1);
    assertThat(mirror.take("gpu", Mirror.Forget.class)).hasSize(1);
    assertThat(results()).isEmpty();
    forgotten();

    assertThat(results()).containsExactly(new KernelCall.Ok());
    assertThat(mirror.marks(MachineFact.SubscriberStarted.class)).hasSize(1);
  }

  @Test
  void shouldSleepThroughACollisionAndFillAfterIt() {
    start(AREA, true);
    mirror.settle();
    want(101);
    mirror.settle();
    assertThat(mirror.takeSent("tables")).as("it sleeps").isEmpty();
    end(AREA);
    mirror.settle();
    present(78);
    mirror.settle();

    assertThat(resolutions()).containsExactly(MachineFact.Resolution.SERVED);
    assertThat(retries()).isZero();
  }

  @Test
  void shouldTryAgainWhenARangeBeganAndEndedDuringTheWalk() {
    overtakenFill();

    assertThat(mirror.marks(MachineFact.Filled.class)).isEmpty();
    assertThat(retries()).isEqualTo(1);
    present(78);
    mirror.settle();
    assertThat(mirror.marks(MachineFact.Filled.class)).extracting(MachineFact.Filled::pfn)
        .containsExactly(78L);
  }

  @Test
  void shouldMapAStaleFrameWhenTheTestUnderTheLockIsLeftOut() {
    mirror = mirror(true, false, false);
    overtakenFill();

    assertThat(mirror.marks(MachineFact.Filled.class)).extracting(MachineFact.Filled::pfn)
        .containsExactly(77L);
  }

  /** The answer of a walk arrives after a whole invalidation. */
  private void overtakenFill() {
    want(101);
    mirror.settle();
    start(AREA, true);
    mirror.settle();
    end(AREA);
    present(77);
    mirror.settle();
  }

  @Test
  void shouldFailAtTheTimeoutWhenTheSequenceIsReadOnlyOnce() {
    mirror = mirror(false, true, false);
    overtakenFill();

    assertThat(resolutions()).containsExactly(MachineFact.Resolution.FAILED);
    assertThat(mirror.take("gpu", Mirror.Failed.class)).extracting(Mirror.Failed::job)
        .containsExactly(3);
    assertThat(retries()).isGreaterThan(20_000);
    assertThat(mirror.nowPs()).isBetween(TIMEOUT_PS, TIMEOUT_PS + COSTS.loopPs());
  }

  @Test
  void shouldFailAtTheTimeoutWhenTheProcessHasNoPage() {
    want(101);
    for (int i = 0; mirror.hasTimers() && i < 100_000; i++) {
      mirror.runNextTimer();
      for (PageWalk.Walk walk : mirror.take("tables", PageWalk.Walk.class)) {
        mirror.tell(
            new HmmMirror.TableAnswered(
                new PageWalk.Entry(walk.tag(), MM, walk.page(), -1, false, mirror.nowPs())));
      }
    }

    assertThat(resolutions()).containsExactly(MachineFact.Resolution.FAILED);
  }

  @Test
  void shouldRefuseAndChangeNothingWhenItMayNotSleep() {
    mirror = mirror(true, true, true);
    fill(101, 77);
    mirror.take("gpu", Mirror.ToGpu.class);
    start(AREA, false);
    mirror.settle();

    assertThat(results()).containsExactly(new KernelCall.Again());
    assertThat(mirror.marks(MachineFact.Dropped.class)).isEmpty();
    assertThat(mirror.marks(MachineFact.SubscriberStarted.class)).isEmpty();
    fill(102, 79);
    assertThat(resolutions()).hasSize(2);
  }

  @Test
  void shouldRefuseOnlyWhileTheLockIsTakenWhenJobsCanBeStopped() {
    fill(101, 77);
    start(AREA, true);
    mirror.settle();
    start(AREA, false);
    assertThat(results()).containsExactly(new KernelCall.Again());
    forgotten();
    end(AREA);
    start(AREA, false);
    mirror.settle();

    assertThat(results()).containsExactly(
        new KernelCall.Ok(), new KernelCall.Ok(), new KernelCall.Ok());
  }

  @Test
  void shouldKeepItsEntriesUntilJobsHaveEndedWhenTheyCannotBeStopped() {
    mirror = mirror(true, true, true);
    fill(101, 77);
    mirror.take("gpu", Mirror.ToGpu.class);
    start(AREA, true);
    mirror.settle();
    want(101);
    assertThat(mirror.take("gpu", Mirror.ToGpu.class))
        .containsExactly(
            new Mirror.Forget(AREA),
            new Mirror.Mapped(3, 101, 77, true, COSTS.faultPs() + COSTS.walkPs()));
    forgotten();
    mirror.settle();

    assertThat(mirror.marks(MachineFact.Dropped.class)).hasSize(1);
    assertThat(results()).containsExactly(new KernelCall.Ok());
  }

  @Test
  void shouldNotBeBotheredWhenARangeLiesElsewhere() {
    fill(101, 77);
    start(ELSEWHERE, false);
    end(ELSEWHERE);

    assertThat(results()).containsExactly(new KernelCall.Ok(), new KernelCall.Ok());
    assertThat(mirror.marks(MachineFact.Dropped.class)).isEmpty();
  }

  @Test
  void shouldRefuseByNameWhenAnotherDomainIsMeant() {
    call(new KernelCall.GatherBegin());

    assertThat(mirror.marks(MachineFact.ProtocolBreach.class)).singleElement()
        .matches(breach -> breach.rule().contains("cannot serve GatherBegin"));
  }

  @Test
  void shouldHandleEveryCommand() {
    CommandAudit.check(HmmMirror.Command.class, () -> mirror(true, true, false));
  }
}
