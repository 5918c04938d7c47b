package dev.shootdown.hardware.cpu;

import static dev.shootdown.hardware.cpu.CpuRig.MM;
import static dev.shootdown.hardware.cpu.CpuRig.NS;
import static dev.shootdown.hardware.cpu.CpuRig.STOLEN_PS;
import static dev.shootdown.hardware.cpu.CpuRig.flush;
import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.FlushHandler;
import dev.shootdown.protocol.Ipi;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The cache lines between an initiator and its targets, and who is reached by one command. */
class CpuLinesTest {
  private static final PageRange PAGE = PageRange.of(7);
  private static final FlushHandler.Flush WHAT = new FlushHandler.Flush(MM, 2, PAGE);
  private static final Program.Interrupt INTERRUPT = new Program.Interrupt(List.of(1, 3), WHAT);
  private static final Program.Begin BEGIN = new Program.Begin("test", MM, PAGE);
  private static final long US = 1_000 * NS;

  private static CpuRig rig(
      boolean coalesce, int ipiCluster, boolean linesInTurn, Program.Step... steps) {
    CpuSpec spec =
        new CpuSpec(
            2, 1, 4, 2, 4 * NS, 20 * NS, NS, 50 * NS, 100 * NS, 150 * NS, 200 * NS, 200 * NS,
            100 * NS, US, 6, 0, 20 * NS, coalesce, 20 * NS, false, 0, 0, PreemptionSpec.NEVER, 0,
            ipiCluster, linesInTurn);
    CpuRig cpu = new CpuRig(spec, List.of(steps));
    cpu.part.runUntil(0);
    return cpu;
  }

  private static RecordingCtx.Sent sent(int target, Ipi message) {
    return new RecordingCtx.Sent("cpus", target, message, 0);
  }

  private static RecordingCtx.Sent asked(int target) {
    return sent(target, new Ipi.Probe(0, Ipi.Question.ACKNOWLEDGED, MM));
  }

  /** The CPU sends at once when a message arrives; only what it sends then is left to take. */
  private static List<RecordingCtx.Sent> after(CpuRig cpu, long atPs, Ipi message) {
    cpu.part.runUntil(atPs - 1);
    cpu.part.takeSent("cpus");
    cpu.interrupt(atPs, message);
    cpu.part.runUntil(atPs);
    return cpu.part.takeSent("cpus").stream()
        .map(each -> sent(each.member(), (Ipi) each.message())).toList();
  }

  @Test
  void shouldFetchOneAcknowledgementAfterTheOtherWhenLinesComeInTurn() {
    CpuRig cpu = rig(false, 1, true, BEGIN, INTERRUPT, new Program.AwaitAcks());

    assertThat(after(cpu, US, new Ipi.Done(3, 1))).as("looks at CPU 1's first").isEmpty();
    assertThat(after(cpu, 2 * US, new Ipi.Done(1, 1))).containsExactly(asked(1));
    assertThat(after(cpu, 2_100 * NS, new Ipi.Probed(1, true))).containsExactly(asked(3));
    assertThat(cpu.script.isOver(2)).isFalse();
    assertThat(after(cpu, 2_500 * NS, new Ipi.Probed(3, true))).isEmpty();
    assertThat(cpu.script.endPs(2)).isEqualTo(2_500 * NS);
  }

  @Test
  void shouldWaitForTheLaterAcknowledgementAloneWhenLinesOverlap() {
    CpuRig cpu = rig(false, 1, false, INTERRUPT, new Program.AwaitAcks());

    assertThat(after(cpu, US, new Ipi.Done(3, 0))).isEmpty();
    assertThat(after(cpu, 2 * US, new Ipi.Done(1, 0))).isEmpty();
    assertThat(cpu.script.endPs(1)).isEqualTo(2 * US);
  }

  @Test
  void shouldFetchTheNextQueueWhenTheLastRequestIsInIts() {
    CpuRig cpu = rig(true, 1, true, BEGIN, INTERRUPT, new Program.End());

    assertThat(cpu.part.takeSent("cpus"))
        .containsExactly(sent(1, new Ipi.Queue(0, 1, WHAT)));
    assertThat(after(cpu, 300 * NS, new Ipi.Probed(1, false)))
        .containsExactly(sent(3, new Ipi.Queue(0, 1, WHAT)));
    assertThat(after(cpu, 700 * NS, new Ipi.Probed(3, true)))
        .as("CPU 3 had something in its queue").containsExactly(sent(1, new Ipi.Kick(0)));
    cpu.part.settle();
    assertThat(cpu.script.endPs(1)).isEqualTo(900 * NS);
    assertThat(cpu.part.marks(MachineFact.Booked.class))
        .extracting(MachineFact.Booked::account).containsOnly(Account.IPI_SEND);
  }

  @Test
  void shouldGoOnWhenALineComesDuringAnInterrupt() {
    CpuRig cpu = rig(
        false, 1, true, new Program.Load(MM, 1), INTERRUPT, new Program.AwaitAcks());
    cpu.interrupt(US, new Ipi.Done(1, 0));
    cpu.interrupt(US, new Ipi.Done(3, 0));
    cpu.interrupt(US + 10 * NS, flush(2, 2, PAGE));
    assertThat(after(cpu, US + 20 * NS, new Ipi.Probed(1, true))).isEmpty();

    assertThat(after(cpu, US + 10 * NS + STOLEN_PS + NS, new Ipi.Probed(3, true))).isEmpty();
    assertThat(cpu.script.endPs(2)).isEqualTo(US + 10 * NS + STOLEN_PS + NS);
  }

  @Test
  void shouldStartAnewWhenTheNextOperationInterruptsTheSame() {
    CpuRig cpu = rig(
        false, 1, true, INTERRUPT, new Program.AwaitAcks(), INTERRUPT, new Program.AwaitAcks());
    for (long start : List.of(US, 3 * US)) {
      after(cpu, start, new Ipi.Done(1, 0));
      assertThat(after(cpu, start + NS, new Ipi.Done(3, 0))).isEmpty();
      assertThat(after(cpu, start + 2 * NS, new Ipi.Probed(1, true))).containsExactly(asked(3));
      after(cpu, start + 3 * NS, new Ipi.Probed(3, true));
    }
    assertThat(cpu.script.endPs(1)).isEqualTo(US + 3 * NS);
    assertThat(cpu.script.endPs(3)).isEqualTo(3 * US + 3 * NS);
  }

  @Test
  void shouldReachAClusterWithOneCommand() {
    CpuRig four = rig(false, 4, false, INTERRUPT);
    CpuRig two = rig(false, 2, false, INTERRUPT);
    four.part.settle();
    two.part.settle();

    assertThat(four.script.endPs(0)).as("1 and 3 together").isEqualTo(200 * NS);
    assertThat(two.script.endPs(0)).as("1 with 0, 3 with 2").isEqualTo(400 * NS);
    assertThat(four.part.marks(MachineFact.InterruptSent.class)).hasSize(2);
  }

  @Test
  void shouldAnswerWhenItIsAskedForItsAcknowledgement() {
    CpuRig cpu = rig(false, 1, true, new Program.Until(2 * US, false));

    assertThat(after(cpu, US, new Ipi.Probe(2, Ipi.Question.ACKNOWLEDGED, MM)))
        .containsExactly(sent(2, new Ipi.Probed(0, true)));
  }
}
