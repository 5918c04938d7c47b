package dev.shootdown.kernel.arch;

import static dev.shootdown.protocol.ProgramHarness.words;
import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.protocol.Program.Step;
import dev.shootdown.protocol.ProgramHarness;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact.Audience;
import dev.shootdown.trace.MachineFact.FlushBegan;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class X86RulesTest {
  private static final int CPU = 2;
  private static final KernelMap MAP = new KernelMap(3, 0);

  private final List<FlushRules.Job> secondary = new ArrayList<>();

  private X86Rules rules(Era era) {
    return new X86Rules(CPU, MAP, 33, era, job -> {
      secondary.add(job);
      return (last, nowPs) -> new Program.Finish();
    });
  }

  private List<Step> flush(Era era, long pages, boolean freedTables) {
    FlushRules.Job job = new FlushRules.Job(8, 1, new PageRange(7, pages), freedTables);
    return ProgramHarness.run(rules(era).cpuFlush(job), request ->
        ProgramHarness.answer(
            request, new KernelCall.FlushTargets(6, List.of(0, 2, 5), List.of(1, 4))));
  }

  @Test
  void shouldFlushPageByPageWhenTheCeilingIsNotPassed() {
    List<Step> steps = flush(Era.B, 33, false);

    assertThat(steps).contains(
        new Program.Interrupt(List.of(0, 5), 1, 6, new PageRange(7, 33)),
        new Program.FlushLocal(1, 6, new PageRange(7, 33)));
  }

  @Test
  void shouldFlushEverythingWhenTheCeilingIsPassed() {
    List<Step> steps = flush(Era.B, 34, false);

    assertThat(steps).contains(
        new Program.Interrupt(List.of(0, 5), 1, 6, PageRange.ALL),
        new Program.FlushLocal(1, 6, PageRange.ALL));
    assertThat(ProgramHarness.flushes(steps, Audience.CPU)).containsExactly(new FlushBegan(
        8, Audience.CPU, 1, new PageRange(7, 34), PageRange.ALL, 2));
  }

  @Test
  void shouldInterruptLazyCpusOnlyWhenTablesAreFreed() {
    assertThat(ProgramHarness.of(flush(Era.B, 1, false), Program.Interrupt.class))
        .extracting(Program.Interrupt::targets).containsExactly(List.of(0, 5));
    assertThat(ProgramHarness.of(flush(Era.B, 1, true), Program.Interrupt.class))
        .extracting(Program.Interrupt::targets).containsExactly(List.of(0, 5, 1, 4));
  }

  /** The own flush hides in the wait for the others. */
  @Test
  void shouldFlushItselfBetweenAskingAndWaiting() {
    assertThat(words(flush(Era.B, 1, false))).containsExactly(
        "NextGeneration", "FlushBegan CPU", "Interrupt", "FlushLocal", "AwaitAcks",
        "FlushEnded CPU");
  }

  /** The time that a flush spends on sending besides the interrupts themselves. */
  private static List<Program.Spend> preparing(List<Integer> active, List<Integer> lazy) {
    ArchSpec plain = ArchSpec.of(Arch.X86);
    ArchSpec spec =
        new ArchSpec(
            plain.flushCeiling(), false, true, false, 3, 4_000, 0, true, 8, true, 512, 0, 300);
    Place place =
        new Place(CPU, 6, MAP, Era.B, job -> (last, nowPs) -> new Program.Finish());
    FlushRules.Job job = new FlushRules.Job(8, 1, PageRange.of(7), false);
    return ProgramHarness.of(
        ProgramHarness.run(
            ArchRules.of(Arch.X86, spec, place).rules().cpuFlush(job),
            request ->
                ProgramHarness.answer(request, new KernelCall.FlushTargets(6, active, lazy))),
        Program.Spend.class);
  }

  /** Linux takes the long way whenever the mask has another CPU, and nobody may be interrupted. */
  @Test
  void shouldPrepareOnceWhenTheMaskNamesAnotherCpuEvenIfItIsLazy() {
    Program.Spend once = new Program.Spend(Account.IPI_SEND, 300);
    assertThat(preparing(List.of(CPU), List.of())).isEmpty();
    assertThat(preparing(List.of(CPU), List.of(4))).containsExactly(once);
    assertThat(preparing(List.of(0, CPU, 5), List.of(4))).containsExactly(once);
  }

  @Test
  void shouldFlushDevicesOfTheWidenedRangeOnlyInEraC() {
    flush(Era.B, 34, false);
    assertThat(secondary).isEmpty();
    flush(Era.C, 33, true);
    flush(Era.C, 34, false);

    assertThat(secondary).containsExactly(
        new FlushRules.Job(8, 1, new PageRange(7, 33), true),
        new FlushRules.Job(8, 1, PageRange.ALL, false));
  }

  @Test
  void shouldLeaveTheRangeAloneWhenOnlyDevicesAreFlushed() {
    FlushRules.Job job = new FlushRules.Job(8, 1, new PageRange(7, 5000), false);
    rules(Era.B).secondaryFlush(job);

    assertThat(secondary).containsExactly(job);
  }
}
