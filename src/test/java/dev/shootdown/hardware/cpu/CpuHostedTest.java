package dev.shootdown.hardware.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.kernel.arch.X86FlushHandler;
import dev.shootdown.protocol.Hosting;
import dev.shootdown.protocol.Hosting.Why;
import dev.shootdown.protocol.Ipi;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A CPU that a host lets run and takes away again. */
class CpuHostedTest {
  private static final long NS = 1_000;
  private static final long US = 1_000 * NS;
  private static final Program.Step LOAD = new Program.Load(CpuRig.MM, 1);
  private static final Program.Step BUSY = new Program.Spend(Account.USER, 10 * US);

  private PartHarness<Cpu.Command> cpu;
  private Script script;

  private void start(Program.Step... steps) {
    start(CpuRig.SPEC, steps);
  }

  private void start(CpuSpec spec, Program.Step... steps) {
    script = new Script(List.of(steps));
    RecordingCtx<Cpu.Command> ctx = new RecordingCtx<Cpu.Command>("cpu0")
        .withPorts("cpus", 4).withPorts("domains", 20).withPorts("tables", 10)
        .withPorts("host", 1);
    cpu = new PartHarness<>(
        ctx,
        given -> Cpu.create(spec, new CpuLayout(0, script, new X86FlushHandler()), given));
    cpu.runUntil(0);
  }

  private void scheduled(long atPs, Hosting.ToCpu message) {
    cpu.tellAt(atPs, new Cpu.Scheduled(message));
  }

  private void interrupt(long atPs, Ipi message) {
    cpu.tellAt(atPs, new Cpu.Interrupted(message));
  }

  private List<Object> saidToHost() {
    return cpu.takeSent("host").stream().map(RecordingCtx.Sent::message).toList();
  }

  @Test
  void shouldNotBeginBeforeItIsToldTo() {
    start(BUSY);
    cpu.runUntil(20 * US);
    assertThat(saidToHost()).containsExactly(new Hosting.Ready(0));

    scheduled(20 * US, new Hosting.Run(0));
    cpu.settle();
    assertThat(script.endPs(0)).isEqualTo(30 * US);
  }

  @Test
  void shouldTakeAnInterruptOnlyWhenItRunsAgain() {
    start(LOAD, BUSY);
    scheduled(0, new Hosting.Run(0));
    scheduled(US, new Hosting.Stop());
    assertThat(saidToHost()).contains(new Hosting.Left(0, Why.STOPPED));
    interrupt(2 * US, CpuRig.flush(1, 2, PageRange.of(7)));
    cpu.runUntil(30 * US);
    assertThat(cpu.takeSent("cpus")).isEmpty();

    scheduled(30 * US, new Hosting.Run(0));
    cpu.settle();
    assertThat(cpu.takeSent("cpus")).extracting(RecordingCtx.Sent::atPs)
        .containsExactly(30 * US + CpuRig.ENTRY_AND_FLUSH_PS);
    assertThat(script.endPs(1)).as("9 us are left of the program's step")
        .isEqualTo(39 * US + CpuRig.STOLEN_PS);
  }

  @Test
  void shouldFlushBeforeItRunsAgainWhenItWasFlaggedWhileAway() {
    start(LOAD, CpuRig.read(7), BUSY, CpuRig.read(7));
    scheduled(0, new Hosting.Run(0));
    PageWalk.Walk walk = cpu.take("tables", PageWalk.Walk.class).get(0);
    cpu.tellAt(0, new Cpu.TableAnswered(
        new PageWalk.Entry(walk.tag(), walk.mm(), walk.page(), 70, true, 0)));
    scheduled(US, new Hosting.Stop());
    interrupt(2 * US, new Ipi.Probe(1, Ipi.Question.FLUSH_ON_ENTRY, CpuRig.MM));
    assertThat(cpu.takeSent("cpus")).extracting(RecordingCtx.Sent::message)
        .containsExactly(new Ipi.Probed(0, true));

    scheduled(3 * US, new Hosting.Run(0));
    interrupt(4 * US, new Ipi.Probe(1, Ipi.Question.FLUSH_ON_ENTRY, CpuRig.MM));
    assertThat(cpu.takeSent("cpus")).extracting(RecordingCtx.Sent::message)
        .as("it runs").containsExactly(new Ipi.Probed(0, false));
    cpu.settle();
    assertThat(cpu.take("tables", PageWalk.Walk.class)).as("nothing is left of page 7")
        .hasSize(1);
  }

