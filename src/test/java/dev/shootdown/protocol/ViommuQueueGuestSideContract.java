package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.ViommuQueue.Contents;
import dev.shootdown.protocol.ViommuQueue.Died;
import dev.shootdown.protocol.ViommuQueue.Done;
import dev.shootdown.protocol.ViommuQueue.Read;
import dev.shootdown.protocol.ViommuQueue.Submit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link ViommuQueue.GuestSide} owes the emulated IOMMU. */
public abstract class ViommuQueueGuestSideContract {
  /** A guest whose emulator is played by the test. */
  public interface Subject {
    void hear(ViommuQueue.ToGuest message);

    /** Lets all the time pass that it needs by itself. */
    void settle();

    long nowPs();

    /** What it said to the emulator since the last call. */
    List<ViommuQueue.ToViommu> takeSaid();

    /** How many frames it has given back so far. */
    int framesFreed();

    /** How many times it stated that a rule was broken. */
    int breaches();
  }

  /** A guest that maps page 8 and then unmaps it, and waits for each invalidation. */
  protected abstract Subject subject();

  private static List<ViommuQueue.ToViommu> said(Subject guest) {
    guest.settle();
    return guest.takeSaid();
  }

  private static Submit unmapping(Subject guest) {
    List<ViommuQueue.ToViommu> said = said(guest);
    assertThat(said).singleElement().isInstanceOf(Submit.class);
    return (Submit) said.get(0);
  }

  private static Done done(Subject guest, long ticket) {
    return new Done(ticket, guest.nowPs(), guest.nowPs(), guest.nowPs());
  }

  @Test
  void shouldFreeOnlyWhenItsSubmissionIsDone() {
    Subject guest = subject();
    Submit submit = unmapping(guest);
    assertThat(submit.descriptors()).allMatch(what -> what.pages().contains(8));
    assertThat(guest.framesFreed()).isZero();
    guest.hear(done(guest, submit.ticket()));
    guest.settle();

    assertThat(guest.framesFreed()).isEqualTo(1);
  }

  @Test
  void shouldLetItsMemoryBeReadWhenItWaits() {
    Subject guest = subject();
    unmapping(guest);
    guest.hear(new Read(5, PageRange.of(8)));

    assertThat(said(guest)).singleElement().isInstanceOf(Contents.class)
        .matches(contents -> ((Contents) contents).ticket() == 5
            && ((Contents) contents).slots().stream().noneMatch(ViommuQueue.Slot::isPresent));
  }

  @Test
  void shouldDoNothingMoreButBeReadableWhenTheEmulatorHasEnded() {
    Subject guest = subject();
    Submit submit = unmapping(guest);
    guest.hear(new Died());
    guest.hear(done(guest, submit.ticket()));
    guest.hear(new Read(6, PageRange.of(8)));

    assertThat(said(guest)).singleElement().isInstanceOf(Contents.class);
    assertThat(guest.framesFreed()).isZero();
  }

  @Test
  void shouldStateABreachWhenASubmissionIsDoneThatIsNotOpen() {
    Subject guest = subject();
    Submit submit = unmapping(guest);
    guest.hear(done(guest, submit.ticket() + 1));
    assertThat(guest.breaches()).isEqualTo(1);
    assertThat(guest.framesFreed()).isZero();
    guest.hear(done(guest, submit.ticket()));
    guest.hear(done(guest, submit.ticket()));
    guest.settle();

    assertThat(guest.breaches()).isEqualTo(2);
    assertThat(guest.framesFreed()).isEqualTo(1);
  }
}
