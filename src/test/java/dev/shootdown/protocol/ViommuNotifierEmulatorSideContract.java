package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.protocol.ViommuNotifier.Event;
import dev.shootdown.protocol.ViommuNotifier.Span;
import dev.shootdown.protocol.ViommuNotifier.Taken;
import dev.shootdown.protocol.ViommuNotifier.Type;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link ViommuNotifier.EmulatorSide} owes those who listen to its region. */
public abstract class ViommuNotifierEmulatorSideContract {
  /** An emulator with one exact listener, played by the test; nothing is mapped as yet. */
  public interface Subject {
    void hear(ViommuNotifier.ToEmulator message);

    /** The guest maps page 8 to frame 80, or unmaps it, and flushes it. */
    void guestChanges(boolean mapped);

    /** Lets all the time pass that it needs; guest memory answers. */
    void settle();

    /** Whether the guest may go on. */
    boolean isDone();

    /** What it told the listener since the last call. */
    List<ViommuNotifier.ToListener> takeSaid();

    /** How many times it stated that a rule was broken. */
    int breaches();
  }

  /** An emulator that has told nobody anything. */
  protected abstract Subject subject();

  private static Event event(Subject emulator) {
    emulator.settle();
    List<ViommuNotifier.ToListener> said = emulator.takeSaid();
    assertThat(said).singleElement().isInstanceOf(Event.class);
    return (Event) said.get(0);
  }

  @Test
  void shouldTellExactlyWhatIsMappedAndWaitUntilItIsTaken() {
    Subject emulator = subject();
    emulator.guestChanges(true);
    Event event = event(emulator);
    assertThat(event.type()).isEqualTo(Type.MAP);
    assertThat(event.span()).isEqualTo(new Span(0x8000, 0x8fff));
    assertThat(event.pfn()).isEqualTo(80);
    assertThat(emulator.isDone()).isFalse();
    emulator.hear(new Taken(event.ticket()));
    emulator.settle();

    assertThat(emulator.isDone()).isTrue();
  }

  @Test
  void shouldTellThatItIsGoneWhenTheGuestUnmapsIt() {
    Subject emulator = subject();
    emulator.guestChanges(true);
    emulator.hear(new Taken(event(emulator).ticket()));
    emulator.settle();
    emulator.guestChanges(false);
    Event event = event(emulator);

    assertThat(event.type()).isEqualTo(Type.UNMAP);
    assertThat(event.span().contains(new Span(0x8000, 0x8fff))).isTrue();
  }

  @Test
  void shouldStateABreachWhenACallReturnsThatWasNotMade() {
    Subject emulator = subject();
    emulator.hear(new Taken(77));
    emulator.settle();

    assertThat(emulator.breaches()).isEqualTo(1);
    assertThat(emulator.takeSaid()).isEmpty();
  }
}
