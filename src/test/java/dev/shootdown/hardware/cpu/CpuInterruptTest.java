package dev.shootdown.hardware.cpu;

import static dev.shootdown.hardware.cpu.CpuRig.ENTRY_AND_FLUSH_PS;
import static dev.shootdown.hardware.cpu.CpuRig.NS;
import static dev.shootdown.hardware.cpu.CpuRig.STOLEN_PS;
import static dev.shootdown.hardware.cpu.CpuRig.flush;
import static dev.shootdown.hardware.cpu.CpuRig.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.Ipi;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

class CpuInterruptTest {
  private static final Program.Begin BEGIN = new Program.Begin("test", 1, PageRange.of(7));
  private static final PageRange PAGE = PageRange.of(7);
  private static final long US = 1_000 * NS;

  private static Program.Spend spend(long durationPs) {
    return new Program.Spend(Account.SOFTWARE, durationPs);
  }

  private static MachineFact.Booked booked(Account account, long fromPs, long untilPs) {
    return new MachineFact.Booked(1, account, fromPs, untilPs);
  }

  private static Program.Ask ask() {
    return new Program.Ask(3, new KernelCall.GatherCheck(), Account.PTE_WORK);
  }

  @Test
  void shouldResumeWithTheRestWhenAnInterruptCutsIntoWork() {
    CpuRig cpu = CpuRig.loaded(BEGIN, spend(10 * US), new Program.End());
    cpu.interrupt(3 * US, flush(2, 2, PAGE));
    cpu.part.settle();

    long resumedPs = 3 * US + STOLEN_PS;
    assertThat(cpu.script.endPs(2)).isEqualTo(10 * US + STOLEN_PS);
    assertThat(cpu.part.marks(MachineFact.Booked.class)).containsExactly(
        booked(Account.SOFTWARE, 0, 3 * US),
        booked(Account.INTERRUPTED, 3 * US, resumedPs),
        booked(Account.SOFTWARE, resumedPs, 10 * US + STOLEN_PS));
    assertThat(cpu.part.marks(MachineFact.Stolen.class))
        .containsExactly(new MachineFact.Stolen(72, 3 * US));
  }

  @Test
  void shouldAcknowledgeAfterDroppingWhenInterrupted() {
    CpuRig cpu = CpuRig.loaded(spend(10 * US));
    cpu.interrupt(3 * US, flush(2, 2, PAGE));
    cpu.part.settle();

    long donePs = 3 * US + ENTRY_AND_FLUSH_PS;
    assertThat(cpu.acknowledgements()).containsExactly(
        new RecordingCtx.Sent("cpus", 2, new Ipi.Done(0, 72), donePs));
    assertThat(cpu.part.markedAtPs(MachineFact.Dropped.class)).containsExactly(donePs);
  }

  @Test
  void shouldTakeTheAnswerLaterWhenItComesDuringAnInterrupt() {
    CpuRig cpu = CpuRig.loaded(BEGIN, ask(), spend(US), new Program.End());
    KernelCall.Call call = cpu.part.take("domains", KernelCall.Call.class).get(0);
    cpu.interrupt(100 * NS, flush(1, 2, PAGE));
    cpu.reply(200 * NS, new KernelCall.Reply(
        call.ticket(), new KernelCall.Nested(true), 40 * NS, 60 * NS, 90 * NS));
    assertThat(cpu.script.isOver(2)).isFalse();
    cpu.part.settle();

    assertThat(cpu.script.outcome(2))
        .isEqualTo(new Program.Answered(new KernelCall.Nested(true)));
    assertThat(cpu.script.endPs(2)).isEqualTo(100 * NS + STOLEN_PS);
    assertThat(cpu.part.marks(MachineFact.Booked.class)).startsWith(
        booked(Account.REACH, 0, 40 * NS),
        booked(Account.LOCK_WAIT, 40 * NS, 60 * NS),
        booked(Account.PTE_WORK, 60 * NS, 90 * NS));
  }

  @Test
  void shouldGoOnWaitingWhenTheAnswerComesAfterTheInterrupt() {
    CpuRig cpu = CpuRig.loaded(ask(), spend(US));
    KernelCall.Call call = cpu.part.take("domains", KernelCall.Call.class).get(0);
    cpu.interrupt(100 * NS, flush(1, 2, PAGE));
    cpu.part.runUntil(5 * US);
    assertThat(cpu.script.isOver(1)).isFalse();
    cpu.reply(6 * US, new KernelCall.Reply(call.ticket(), new KernelCall.Ok(), 0, 0, 0));

    assertThat(cpu.script.endPs(1)).isEqualTo(6 * US);
  }

  @Test
  void shouldWalkAgainWhenAnInterruptCutsIntoAWalk() {
    CpuRig cpu = CpuRig.loaded(read(7));
    PageWalk.Walk old = cpu.walks().get(0);
    cpu.interrupt(100 * NS, flush(1, 2, PAGE));
    cpu.answer(150 * NS, old, 70, true);
    cpu.part.settle();
    PageWalk.Walk again = cpu.walks().get(0);
    assertThat(again.tag()).isNotEqualTo(old.tag());
    cpu.answer(US, old, 70, true);
    assertThat(cpu.part.marks(MachineFact.Filled.class))
        .as("what was read before the flush is not cached after it").isEmpty();

    cpu.answer(2 * US, again, 71, true);
    assertThat(cpu.part.marks(MachineFact.Filled.class))
        .extracting(MachineFact.Filled::pfn).containsExactly(71L);
  }

