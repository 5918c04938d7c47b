package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.ViommuQueue.Contents;
import dev.shootdown.protocol.ViommuQueue.Descriptor;
import dev.shootdown.protocol.ViommuQueue.Done;
import dev.shootdown.protocol.ViommuQueue.Kind;
import dev.shootdown.protocol.ViommuQueue.Submit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link ViommuQueue.ViommuSide} owes the guest. */
public abstract class ViommuQueueViommuSideContract {
  private static final Descriptor PAGE = new Descriptor(Kind.PAGES, -1, PageRange.of(8));

  /** An emulated IOMMU with a device; guest and device are played by the page. */
  public interface Subject {
    void hear(ViommuQueue.ToViommu message);

    /** Lets all the time pass that it needs; guest memory and the device answer. */
    void settle();

    /** Whether it has read guest memory since the last call. */
    boolean hasRead();

    /** What it said to the guest since the last call, but for reads. */
    List<ViommuQueue.ToGuest> takeSaid();

    /** How many times it stated that a rule was broken. */
    int breaches();
  }

  /** An emulator that has told nobody anything. */
  protected abstract Subject subject();

  /** Whether it looks at the guest's table itself; else hardware does. */
  protected boolean readsGuestMemory() {
    return true;
  }

  private static Submit submit(long ticket, Descriptor... descriptors) {
    return new Submit(ticket, 3, List.of(descriptors));
  }

  @Test
  void shouldAnswerEachSubmissionOnceInOrderWhenSeveralAreMade() {
    Subject viommu = subject();
    for (long ticket = 1; ticket <= 3; ticket++) {
      viommu.hear(submit(ticket, PAGE));
    }
    viommu.settle();

    List<ViommuQueue.ToGuest> said = viommu.takeSaid();
    assertThat(said).hasSize(3).allMatch(Done.class::isInstance);
    assertThat(said).extracting(done -> ((Done) done).ticket()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void shouldTellItsTimesInOrderWhenItIsDone() {
    Subject viommu = subject();
    List<Descriptor> all = new ArrayList<>(List.of(PAGE));
    all.add(new Descriptor(Kind.DEVICE_TLB, 0, PageRange.of(8)));
    viommu.hear(new Submit(1, 3, all));
    viommu.settle();

    Done done = (Done) viommu.takeSaid().get(0);
    assertThat(done.startedPs()).isGreaterThanOrEqualTo(0);
    assertThat(done.iotlbDonePs()).isGreaterThanOrEqualTo(done.startedPs());
    assertThat(done.donePs()).isGreaterThanOrEqualTo(done.iotlbDonePs());
  }

  @Test
  void shouldLookAtTheGuestsTableWhenAPageIsFlushed() {
    Subject viommu = subject();
    viommu.hear(submit(1, PAGE));
    viommu.settle();

    assertThat(viommu.hasRead()).isEqualTo(readsGuestMemory());
  }

  @Test
  void shouldStateABreachWhenMemoryAnswersWhatItWasNotAsked() {
    Subject viommu = subject();
    viommu.hear(new Contents(77, List.of(), 4, 0));
    viommu.settle();

    assertThat(viommu.breaches()).isEqualTo(1);
    assertThat(viommu.takeSaid()).isEmpty();
  }
}
