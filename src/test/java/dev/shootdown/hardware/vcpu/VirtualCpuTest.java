package dev.shootdown.hardware.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Fact;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.Vcpu;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.junit.jupiter.api.Test;

class VirtualCpuTest {
  private static final VcpuSpec SPEC = new VcpuSpec(16, 4, 1, 60, 250, 200, 50, 120, 300, 100);
  private static final int MM = 3;
  private static final long GFN = 0x100;
  private static final long HOST = 0x7f00;

  private final RecordingCtx<VirtualCpu.Command> ctx = new RecordingCtx<>("vcpu0");
  private BehaviorTestKit<VirtualCpu.Command> kit;

  private void create(long apicGfn, GuestAction... actions) {
    List<Vcpu.Slot> slots = List.of(new Vcpu.Slot(GFN, new PageRange(HOST, 8)));
    VcpuLayout layout = new VcpuLayout(2, MM, 900, slots, apicGfn);
    kit =
        BehaviorTestKit.create(
            VirtualCpu.create(SPEC, layout, new GuestWork(List.of(actions), 1), ctx));
  }

  private List<Object> run(long untilPs) {
    ctx.run(kit::run, untilPs);
    ctx.advanceTo(Math.max(ctx.nowPs(), untilPs));
    return ctx.takeSent().stream().map(RecordingCtx.Sent::message).toList();
  }

  private List<Fact> facts() {
    return ctx.marks().stream().map(RecordingCtx.Marked::fact).toList();
  }

  private void say(Vcpu.ToVcpu message) {
    kit.run(new VirtualCpu.KvmSaid(message));
  }

  private void entry(PageWalk.Walk walk, long pfn) {
    kit.run(
        new VirtualCpu.TableAnswered(
            new PageWalk.Entry(walk.tag(), walk.mm(), walk.page(), pfn, pfn >= 0, 7)));
  }

  private PageWalk.Walk walked(List<Object> sent) {
    return (PageWalk.Walk) sent.get(sent.size() - 1);
  }

  @Test
  void shouldLeaveTheGuestAndAskWhenThePageIsNotMapped() {
    create(-1, new GuestAction.Touch(GFN + 1, true));
    PageWalk.Walk walk = walked(run(1000));
    assertThat(walk).isEqualTo(new PageWalk.Walk(2, walk.tag(), 900, GFN + 1, true));

    entry(walk, -1);
    assertThat(run(1249)).as("on its way out").isEmpty();
    assertThat(run(1300)).containsExactly(new Vcpu.Fault(2, 0, GFN + 1, true));
    assertThat(facts()).contains(new MachineFact.FaultRaised(0, MM, HOST + 1, true));

    say(new Vcpu.FaultAnswered(0, true));
    entry(walked(run(2000)), -1);
    run(3000);
    assertThat(facts()).contains(new MachineFact.FaultRetried(0));

    say(new Vcpu.FaultAnswered(0, false));
    entry(walked(run(4000)), 55);
    assertThat(facts())
        .contains(
            new MachineFact.Filled(MM, HOST + 1, 55, true, 7),
            new MachineFact.Used(MM, HOST + 1, 55, true, -1),
            new MachineFact.FaultResolved(0, MachineFact.Resolution.SERVED));
  }

  @Test
  void shouldTakeAKickOnlyWhenItIsOutAndForgetBeforeItEnters() {
    create(
        -1, new GuestAction.Touch(GFN, true), new GuestAction.Spin(10_000),
        new GuestAction.Touch(GFN, true));
    entry(walked(run(1000)), 55);
    run(2000);
    say(new Vcpu.Asked(9, true, false, 4));
    assertThat(run(2000)).containsExactly(new Vcpu.Noted(2, 9, Vcpu.Mode.IN_GUEST));
    say(new Vcpu.Kick(9, 4));
    assertThat(run(2249)).isEmpty();
    assertThat(run(2250)).containsExactly(new Vcpu.Taken(2, 9));

    run(2600);
    assertThat(facts())
        .contains(
            new MachineFact.Dropped(
                MM, new PageRange(HOST, 8), MachineFact.Cause.INVALIDATED))
        .contains(new MachineFact.Stolen(4, 2000));
    List<Object> rest = run(13_000);
    assertThat(walked(rest).page()).as("what it forgot is walked again").isEqualTo(GFN);
  }

  @Test
  void shouldNotBeDisturbedWhenItIsOutside() {
    create(-1, new GuestAction.Halt(5000), new GuestAction.Spin(1));
    run(1000);
    say(new Vcpu.Asked(1, true, false, -1));

    assertThat(run(1000)).containsExactly(new Vcpu.Noted(2, 1, Vcpu.Mode.OUTSIDE));
  }

  @Test
  void shouldBeKickableWhenItReadsTheTableInSoftware() {
    create(-1, new GuestAction.Touch(GFN, true));
    entry(walked(run(1000)), -1);
    run(1260);
    say(new Vcpu.Asked(1, true, false, -1));
    say(new Vcpu.Kick(1, -1));
    assertThat(run(1299)).containsExactly(new Vcpu.Noted(2, 1, Vcpu.Mode.READING));
    assertThat(run(1300)).containsExactly(new Vcpu.Taken(2, 1), new Vcpu.Fault(2, 0, GFN, true));
  }

  @Test
  void shouldTurnBackWhenARequestComesDuringTheEntry() {
    create(-1, new GuestAction.Spin(10));
    run(100);
    say(new Vcpu.Asked(1, true, false, -1));
    assertThat(run(100)).containsExactly(new Vcpu.Noted(2, 1, Vcpu.Mode.IN_GUEST));
    say(new Vcpu.Kick(1, -1));

    assertThat(run(200)).containsExactly(new Vcpu.Taken(2, 1));
  }

  @Test
  void shouldObeyABroadcastInTheGuestAndWalkAgainWhatItOvertook() {
    create(-1, new GuestAction.Touch(GFN, true));
    PageWalk.Walk walk = walked(run(1000));
    say(new Vcpu.Forget(6, new PageRange(GFN, 1)));
    assertThat(run(1000)).containsExactly(new Vcpu.Forgotten(2, 6));

    entry(walk, 55);
    assertThat(facts()).noneMatch(MachineFact.Filled.class::isInstance);
    entry(walked(run(1100)), 56);
    assertThat(facts()).contains(new MachineFact.Used(MM, HOST, 56, true, -1));
  }

  @Test
  void shouldStayOutsideAsLongAsTheApicPageIsNotKnown() {
    create(GFN, new GuestAction.Apic());
    assertThat(run(0)).containsExactly(new Vcpu.ReloadApic(2));
    say(new Vcpu.ApicAddress(-1, 0));
    assertThat(run(100)).containsExactly(new Vcpu.ReloadApic(2));
    assertThat(facts()).contains(new MachineFact.FaultRaised(0, MM, HOST, false));

    say(new Vcpu.ApicAddress(55, 40));
    entry(walked(run(1000)), 55);
    assertThat(facts())
        .contains(new MachineFact.FaultResolved(0, MachineFact.Resolution.SERVED))
        .contains(new MachineFact.Used(MM, VcpuLayout.REGISTER_PAGES + HOST, 55, false, -1))
        .noneMatch(MachineFact.ProtocolBreach.class::isInstance);
  }

  @Test
  void shouldReachRawMemoryWhenTheRegisterIsStale() {
    create(GFN, new GuestAction.Apic());
    run(0);
    say(new Vcpu.ApicAddress(55, 40));
    entry(walked(run(1000)), 56);

    assertThat(facts()).anyMatch(MachineFact.ProtocolBreach.class::isInstance);
  }
}
