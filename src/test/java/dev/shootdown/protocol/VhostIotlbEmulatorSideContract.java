package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.protocol.VhostIotlb.Invalidate;
import dev.shootdown.protocol.VhostIotlb.Invalidated;
import dev.shootdown.protocol.VhostIotlb.Miss;
import dev.shootdown.protocol.VhostIotlb.Unmapped;
import dev.shootdown.protocol.VhostIotlb.Update;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link VhostIotlb.EmulatorSide} owes a backend. */
public abstract class VhostIotlbEmulatorSideContract {
  /** An emulator with one backend, played by the test; page 8 of the guest is in frame 80. */
  public interface Subject {
    void hear(VhostIotlb.ToEmulator message);

    /** The guest flushes page 8. */
    void guestFlushes();

    /** Lets all the time pass that it needs; guest memory answers. */
    void settle();

    /** Whether the guest may go on. */
    boolean isDone();

    /** What it said to the backend since the last call. */
    List<VhostIotlb.ToBackend> takeSaid();

    /** How many times it stated that a rule was broken. */
    int breaches();
  }

  /** An emulator that has told nobody anything. */
  protected abstract Subject subject();

  @Test
  void shouldAnswerEachMissOnceWithWhatIsInTheTable() {
    Subject emulator = subject();
    emulator.hear(new Miss(8, true));
    emulator.settle();
    List<VhostIotlb.ToBackend> found = emulator.takeSaid();
    assertThat(found).singleElement().isInstanceOf(Update.class)
        .matches(update -> ((Update) update).page() == 8 && ((Update) update).pfn() == 80);

    emulator.hear(new Miss(9, false));
    emulator.settle();
    assertThat(emulator.takeSaid()).containsExactly(new Unmapped(9));
  }

  @Test
  void shouldLetTheGuestGoOnOnlyWhenTheBackendHasForgotten() {
    Subject emulator = subject();
    emulator.guestFlushes();
    emulator.settle();
    List<VhostIotlb.ToBackend> said = emulator.takeSaid();
    assertThat(said).singleElement().isInstanceOf(Invalidate.class);
    Invalidate invalidate = (Invalidate) said.get(0);
    assertThat(invalidate.span().contains(new ViommuNotifier.Span(0x8000, 0x8fff))).isTrue();
    assertThat(emulator.isDone()).isFalse();
    emulator.hear(new Invalidated(invalidate.ticket()));
    emulator.settle();

    assertThat(emulator.isDone()).isTrue();
  }

  @Test
  void shouldStateABreachWhenABackendAnswersWhatItWasNotAsked() {
    Subject emulator = subject();
    emulator.hear(new Invalidated(77));
    emulator.settle();

    assertThat(emulator.breaches()).isEqualTo(1);
    assertThat(emulator.takeSaid()).isEmpty();
  }
}
