package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.protocol.NestedDomain.Invalidate;
import dev.shootdown.protocol.NestedDomain.Invalidated;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link NestedDomain.EmulatorSide} owes the kernel's domain, and its guest. */
public abstract class NestedDomainEmulatorSideContract {
  /** An emulator, with guest and domain played by the test. */
  public interface Subject {
    void hear(NestedDomain.ToEmulator message);

    /** The guest flushes pages 8 and 9 of its own table, one after the other, and waits. */
    void guestFlushesTwoPages();

    /** Lets all the time pass that it needs by itself. */
    void settle();

    /** Whether the guest may go on. */
    boolean isDone();

    /** What it said to the domain since the last call. */
    List<Invalidate> takeSaid();

    /** How many times it stated that a rule was broken. */
    int breaches();
  }

  /** An emulator that has told nobody anything. */
  protected abstract Subject subject();

  private static Invalidate next(Subject emulator) {
    emulator.settle();
    List<Invalidate> said = emulator.takeSaid();
    assertThat(said).hasSize(1);
    return said.get(0);
  }

  @Test
  void shouldWaitForEachResultBeforeItAsksForMore() {
    Subject emulator = subject();
    emulator.guestFlushesTwoPages();
    Invalidate first = next(emulator);
    assertThat(emulator.isDone()).isFalse();
    emulator.hear(new Invalidated(first.ticket(), 0, 0, 0));
    Invalidate second = next(emulator);
    assertThat(emulator.isDone()).isFalse();
    emulator.hear(new Invalidated(second.ticket(), 0, 0, 0));
    emulator.settle();

    assertThat(List.of(first.pages().firstPage(), second.pages().firstPage()))
        .containsExactly(8L, 9L);
    assertThat(second.ticket()).isNotEqualTo(first.ticket());
    assertThat(emulator.isDone()).isTrue();
  }

  @Test
  void shouldStateABreachWhenAResultComesThatItDidNotAskFor() {
    Subject emulator = subject();
    emulator.hear(new Invalidated(77, 0, 0, 0));
    assertThat(emulator.breaches()).isEqualTo(1);
    emulator.guestFlushesTwoPages();
    Invalidate first = next(emulator);
    emulator.hear(new Invalidated(first.ticket() + 1, 0, 0, 0));
    emulator.settle();

    assertThat(emulator.breaches()).isEqualTo(2);
    assertThat(emulator.takeSaid()).isEmpty();
    assertThat(emulator.isDone()).isFalse();
  }
}
