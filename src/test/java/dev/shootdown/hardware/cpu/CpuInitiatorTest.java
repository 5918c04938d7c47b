package dev.shootdown.hardware.cpu;

import static dev.shootdown.hardware.cpu.CpuRig.MM;
import static dev.shootdown.hardware.cpu.CpuRig.NS;
import static dev.shootdown.hardware.cpu.CpuRig.STOLEN_PS;
import static dev.shootdown.hardware.cpu.CpuRig.flush;
import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.Ipi;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

class CpuInitiatorTest {
  private static final PageRange PAGE = PageRange.of(7);
  private static final Program.Begin BEGIN = new Program.Begin("test", MM, PAGE);
  private static final Program.Interrupt INTERRUPT =
      new Program.Interrupt(List.of(1, 3), MM, 2, PAGE);
  private static final Program.Submit SUBMIT =
      new Program.Submit(1, List.of(new Invalidation.Iotlb(MM, PAGE)));
  private static final long US = 1_000 * NS;

  private static List<Account> accounts(CpuRig cpu) {
    return cpu.part.marks(MachineFact.Booked.class).stream()
        .map(MachineFact.Booked::account).toList();
  }

  private static void complete(CpuRig cpu, long atPs) {
    Invalidation.Completed completed =
        new Invalidation.Completed(0, atPs - 30 * NS, atPs - 20 * NS, atPs - 10 * NS);
    cpu.part.tellAt(atPs, new Cpu.IommuAnswered(completed));
  }

  @Test
  void shouldSendOneAfterTheOtherWhenItInterruptsSeveral() {
    CpuRig cpu = CpuRig.loaded(BEGIN, INTERRUPT, new Program.AwaitAcks());
    cpu.part.settle();

    Ipi.Flush flush = new Ipi.Flush(0, 1, MM, 2, PAGE);
    assertThat(cpu.part.takeSent("cpus")).containsExactly(
        new RecordingCtx.Sent("cpus", 1, flush, 0),
        new RecordingCtx.Sent("cpus", 3, flush, 200 * NS));
    assertThat(cpu.script.endPs(2)).isEqualTo(400 * NS);
    assertThat(cpu.part.marks(MachineFact.InterruptSent.class)).containsExactly(
        new MachineFact.InterruptSent(1, 1), new MachineFact.InterruptSent(1, 3));
  }

  @Test
  void shouldWaitForAllWhenAcknowledgementsAreMissing() {
    CpuRig cpu = CpuRig.loaded(BEGIN, INTERRUPT, new Program.AwaitAcks(), new Program.End());
    cpu.interrupt(300 * NS, new Ipi.Done(1, 1));
    cpu.part.runUntil(US);
    assertThat(cpu.script.isOver(3)).isFalse();
    cpu.interrupt(2 * US, new Ipi.Done(3, 1));

    assertThat(cpu.script.endPs(3)).isEqualTo(2 * US);
    assertThat(accounts(cpu))
        .containsExactly(Account.IPI_SEND, Account.IPI_SEND, Account.ACK_WAIT);
  }

  @Test
  void shouldNotWaitWhenAllHaveAcknowledgedOrNobodyWasAsked() {
    CpuRig cpu = CpuRig.loaded(
        new Program.AwaitAcks(), INTERRUPT, new Program.Spend(Account.SOFTWARE, 2 * US),
        new Program.AwaitAcks(), new Program.AwaitInvalidation());
    cpu.interrupt(US, new Ipi.Done(1, 0));
    cpu.interrupt(US, new Ipi.Done(3, 0));
    cpu.part.settle();

    assertThat(cpu.script.endPs(1)).isZero();
    assertThat(cpu.script.endPs(5)).isEqualTo(2 * US + 400 * NS);
  }

  /** Two initiators that interrupt each other must not wait for each other for ever. */
  @Test
  void shouldServeOthersWhenItWaitsForAcknowledgements() {
    CpuRig cpu = CpuRig.loaded(INTERRUPT, new Program.AwaitAcks());
    cpu.interrupt(US, flush(3, 3, PAGE));
    cpu.interrupt(US + NS, new Ipi.Done(1, 0));
    cpu.interrupt(US + 2 * NS, new Ipi.Done(3, 0));
    assertThat(cpu.script.isOver(2)).as("in the handler").isFalse();
    cpu.part.settle();

    assertThat(cpu.acknowledgements()).hasSize(1);
    assertThat(cpu.script.endPs(2)).isEqualTo(US + 250 * NS + 200 * NS + 50 * NS);
  }

