package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.protocol.GuestDma.Ended;
import dev.shootdown.protocol.GuestDma.Start;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link GuestDma.GuestSide} owes the devices that it was given. */
public abstract class GuestDmaGuestSideContract {
  /** A guest with one device, played by the test. */
  public interface Subject {
    void hear(GuestDma.ToGuest message);

    /** Lets all the time pass that it needs by itself. */
    void settle();

    /** What it said to the device since the last call. */
    List<Start> takeSaid();

    /** How many times it stated that a rule was broken. */
    int breaches();
  }

  /**
   * A guest that has pages 7 and 8 written, waits until both transfers are over, and then has page
   * 9 read.
   */
  protected abstract Subject subject();

  private static List<Start> said(Subject guest) {
    guest.settle();
    return guest.takeSaid();
  }

  @Test
  void shouldUseADifferentTagForEachTransfer() {
    List<Start> starts = said(subject());

    assertThat(starts).extracting(Start::page).containsExactly(7L, 8L);
    assertThat(starts).allMatch(Start::write);
    assertThat(starts).extracting(Start::tag).doesNotHaveDuplicates();
  }

  @Test
  void shouldGoOnOnlyWhenAllAreOverWellOrDenied() {
    Subject guest = subject();
    List<Start> starts = said(guest);
    guest.hear(new Ended(starts.get(1).tag(), true));
    assertThat(said(guest)).isEmpty();
    guest.hear(new Ended(starts.get(0).tag(), false));

    assertThat(said(guest)).extracting(Start::page).containsExactly(9L);
    assertThat(guest.breaches()).isZero();
  }

  @Test
  void shouldStateABreachWhenATransferEndsThatIsNotUnderWay() {
    Subject guest = subject();
    List<Start> starts = said(guest);
    guest.hear(new Ended(99, false));
    guest.hear(new Ended(starts.get(0).tag(), false));
    guest.hear(new Ended(starts.get(0).tag(), false));

    assertThat(guest.breaches()).isEqualTo(2);
    assertThat(said(guest)).as("one is not over").isEmpty();
  }
}