  @Test
  void shouldLeaveWhenItWaitsForTooLongAndFindTheAnswerLater() {
    start(new Program.Ask(0, new KernelCall.GatherCheck(), Account.SOFTWARE), BUSY);
    scheduled(0, new Hosting.Run(2 * US));
    cpu.runUntil(2 * US);
    assertThat(saidToHost()).contains(new Hosting.Left(0, Why.SPUN));
    KernelCall.Call call = cpu.take("domains", KernelCall.Call.class).get(0);
    cpu.tellAt(3 * US, new Cpu.KernelAnswered(
        new KernelCall.Reply(call.ticket(), new KernelCall.Nested(false), US, US, US)));
    cpu.runUntil(8 * US);
    assertThat(script.isOver(0)).isFalse();

    scheduled(8 * US, new Hosting.Run(2 * US));
    cpu.settle();
    assertThat(script.endPs(1)).isEqualTo(18 * US);
  }

  @Test
  void shouldStayWhenItsAnswerComesInTime() {
    start(new Program.Ask(0, new KernelCall.GatherCheck(), Account.SOFTWARE), BUSY);
    scheduled(0, new Hosting.Run(2 * US));
    KernelCall.Call call = cpu.take("domains", KernelCall.Call.class).get(0);
    cpu.tellAt(US, new Cpu.KernelAnswered(
        new KernelCall.Reply(call.ticket(), new KernelCall.Nested(false), US, US, US)));
    cpu.settle();

    assertThat(saidToHost()).doesNotContain(new Hosting.Left(0, Why.SPUN));
    assertThat(script.endPs(1)).isEqualTo(11 * US);
  }

  @Test
  void shouldAskForATurnWhenItHasHaltedAndIsInterrupted() {
    start(LOAD);
    scheduled(0, new Hosting.Run(0));
    assertThat(saidToHost())
        .containsExactly(new Hosting.Ready(0), new Hosting.Left(0, Why.HALTED));
    interrupt(US, CpuRig.flush(1, 2, PageRange.of(7)));
    assertThat(saidToHost()).containsExactly(new Hosting.Ready(0));
    interrupt(US, CpuRig.flush(2, 3, PageRange.of(7)));
    assertThat(saidToHost()).as("it has asked").isEmpty();

    scheduled(5 * US, new Hosting.Run(0));
    cpu.settle();
    assertThat(cpu.takeSent("cpus")).hasSize(2);
    assertThat(saidToHost()).containsExactly(new Hosting.Left(0, Why.HALTED));
  }

  @Test
  void shouldSleepNoLongerWhenItDoesNotRun() {
    start(new Program.Until(10 * US, true), BUSY);
    scheduled(0, new Hosting.Run(0));
    cpu.runUntil(10 * US);
    assertThat(saidToHost()).containsExactly(
        new Hosting.Ready(0), new Hosting.Left(0, Why.HALTED), new Hosting.Ready(0));

    scheduled(12 * US, new Hosting.Run(0));
    cpu.settle();
    assertThat(script.endPs(1)).isEqualTo(22 * US);
  }

  @Test
  void shouldStateHowLongItWasAway() {
    start(LOAD, BUSY);
    scheduled(0, new Hosting.Run(0));
    scheduled(US, new Hosting.Stop());
    scheduled(4 * US, new Hosting.Run(0));

    assertThat(cpu.marks(MachineFact.WasPreempted.class))
        .contains(new MachineFact.WasPreempted(US));
  }

  @Test
  void shouldRefuseAScheduleOfItsOwn() {
    CpuSpec own = new CpuSpec(
        2, 1, 4, 2, 4 * NS, 20 * NS, NS, 50 * NS, 100 * NS, 150 * NS, 200 * NS, 200 * NS,
        100 * NS, US, 6, 0, 20 * NS, false, 0, false, 0, 0, new PreemptionSpec(US, 0, US));

    assertThatThrownBy(() -> start(own, BUSY)).hasMessageContaining("preemption");
  }
}
