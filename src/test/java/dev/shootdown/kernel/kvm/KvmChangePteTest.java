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
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What KVM makes of an entry that it is handed before it is stored. */
class KvmChangePteTest {
  private static final int MM = 0;
  private static final long HOST = 0x7f00;
  private static final long GFN = 0x100;

  private final RecordingCtx<KvmMmu.Command> ctx =
      new RecordingCtx<KvmMmu.Command>("vm0")
          .withPorts("cpus", 2).withPorts("tables", 1).withPorts("vcpus", 2)
          .withPorts("kicks", 2).withPorts("broadcast", 2).withPorts("walkers", 2);
  private BehaviorTestKit<KvmMmu.Command> kit;

  @BeforeEach
  void mapOnePage() {
    KvmSpec spec =
        new KvmSpec(
            KvmSpec.Flush.INVEPT, KvmSpec.ApicPolicy.RETRY, KvmSpec.LockKind.SHARED, true,
            new ChecksSpec(true, true, true, true, true),
            new KvmCosts(200, 20, 100, 1000, 100, 30, 2, 10, 500),
            new PfnCacheSpec(PfnCacheSpec.Waiting.GLOBAL_SPIN, false, 200, 100));
    KvmLayout layout =
        new KvmLayout(
            MM, 900, 5, List.of(new Vcpu.Slot(GFN, new PageRange(HOST, 8))), -1,
            List.of(GFN + 7));
    kit = BehaviorTestKit.create(KvmMmu.create(spec, layout, ctx));
    kit.run(new KvmMmu.VcpuSaid(new Vcpu.Fault(0, 0, GFN + 1, false)));
    hostAnswers(run(200));
    run(100);
  }

  private List<Object> run(long forPs) {
    long untilPs = ctx.nowPs() + forPs;
    ctx.run(kit::run, untilPs);
    ctx.advanceTo(Math.max(ctx.nowPs(), untilPs));
    return ctx.takeSent().stream().map(RecordingCtx.Sent::message).toList();
  }

  private void hostAnswers(List<Object> sent) {
    for (Object message : sent) {
      if (message instanceof PageWalk.Walk walk) {
        kit.run(
            new KvmMmu.HostAnswered(
                new PageWalk.Entry(walk.tag(), MM, walk.page(), walk.page() + 1000, true, 1)));
      }
    }
  }

  private void call(KernelCall.Request request) {
    kit.run(new KvmMmu.Called(new KernelCall.Call(1, 77, 4, request)));
  }

  /** Hands the entry over; the vCPUs are outside of the guest, if they are asked. */
  private List<Object> change(long hostPage, long pfn, boolean writable) {
    call(new KernelCall.ChangePte(MM, hostPage, pfn, writable));
    List<Object> sent = run(1_000);
    for (Object message : sent) {
      if (message instanceof Vcpu.Asked asked) {
        for (int vcpu = 0; vcpu < 2; vcpu++) {
          kit.run(
              new KvmMmu.VcpuSaid(new Vcpu.Noted(vcpu, asked.round(), Vcpu.Mode.OUTSIDE)));
        }
        break;
      }
    }
    return Stream.concat(sent.stream(), run(100).stream()).toList();
  }

  private PageWalk.Entry walk() {
    kit.run(new KvmMmu.Walked(new PageWalk.Walk(0, 3, 900, GFN + 1, false)));
    return (PageWalk.Entry) run(0).get(0);
  }

  private static boolean isReply(Object message) {
    return message instanceof KernelCall.Reply;
  }

  private static boolean isAsked(Object message) {
    return message instanceof Vcpu.Asked asked && asked.flush();
  }

  @Test
  void shouldPutAnEntryThatMayNotBeWrittenInThePlaceOfTheOldOne() {
    List<Object> sent = change(HOST + 1, 4_711, false);

    assertThat(sent).filteredOn(KvmChangePteTest::isAsked).hasSize(2);
    assertThat(sent).filteredOn(KvmChangePteTest::isReply).hasSize(1);
    assertThat(walk()).matches(entry -> entry.pfn() == 4_711 && !entry.writable());
    assertThat(ctx.marks()).extracting(RecordingCtx.Marked::fact)
        .contains((Fact) new MachineFact.Dropped(
            MM, PageRange.of(HOST + 1), MachineFact.Cause.INVALIDATED));
  }

  @Test
  void shouldOnlyTakeTheOldOneAwayWhenTheNewOneMayBeWritten() {
    List<Object> sent = change(HOST + 1, 4_711, true);

    assertThat(sent).filteredOn(KvmChangePteTest::isAsked).hasSize(2);
    assertThat(walk().isPresent()).isFalse();
  }

  @Test
  void shouldFindNothingToChangeInsideABracket() {
    call(new KernelCall.SubscriberStart(
        MM, PageRange.of(HOST + 1), MachineFact.Event.CLEAR, true));
    for (Object message : run(1_000)) {
      if (message instanceof Vcpu.Asked asked) {
        kit.run(new KvmMmu.VcpuSaid(new Vcpu.Noted(0, asked.round(), Vcpu.Mode.OUTSIDE)));
      }
    }
    run(1_000);

    List<Object> sent = change(HOST + 1, 4_711, false);

    assertThat(sent).noneMatch(KvmChangePteTest::isAsked);
    assertThat(sent).filteredOn(KvmChangePteTest::isReply).hasSize(1);
    assertThat(walk().isPresent()).isFalse();
  }

  @Test
  void shouldAnswerAtOnceWhenThePageIsNoneOfTheGuests() {
    assertThat(change(HOST + 100, 4_711, false)).singleElement()
        .isInstanceOf(KernelCall.Reply.class);
  }

  @Test
  void shouldMakeAFaultThatHasReadTheOldEntryTryAgain() {
    kit.run(new KvmMmu.VcpuSaid(new Vcpu.Fault(0, 9, GFN + 2, false)));
    List<Object> walks = run(200);
    change(HOST + 2, 4_711, false);
    hostAnswers(walks);

    assertThat(run(1_000)).contains(new Vcpu.FaultAnswered(9, true));
  }
}
