package dev.shootdown.kernel.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Fact;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.Vcpu;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.junit.jupiter.api.Test;

class KvmMmuTest {
  private static final int MM = 0;
  private static final long HOST = 0x7f00;
  private static final long GFN = 0x100;
  private static final PageRange ALL = new PageRange(HOST, 8);
  private static final ChecksSpec EVERY = new ChecksSpec(true, true, true, true, true);
  private static final KvmCosts COSTS = new KvmCosts(200, 20, 100, 1000, 100, 30, 2, 10, 500);

  private final RecordingCtx<KvmMmu.Command> ctx =
      new RecordingCtx<KvmMmu.Command>("vm0")
          .withPorts("cpus", 2).withPorts("tables", 1).withPorts("vcpus", 2)
          .withPorts("kicks", 2).withPorts("broadcast", 2).withPorts("walkers", 2);
  private BehaviorTestKit<KvmMmu.Command> kit;

  private void create(ChecksSpec checks, PfnCacheSpec.Waiting waiting) {
    KvmSpec spec =
        new KvmSpec(
            KvmSpec.Flush.INVEPT, KvmSpec.ApicPolicy.RETRY, KvmSpec.LockKind.SHARED, true, checks,
            COSTS, new PfnCacheSpec(waiting, false, 200, 100));
    KvmLayout layout =
        new KvmLayout(
            MM, 900, 5, List.of(new Vcpu.Slot(GFN, ALL)), -1, List.of(GFN + 7));
    kit = BehaviorTestKit.create(KvmMmu.create(spec, layout, ctx));
  }

  private void create(ChecksSpec checks) {
    create(checks, PfnCacheSpec.Waiting.GLOBAL_SPIN);
  }

  private List<Object> run(long forPs) {
    long untilPs = ctx.nowPs() + forPs;
    ctx.run(kit::run, untilPs);
    ctx.advanceTo(Math.max(ctx.nowPs(), untilPs));
    return ctx.takeSent().stream().map(RecordingCtx.Sent::message).toList();
  }

  private List<Fact> facts() {
    return ctx.marks().stream().map(RecordingCtx.Marked::fact).toList();
  }

  private void fault(long request, long gfn) {
    kit.run(new KvmMmu.VcpuSaid(new Vcpu.Fault(0, request, gfn, true)));
  }

  /** Answers the host walks among {@code sent}: page n is in frame n + 1000. */
  private void hostAnswers(List<Object> sent) {
    for (Object message : sent) {
      if (message instanceof PageWalk.Walk walk) {
        kit.run(
            new KvmMmu.HostAnswered(
                new PageWalk.Entry(walk.tag(), MM, walk.page(), walk.page() + 1000, true, 1)));
      }
    }
  }

  private void map(long gfn) {
    fault(0, gfn);
    hostAnswers(run(200));
    assertThat(run(100)).containsExactly(new Vcpu.FaultAnswered(0, false));
  }

  private void start(PageRange range, boolean blockable) {
    call(new KernelCall.SubscriberStart(MM, range, MachineFact.Event.CLEAR, blockable));
  }

  private void end(PageRange range) {
    call(new KernelCall.SubscriberEnd(MM, range));
  }

  private void call(KernelCall.Request request) {
    kit.run(new KvmMmu.Called(new KernelCall.Call(1, 77, 4, request)));
  }

  private void noted(Vcpu.Asked asked, int vcpu, Vcpu.Mode mode) {
    kit.run(new KvmMmu.VcpuSaid(new Vcpu.Noted(vcpu, asked.round(), mode)));
  }

  private static boolean isReply(Object message) {
    return message instanceof KernelCall.Reply;
  }

  @Test
  void shouldMapAndLetWalkersReadWhenNothingIsInvalidated() {
    create(EVERY);
    map(GFN + 1);
    kit.run(new KvmMmu.Walked(new PageWalk.Walk(0, 3, 900, GFN + 1, true)));

    assertThat(run(0))
        .containsExactly(new PageWalk.Entry(3, 900, GFN + 1, HOST + 1001, true, 1));
    assertThat(facts())
        .contains(new MachineFact.Filled(MM, HOST + 1, HOST + 1001, true, 1));
  }

