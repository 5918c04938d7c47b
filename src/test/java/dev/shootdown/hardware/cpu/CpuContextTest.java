package dev.shootdown.hardware.cpu;

import static dev.shootdown.hardware.cpu.CpuRig.MM;
import static dev.shootdown.hardware.cpu.CpuRig.NS;
import static dev.shootdown.hardware.cpu.CpuRig.flush;
import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.Ipi;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CpuContextTest {
  private static final PageRange RANGE = new PageRange(7, 2);
  private static final Program.Until BUSY = new Program.Until(100_000 * NS, false);
  private static final long US = 1_000 * NS;

  private static MachineFact.Dropped invalidated(PageRange range) {
    return new MachineFact.Dropped(MM, range, MachineFact.Cause.INVALIDATED);
  }

  private static MachineFact.Dropped switched(int mm) {
    return new MachineFact.Dropped(mm, PageRange.ALL, MachineFact.Cause.SWITCHED);
  }

  /** The CPU after these interrupts, one a microsecond. */
  private static CpuRig after(CpuRig cpu, Ipi... interrupts) {
    for (int i = 0; i < interrupts.length; i++) {
      cpu.interrupt((i + 1) * 2 * US, interrupts[i]);
    }
    cpu.part.runUntil((interrupts.length + 1) * 2 * US);
    return cpu;
  }

  @Test
  void shouldFlushPageByPageWhenExactlyOneGenerationBehind() {
    CpuRig cpu = after(CpuRig.loaded(BUSY), flush(1, 2, RANGE), flush(1, 3, RANGE));

    assertThat(cpu.dropped()).containsExactly(invalidated(RANGE), invalidated(RANGE));
    assertThat(cpu.acknowledgements()).extracting(RecordingCtx.Sent::atPs)
        .containsExactly(2 * US + 450 * NS, 4 * US + 450 * NS);
  }

  @Test
  void shouldFlushEverythingWhenMoreThanOneGenerationBehind() {
    CpuRig cpu = after(CpuRig.loaded(BUSY), flush(1, 3, RANGE), flush(2, 2, RANGE));

    assertThat(cpu.dropped()).as("the late flush finds its work done")
        .containsExactly(invalidated(PageRange.ALL));
    assertThat(cpu.acknowledgements()).extracting(RecordingCtx.Sent::atPs)
        .containsExactly(2 * US + 400 * NS, 4 * US + 200 * NS);
  }

  @Test
  void shouldFlushEverythingWhenEverythingIsAsked() {
    CpuRig cpu = after(CpuRig.loaded(BUSY), flush(1, 2, PageRange.ALL));

    assertThat(cpu.dropped()).containsExactly(invalidated(PageRange.ALL));
  }

  @Test
  void shouldDropNothingButAnswerWhenAnotherAddressSpaceIsMeant() {
    CpuRig cpu = after(CpuRig.loaded(BUSY), new Ipi.Flush(1, 71, MM + 1, 2, RANGE));

    assertThat(cpu.dropped()).isEmpty();
    assertThat(cpu.acknowledgements()).hasSize(1);
  }

  @Test
  void shouldUnloadWhenItIsLazy() {
    CpuRig cpu = after(
        CpuRig.loaded(new Program.BeLazy(), BUSY), flush(1, 2, RANGE), flush(1, 3, RANGE));

    assertThat(cpu.dropped()).as("once: then there is nothing loaded")
        .containsExactly(switched(MM));
    assertThat(cpu.part.marks(MachineFact.ContextTaken.class)).containsExactly(
        new MachineFact.ContextTaken(MM, false), new MachineFact.ContextTaken(MM, true),
        new MachineFact.ContextTaken(-1, false));
    assertThat(cpu.acknowledgements()).hasSize(2);
  }

  @Test
  void shouldKeepEntriesWhenAnAddressSpaceReturnsUnchanged() {
    CpuRig cpu = CpuRig.loaded(
        CpuRig.read(7), new Program.Load(2, 1), new Program.Load(MM, 1), CpuRig.read(7));
    cpu.fill(0, 70);
    cpu.part.settle();

    assertThat(cpu.dropped()).isEmpty();
    assertThat(cpu.walks()).isEmpty();
  }

  @Test
  void shouldDropEverythingOfItWhenAnAddressSpaceReturnsChanged() {
    CpuRig cpu = CpuRig.loaded(
        CpuRig.read(7), new Program.Load(2, 1), new Program.Load(MM, 2), CpuRig.read(7));
    cpu.fill(0, 70);
    cpu.part.settle();

    assertThat(cpu.dropped()).containsExactly(switched(MM));
    assertThat(cpu.walks()).as("nothing old is used").hasSize(1);
  }

  /** A flush served while loaded counts, or the next load would drop everything again. */
  @Test
  void shouldKeepEntriesWhenItWasInterruptedUpToTheGenerationItReturnsTo() {
    CpuRig cpu = CpuRig.loaded(
        new Program.Until(10 * US, false), new Program.Load(2, 1), new Program.Load(MM, 2));
    after(cpu, flush(1, 2, RANGE));
    cpu.part.settle();

    assertThat(cpu.dropped()).containsExactly(invalidated(RANGE));
  }

  @Test
  void shouldGiveUpOneWhenASeventhAddressSpaceComes() {
    List<Program.Step> steps = new ArrayList<>();
    for (int mm = 1; mm <= 7; mm++) {
      steps.add(new Program.Load(mm, 1));
    }
    CpuRig six = new CpuRig(CpuRig.SPEC, steps.subList(0, 6));
    CpuRig seven = new CpuRig(CpuRig.SPEC, steps);

    assertThat(six.dropped()).isEmpty();
    assertThat(seven.dropped()).hasSize(1).allMatch(
        dropped -> dropped.range().isAll() && dropped.mm() != 7
            && dropped.cause() == MachineFact.Cause.SWITCHED);
  }

  @Test
  void shouldStateNothingOfWhatItEvictedWhenThatReturns() {
    List<Program.Step> steps = new ArrayList<>();
    for (int mm = 1; mm <= 7; mm++) {
      steps.add(new Program.Load(mm, 1));
    }
    steps.add(new Program.Load(1, 5));
    CpuRig cpu = new CpuRig(CpuRig.SPEC, steps);

    assertThat(cpu.dropped()).hasSize(2).extracting(MachineFact.Dropped::mm)
        .doesNotHaveDuplicates();
  }
}
