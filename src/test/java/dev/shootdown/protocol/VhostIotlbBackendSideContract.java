package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.protocol.VhostIotlb.Invalidate;
import dev.shootdown.protocol.VhostIotlb.Invalidated;
import dev.shootdown.protocol.VhostIotlb.Miss;
import dev.shootdown.protocol.VhostIotlb.Unmapped;
import dev.shootdown.protocol.VhostIotlb.Update;
import dev.shootdown.protocol.ViommuNotifier.Span;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link VhostIotlb.BackendSide} owes the emulator that fills its IOTLB. */
public abstract class VhostIotlbBackendSideContract {
  private static final Span PAGE_7 = new Span(0x7000, 0x7fff);

  /** A backend whose emulator is played by the test. */
  public interface Subject {
    void hear(VhostIotlb.ToBackend message);

    /** The guest wants a write to {@code page}, under a tag of its own. */
    void write(long tag, long page);

    /** Lets all the time pass that it needs. */
    void settle();

    /** What it said to the emulator since the last call. */
    List<VhostIotlb.ToEmulator> takeSaid();

    /** The frames that it wrote since the last call. */
    List<Long> takeFrames();

    /** How many times it stated that a rule was broken. */
    int breaches();
  }

  /** A backend with nothing cached. */
  protected abstract Subject subject();

  @Test
  void shouldMissOnceAndMoveDataWhenTheTranslationIsThere() {
    Subject backend = subject();
    backend.write(1, 7);
    backend.write(2, 7);
    assertThat(backend.takeSaid()).containsExactly(new Miss(7, true));
    backend.hear(new Update(7, 70, true, 0));
    backend.settle();
    backend.write(3, 7);
    backend.settle();

    assertThat(backend.takeSaid()).isEmpty();
    assertThat(backend.takeFrames()).containsExactly(70L, 70L, 70L);
  }

  @Test
  void shouldMoveNothingWhenThereIsNoTranslation() {
    Subject backend = subject();
    backend.write(1, 7);
    backend.hear(new Unmapped(7));
    backend.settle();

    assertThat(backend.takeFrames()).isEmpty();
  }

  @Test
  void shouldAnswerOnceAndMissAgainWhenAPageIsInvalidated() {
    Subject backend = subject();
    backend.write(1, 7);
    backend.hear(new Update(7, 70, true, 0));
    backend.settle();
    backend.takeSaid();
    backend.hear(new Invalidate(5, PAGE_7));
    backend.settle();
    assertThat(backend.takeSaid()).containsExactly(new Invalidated(5));

    backend.write(2, 7);
    backend.settle();
    assertThat(backend.takeSaid()).containsExactly(new Miss(7, true));
  }

  @Test
  void shouldAnswerWhenNothingIsCachedAndTheSpanIsEverything() {
    Subject backend = subject();
    backend.hear(new Invalidate(6, Span.ALL));
    backend.settle();

    assertThat(backend.takeSaid()).containsExactly(new Invalidated(6));
  }

  @Test
  void shouldStateABreachWhenATranslationComesThatNobodyMissed() {
    Subject backend = subject();
    backend.hear(new Update(7, 70, true, 0));
    backend.hear(new Unmapped(8));
    backend.settle();

    assertThat(backend.breaches()).isEqualTo(2);
    assertThat(backend.takeFrames()).isEmpty();
  }
}