  /** Answers the host walks among {@code sent}: there is nothing. */
  private void hostHasNothing(List<Object> sent) {
    for (Object message : sent) {
      if (message instanceof PageWalk.Walk walk) {
        kit.run(
            new KvmMmu.HostAnswered(
                new PageWalk.Entry(walk.tag(), MM, walk.page(), -1, false, 1)));
      }
    }
  }

  @Test
  void shouldRefuseWhenTheAreaWasUnmappedAndWaitWhenItIsOnlyEmpty() {
    create(EVERY);
    fault(0, GFN);
    hostHasNothing(run(200));
    assertThat(run(COSTS.waitPs() + 1)).as("waits, and looks again")
        .singleElement().isInstanceOf(PageWalk.Walk.class);

    call(new KernelCall.SubscriberStart(
        MM, PageRange.of(HOST + 1), MachineFact.Event.UNMAP, true));
    run(1_000);
    end(PageRange.of(HOST + 1));
    run(1_000);
    fault(1, GFN + 1);
    hostHasNothing(run(200));
    assertThat(run(0)).containsExactly(new Vcpu.FaultRefused(1));
  }

  @Test
  void shouldRefuseEvenAPageThatIsStillThereWhenTheAddressSpaceWasReleased() {
    create(EVERY);
    call(new KernelCall.SubscriberStart(
        MM, PageRange.ALL, MachineFact.Event.RELEASE, true));
    run(1_000);
    end(PageRange.ALL);
    run(1_000);
    fault(1, GFN);
    hostAnswers(run(200));
    assertThat(run(0)).containsExactly(new Vcpu.FaultRefused(1));
  }

  @Test
  void shouldHaveTheProcessBringThePageInWhenAThreadServesThat() {
    create(EVERY);
    call(new KernelCall.TakeFault());
    fault(0, GFN + 2);
    hostHasNothing(run(200));
    assertThat(run(0)).singleElement()
        .isInstanceOfSatisfying(
            KernelCall.Reply.class,
            reply -> assertThat(reply.result())
                .isEqualTo(new KernelCall.WantedFault(0, MM, HOST + 2, true)));

    post(new KernelCall.FaultServed(0, true));
    hostAnswers(run(0));
    assertThat(run(200)).containsExactly(new Vcpu.FaultAnswered(0, false));

    fault(1, GFN + 3);
    hostHasNothing(run(200));
    call(new KernelCall.TakeFault());
    assertThat(run(0)).hasSize(1);
    post(new KernelCall.FaultServed(1, false));
    assertThat(run(0)).containsExactly(new Vcpu.FaultRefused(1));
  }

  private void post(KernelCall.Request request) {
    kit.run(new KvmMmu.Called(new KernelCall.Post(1, 77, request)));
  }

  @Test
  void shouldKickOnlyThoseInTheGuestAndReturnWhenTheKickIsTaken() {
    create(EVERY);
    map(GFN);
    start(PageRange.of(HOST), true);
    List<Object> asked = run(100 + 30 + 20);
    assertThat(asked).hasSize(2).allMatch(Vcpu.Asked.class::isInstance);
    Vcpu.Asked request = (Vcpu.Asked) asked.get(0);
    assertThat(request.flush()).isTrue();

    noted(request, 0, Vcpu.Mode.OUTSIDE);
    noted(request, 1, Vcpu.Mode.IN_GUEST);
    assertThat(run(0)).containsExactly(new Vcpu.Kick(request.round(), 77));
    kit.run(new KvmMmu.VcpuSaid(new Vcpu.Taken(1, request.round())));

    assertThat(run(0)).hasSize(1).allMatch(KvmMmuTest::isReply);
    assertThat(facts())
        .endsWith(new MachineFact.SubscriberStarted(MM, PageRange.of(HOST)))
        .contains(
            new MachineFact.Dropped(
                MM, PageRange.of(HOST), MachineFact.Cause.INVALIDATED));
  }

