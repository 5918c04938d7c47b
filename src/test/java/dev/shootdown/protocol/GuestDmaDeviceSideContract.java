package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link GuestDma.DeviceSide} owes the guest. */
public abstract class GuestDmaDeviceSideContract {
  /** A device with everything around it played by the test. */
  public interface Subject {
    void hear(GuestDma.ToDevice message);

    /** Lets all the time pass that it needs; who translates for it answers meanwhile. */
    void settle();

    /** What it said to the guest since the last call. */
    List<GuestDma.Ended> takeSaid();

    /** The facts of one kind stated so far. */
    <F extends MachineFact> List<F> marks(Class<F> kind);
  }

  /** A device that may write to page 7, frame 70, and to nothing else. */
  protected abstract Subject subject();

  @Test
  void shouldEndEachTransferOnceWhenManyAreWanted() {
    Subject device = subject();
    for (int tag = 0; tag < 20; tag++) {
      device.hear(new GuestDma.Start(tag, 7, tag % 2 == 0));
    }
    device.settle();

    assertThat(device.takeSaid()).hasSize(20).noneMatch(GuestDma.Ended::denied)
        .extracting(GuestDma.Ended::tag).doesNotHaveDuplicates();
  }

  @Test
  void shouldReachTheFrameAndSayWhenItIsOverWhenThePageIsMapped() {
    Subject device = subject();
    device.hear(new GuestDma.Start(3, 7, true));
    device.settle();

    assertThat(device.marks(MachineFact.Used.class)).hasSize(1).first()
        .matches(used -> used.page() == 7 && used.pfn() == 70 && used.write());
    assertThat(device.marks(MachineFact.Drained.class)).hasSize(1);
    assertThat(device.marks(MachineFact.Denied.class)).isEmpty();
  }

  @Test
  void shouldRefuseAndReachNothingWhenThePageIsNotMapped() {
    Subject device = subject();
    device.hear(new GuestDma.Start(3, 8, false));
    device.settle();

    assertThat(device.takeSaid()).containsExactly(new GuestDma.Ended(3, true));
    assertThat(device.marks(MachineFact.Denied.class)).hasSize(1);
    assertThat(device.marks(MachineFact.Used.class)).isEmpty();
  }

  @Test
  void shouldHoldWhatItUsesWhenItTranslates() {
    Subject device = subject();
    device.hear(new GuestDma.Start(1, 7, true));
    device.settle();

    assertThat(device.marks(MachineFact.Filled.class))
        .anyMatch(filled -> filled.page() == 7 && filled.pfn() == 70);
  }
}