  @Test
  void shouldFlushItselfWhenItsContextCallsForIt() {
    CpuRig cpu = CpuRig.loaded(
        new Program.FlushLocal(MM, 2, new PageRange(7, 3)),
        new Program.FlushLocal(MM, 2, new PageRange(7, 3)),
        new Program.FlushLocal(9, 5, PageRange.ALL));
    cpu.part.settle();

    assertThat(cpu.script.endPs(1)).as("50 ns and 100 ns a page").isEqualTo(350 * NS);
    assertThat(cpu.script.endPs(3)).as("nothing to do twice").isEqualTo(350 * NS);
    assertThat(cpu.dropped()).containsExactly(new MachineFact.Dropped(
        MM, new PageRange(7, 3), MachineFact.Cause.INVALIDATED));
  }

  @Test
  void shouldSplitTheWaitWhenItAwaitsAnInvalidation() {
    CpuRig cpu = CpuRig.loaded(
        BEGIN, SUBMIT, new Program.AwaitInvalidation(), new Program.End());
    List<RecordingCtx.Sent> sent = cpu.part.takeSent("iommus");
    assertThat(sent).hasSize(1);
    assertThat(sent.get(0).member()).isEqualTo(1);
    assertThat(((Invalidation.Submit) sent.get(0).message()).operation()).isEqualTo(1);
    complete(cpu, US);

    assertThat(cpu.script.endPs(3)).isEqualTo(US);
    assertThat(accounts(cpu)).containsExactly(
        Account.QUEUE_WAIT, Account.IOTLB_WAIT, Account.ATC_WAIT, Account.STATUS_WAIT);
  }

  @Test
  void shouldWaitForAllWhenItSubmittedTwice() {
    CpuRig cpu = CpuRig.loaded(SUBMIT, SUBMIT, new Program.AwaitInvalidation());
    complete(cpu, US);
    assertThat(cpu.script.isOver(3)).isFalse();
    complete(cpu, 2 * US);

    assertThat(cpu.script.endPs(3)).isEqualTo(2 * US);
  }

  @Test
  void shouldSeeTheCompletionWhenItComesDuringAnInterruptOfTheWait() {
    CpuRig cpu = CpuRig.loaded(SUBMIT, new Program.AwaitInvalidation());
    cpu.interrupt(US, flush(2, 2, PAGE));
    complete(cpu, US + NS);
    assertThat(cpu.script.isOver(2)).isFalse();
    cpu.part.settle();

    assertThat(cpu.script.endPs(2)).isEqualTo(US + STOLEN_PS);
  }

  /** The last completion once got lost if it found other work suspended by an interrupt. */
  @Test
  void shouldSeeTheCompletionWhenItComesDuringAnInterruptOfOtherWork() {
    CpuRig cpu = CpuRig.loaded(
        SUBMIT, new Program.Spend(Account.SOFTWARE, 2 * US), new Program.AwaitInvalidation());
    cpu.interrupt(US, flush(2, 2, PAGE));
    complete(cpu, US + NS);
    cpu.part.settle();

    assertThat(cpu.script.isOver(3)).isTrue();
    assertThat(cpu.script.endPs(3)).isEqualTo(2 * US + STOLEN_PS);
  }

  @Test
  void shouldKeepBothAnswersWhenTheyComeDuringOneInterrupt() {
    CpuRig cpu = CpuRig.loaded(
        SUBMIT, new Program.Ask(3, new KernelCall.GatherCheck(), Account.SOFTWARE),
        new Program.AwaitInvalidation());
    KernelCall.Call call = cpu.part.take("domains", KernelCall.Call.class).get(0);
    cpu.interrupt(US, flush(2, 2, PAGE));
    cpu.reply(US + NS, new KernelCall.Reply(
        call.ticket(), new KernelCall.Nested(false), 0, 0, 0));
    complete(cpu, US + 2 * NS);
    cpu.part.settle();

    assertThat(cpu.script.isOver(3)).isTrue();
  }

  @Test
  void shouldGoOnAtOnceWhenItOnlyTells() {
    CpuRig cpu = CpuRig.loaded(new Program.Tell(4, new KernelCall.GatherBegin()));
    assertThat(cpu.part.takeSent("domains")).containsExactly(new RecordingCtx.Sent(
        "domains", 4, new KernelCall.Post(0, -1, new KernelCall.GatherBegin()), 0));
    assertThat(cpu.script.endPs(1)).isZero();
  }

  @Test
  void shouldReturnToTheCallerWhenACalledProgramEnds() {
    Script inner = new Script(List.of(new Program.Spend(Account.SOFTWARE, US)));
    CpuRig cpu = CpuRig.loaded(new Program.Run(inner), new Program.Spend(Account.USER, US));
    cpu.part.settle();

    assertThat(inner.endPs(0)).isEqualTo(US);
    assertThat(cpu.script.endPs(1)).isEqualTo(US);
    assertThat(cpu.script.endPs(2)).isEqualTo(2 * US);
  }
}
