package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.protocol.ViommuNotifier.Event;
import dev.shootdown.protocol.ViommuNotifier.Span;
import dev.shootdown.protocol.ViommuNotifier.Taken;
import dev.shootdown.protocol.ViommuNotifier.Type;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link ViommuNotifier.ListenerSide} owes the emulator. */
public abstract class ViommuNotifierListenerSideContract {
  private static final Span PAGES = new Span(0x7000, 0x8fff);

  /** A listener that keeps a copy of the guest's table; the emulator is played by the test. */
  public interface Subject {
    void hear(ViommuNotifier.ToListener message);

    /** Lets all the time pass that it needs. */
    void settle();

    /** What it said to the emulator since the last call. */
    List<Taken> takeSaid();

    /** The frame that a write to {@code page} reaches, −1 if none. */
    long reaches(long page);
  }

  /** A listener that has been told nothing. */
  protected abstract Subject subject();

  private static void tell(Subject listener, long ticket, Type type, Span span, long pfn) {
    listener.hear(new Event(ticket, type, span, pfn, true));
    listener.settle();
    assertThat(listener.takeSaid()).containsExactly(new Taken(ticket));
  }

  @Test
  void shouldKnowWhatItWasToldAndNothingElse() {
    Subject listener = subject();
    tell(listener, 4, Type.MAP, PAGES, 70);

    assertThat(listener.reaches(7)).isEqualTo(70);
    assertThat(listener.reaches(8)).isEqualTo(71);
    assertThat(listener.reaches(6)).isEqualTo(-1);
    assertThat(listener.reaches(9)).isEqualTo(-1);
  }

  @Test
  void shouldForgetWhenTheSpanIsLargerThanWhatItLearntOf() {
    for (Span larger : List.of(new Span(0, 0xffff), Span.ALL, new Span(0, -2))) {
      Subject listener = subject();
      tell(listener, 4, Type.MAP, PAGES, 70);
      tell(listener, 5, Type.UNMAP, larger, -1);

      assertThat(listener.reaches(7)).as("%s", larger).isEqualTo(-1);
      assertThat(listener.reaches(8)).as("%s", larger).isEqualTo(-1);
    }
  }

  @Test
  void shouldKeepTheRestWhenAPartGoes() {
    Subject listener = subject();
    tell(listener, 4, Type.MAP, PAGES, 70);
    tell(listener, 5, Type.UNMAP, new Span(0x7000, 0x7fff), -1);

    assertThat(listener.reaches(7)).isEqualTo(-1);
    assertThat(listener.reaches(8)).isEqualTo(71);
  }

  @Test
  void shouldForgetAllAndSayNothingWhenTheEmulatorEnds() {
    Subject listener = subject();
    tell(listener, 4, Type.MAP, PAGES, 70);
    listener.hear(new ViommuNotifier.Closed());
    listener.settle();

    assertThat(listener.takeSaid()).isEmpty();
    assertThat(listener.reaches(7)).isEqualTo(-1);
  }
}
