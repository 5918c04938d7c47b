package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link Ipi.CpuSide} owes the CPU that interrupts it (Linux {@code flush_tlb_func}). */
public abstract class IpiCpuSideContract {
  /** The address space that it has loaded, at generation 1. */
  protected static final int MM = 1;

  private static final PageRange RANGE = new PageRange(6, 3);

  /** What it said to CPU {@code target}. */
  public record Said(int target, Ipi message) {}

  /** A CPU with everything around it played by the test. */
  public interface Subject {
    void hear(Ipi message);

    /** Lets time pass until it says something or nothing is left to do. */
    void runUntilSaid();

    /** What it said since the last call. */
    List<Said> takeSaid();

    /** Whether it has a translation for {@code page} of address space 1 now. */
    boolean holds(long page);
  }

  /** CPU number 0, which has cached these pages. */
  protected abstract Subject subject(List<Long> pages);

  @Test
  void shouldHoldNothingOfTheRangeWhenItAnswers() {
    Subject cpu = subject(List.of(7L, 8L, 9L));
    assertThat(cpu.holds(7)).isTrue();
    cpu.hear(new Ipi.Flush(2, 50, MM, 2, RANGE));
    cpu.runUntilSaid();

    assertThat(cpu.takeSaid()).hasSize(1).allMatch(said -> said.target() == 2)
        .allMatch(said -> ((Ipi.Done) said.message()).operation() == 50);
    assertThat(List.of(cpu.holds(7), cpu.holds(8))).containsOnly(false);
    assertThat(cpu.holds(9)).as("one generation behind spares the rest").isTrue();
  }

  @Test
  void shouldHoldNothingAtAllWhenItAnswersToAFullFlush() {
    Subject cpu = subject(List.of(7L, 9L));
    cpu.hear(new Ipi.Flush(1, 50, MM, 2, PageRange.ALL));
    cpu.runUntilSaid();

    assertThat(cpu.takeSaid()).hasSize(1);
    assertThat(List.of(cpu.holds(7), cpu.holds(9))).containsOnly(false);
  }

  @Test
  void shouldAnswerEachOnceWhenAllFlushAtATime() {
    Subject cpu = subject(List.of(7L));
    cpu.hear(new Ipi.Flush(1, 51, MM, 2, RANGE));
    cpu.hear(new Ipi.Flush(2, 52, MM, 3, RANGE));
    cpu.hear(new Ipi.Flush(3, 53, MM, 4, RANGE));
    List<Said> said = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      cpu.runUntilSaid();
      said.addAll(cpu.takeSaid());
    }

    assertThat(said).extracting(Said::target).containsExactlyInAnyOrder(1, 2, 3);
    assertThat(said).extracting(one -> ((Ipi.Done) one.message()).operation())
        .containsExactlyInAnyOrder(51L, 52L, 53L);
  }

  @Test
  void shouldAnswerWhenItHasNothingToFlush() {
    Subject cpu = subject(List.of(7L));
    cpu.hear(new Ipi.Flush(1, 51, MM + 1, 9, PageRange.ALL));
    cpu.runUntilSaid();

    assertThat(cpu.takeSaid()).hasSize(1);
    assertThat(cpu.holds(7)).as("another address space's flush").isTrue();
  }

  @Test
  void shouldDropEverythingWhenAFlushBeforeThisOneIsStillUnderWay() {
    Subject cpu = subject(List.of(7L, 100L));
    cpu.hear(new Ipi.Flush(1, 51, MM, 3, RANGE));
    cpu.runUntilSaid();

    assertThat(cpu.holds(100)).as("generation 2 may have been about page 100").isFalse();
  }

  @Test
  void shouldFlushARequestFromItsQueueOnlyWhenItIsInterrupted() {
    Subject cpu = subject(List.of(7L));
    cpu.hear(new Ipi.Queue(2, 50, new FlushHandler.Flush(MM, 2, RANGE)));
    cpu.hear(new Ipi.Queue(1, 51, new FlushHandler.Flush(MM, 3, RANGE)));
    assertThat(cpu.takeSaid()).as("only the first found the queue empty").containsExactly(
        new Said(2, new Ipi.Probed(0, false)), new Said(1, new Ipi.Probed(0, true)));
    cpu.runUntilSaid();
    assertThat(cpu.takeSaid()).isEmpty();
    assertThat(cpu.holds(7)).isTrue();
    cpu.hear(new Ipi.Kick(2));
    List<Said> said = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      cpu.runUntilSaid();
      said.addAll(cpu.takeSaid());
    }

    assertThat(said).extracting(Said::target).containsExactly(2, 1);
    assertThat(cpu.holds(7)).isFalse();
  }

  @Test
  void shouldAnswerAtOnceWithoutAnInterruptWhenItIsLookedAt() {
    Subject cpu = subject(List.of(7L));
    cpu.hear(new Ipi.Probe(3, Ipi.Question.USES_GLOBAL_ID, MM));

    assertThat(cpu.takeSaid()).containsExactly(new Said(3, new Ipi.Probed(0, false)));
    assertThat(cpu.holds(7)).isTrue();
  }
}