  @Test
  void shouldFlushWhenInterruptsComeOnAgain() {
    CpuRig cpu = CpuRig.loaded(
        new Program.Interrupts(false), spend(US), new Program.Interrupts(true), spend(US));
    cpu.interrupt(500 * NS, flush(1, 2, PAGE));
    cpu.part.settle();

    assertThat(cpu.script.endPs(2)).as("not interrupted").isEqualTo(US);
    assertThat(cpu.acknowledgements()).extracting(RecordingCtx.Sent::atPs)
        .containsExactly(US + ENTRY_AND_FLUSH_PS);
    assertThat(cpu.script.endPs(4)).isEqualTo(2 * US + STOLEN_PS);
  }

  @Test
  void shouldServeThemInOrderWhenSeveralInterruptsArePending() {
    CpuRig cpu = CpuRig.loaded(spend(10 * US));
    cpu.interrupt(US, flush(3, 2, PAGE));
    cpu.interrupt(US + NS, flush(1, 3, PAGE));
    cpu.interrupt(US + 2 * NS, flush(2, 4, PAGE));
    cpu.part.settle();

    long firstPs = US + ENTRY_AND_FLUSH_PS;
    assertThat(cpu.acknowledgements()).containsExactly(
        new RecordingCtx.Sent("cpus", 3, new Ipi.Done(0, 73), firstPs),
        new RecordingCtx.Sent("cpus", 1, new Ipi.Done(0, 71), firstPs + 150 * NS),
        new RecordingCtx.Sent("cpus", 2, new Ipi.Done(0, 72), firstPs + 300 * NS));
    assertThat(cpu.script.endPs(1)).as("entered and left once")
        .isEqualTo(10 * US + STOLEN_PS + 300 * NS);
  }

  @Test
  void shouldEnterAgainWhenAnInterruptComesWhileLeaving() {
    CpuRig cpu = CpuRig.loaded(spend(10 * US));
    cpu.interrupt(US, flush(3, 2, PAGE));
    cpu.interrupt(US + ENTRY_AND_FLUSH_PS + NS, flush(1, 3, PAGE));
    cpu.part.settle();

    assertThat(cpu.acknowledgements()).hasSize(2);
    assertThat(cpu.script.endPs(1)).isEqualTo(10 * US + 2 * STOLEN_PS);
  }

  @Test
  void shouldPayForWakingWhenTheCpuIsIdle() {
    CpuRig idle = CpuRig.loaded(new Program.Until(10 * US, true));
    CpuRig busy = CpuRig.loaded(new Program.Until(10 * US, false));
    CpuRig finished = CpuRig.loaded();
    List.of(idle, busy, finished).forEach(cpu -> {
      cpu.interrupt(US, flush(1, 2, PAGE));
      cpu.part.settle();
    });

    assertThat(busy.acknowledgements()).extracting(RecordingCtx.Sent::atPs)
        .containsExactly(US + ENTRY_AND_FLUSH_PS);
    assertThat(idle.acknowledgements()).extracting(RecordingCtx.Sent::atPs)
        .containsExactly(2 * US + ENTRY_AND_FLUSH_PS);
    assertThat(finished.acknowledgements()).extracting(RecordingCtx.Sent::atPs)
        .containsExactly(2 * US + ENTRY_AND_FLUSH_PS);
  }

  /** Work takes as much longer as was stolen from it; waiting for a time does not. */
  @Test
  void shouldEndAtTheTimeWaitedForHoweverOftenInterrupted() {
    for (boolean halted : new boolean[] {false, true}) {
      CpuRig waiting = CpuRig.loaded(new Program.Until(10 * US, halted), spend(0));
      CpuRig late = CpuRig.loaded(new Program.Until(10 * US, halted), spend(0));
      for (int i = 1; i <= 3; i++) {
        waiting.interrupt(2 * i * US, flush(1, 1 + i, PAGE));
      }
      late.interrupt(10 * US - NS, flush(1, 2, PAGE));
      waiting.part.settle();
      late.part.settle();

      assertThat(waiting.acknowledgements()).hasSize(3);
      assertThat(waiting.script.endPs(1)).isEqualTo(10 * US);
      assertThat(late.script.endPs(1)).as("not out of the handler before")
          .isEqualTo(10 * US - NS + STOLEN_PS + (halted ? US : 0));
    }
  }

  @Test
  void shouldGoOnAtOnceWhenTheTimeToWaitForIsPast() {
    CpuRig cpu = CpuRig.loaded(spend(2 * US), new Program.Until(US, true), spend(0));
    cpu.part.settle();

    assertThat(cpu.script.endPs(3)).isEqualTo(2 * US);
  }
}