  @Test
  void shouldDisturbNobodyWhenNothingWasMapped() {
    create(EVERY);
    start(ALL, true);

    assertThat(run(100)).hasSize(1).allMatch(KvmMmuTest::isReply);
  }

  @Test
  void shouldRefuseToMapUntilTheBracketEnds() {
    create(EVERY);
    start(PageRange.of(HOST), true);
    run(200);
    fault(1, GFN);
    assertThat(run(500)).containsExactly(new Vcpu.FaultAnswered(1, true));

    end(PageRange.of(HOST));
    assertThat(run(20)).hasSize(1).allMatch(KvmMmuTest::isReply);
    map(GFN);
    assertThat(facts()).contains(new MachineFact.SubscriberEnded(MM, PageRange.of(HOST)));
  }

  @Test
  void shouldRefuseWhatAnInvalidationOvertookUnlessTheSequenceIsReadLate() {
    assertThat(overtaken(EVERY)).containsExactly(new Vcpu.FaultAnswered(1, true));
  }

  @Test
  void shouldMapWhatAnInvalidationOvertookWhenTheSequenceIsReadLate() {
    assertThat(overtaken(new ChecksSpec(false, true, true, false, true)))
        .containsExactly(new Vcpu.FaultAnswered(1, false));
  }

  /** An invalidation begins and ends while the host's entry is on its way. */
  private List<Object> overtaken(ChecksSpec checks) {
    create(checks);
    fault(1, GFN);
    List<Object> walk = run(200);
    start(PageRange.of(HOST), true);
    run(200);
    end(PageRange.of(HOST));
    run(200);
    hostAnswers(walk);
    return run(200);
  }

  @Test
  void shouldYieldToWaitersOnlyWhenItMaySleep() {
    assertThat(yields(true)).isTrue();
    assertThat(yields(false)).isFalse();
  }

  /** Whether a fault gets the lock while an invalidation of eight entries has batches left. */
  private boolean yields(boolean blockable) {
    create(new ChecksSpec(false, true, true, true, true));
    for (int i = 0; i < 8; i++) {
      map(GFN + i);
    }
    fault(1, GFN);
    List<Object> walk = run(200);
    start(ALL, blockable);
    hostAnswers(walk);
    boolean answered = false;
    boolean started = false;
    for (int i = 0; i < 60 && !started; i++) {
      for (Object message : run(20)) {
        if (message instanceof Vcpu.Asked asked) {
          noted(asked, i % 2, Vcpu.Mode.OUTSIDE);
        }
        started |= isReply(message);
        answered |= !started && message.equals(new Vcpu.FaultAnswered(1, true));
      }
    }
    return answered;
  }

  @Test
  void shouldSpinOnAnyInvalidationWhenACacheCountsThemGlobally() {
    create(EVERY, PfnCacheSpec.Waiting.GLOBAL_SPIN);
    start(new PageRange(0x9000, 4), true);
    run(100);
    writeCache();
    for (int i = 0; i < 5; i++) {
      hostAnswers(run(300));
    }

    assertThat(facts().stream().filter(MachineFact.FaultRetried.class::isInstance))
        .hasSizeGreaterThan(2);
  }

  @Test
  void shouldSleepUntilItsOwnPageIsFreeWhenACacheWaitsByRange() {
    create(EVERY, PfnCacheSpec.Waiting.RANGE_WAIT);
    start(new PageRange(0x9000, 4), true);
    start(PageRange.of(HOST + 7), true);
    run(300);
    writeCache();
    assertThat(run(5000)).as("asleep").isEmpty();

    end(PageRange.of(HOST + 7));
    hostAnswers(run(20));
    assertThat(run(200)).contains(new Vcpu.Written());
    assertThat(facts())
        .contains(new MachineFact.Used(MM, PfnCache.CACHE_PAGES, HOST + 1007, true, -1));
  }

  private void writeCache() {
    kit.run(new KvmMmu.VcpuSaid(new Vcpu.WriteCache(0, 0)));
  }
}
