package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link Dma.DeviceSide} owes its memory. */
public abstract class DmaDeviceSideContract {
  /** A device with everything around it played by the test. */
  public interface Subject {
    void hear(Dma.ToDevice message);

    /** What it said to memory since the last call. */
    List<Dma.Transfer> takeSaid();

    /** How many times it stated that a rule was broken. */
    int breaches();
  }

  /** A device whose {@code count} transfers, all wanted at once, have their translations. */
  protected abstract Subject subject(int count, int sizeBytes);

  @Test
  void shouldUseDifferentTagsWhenTransfersAreUnderWayTogether() {
    List<Dma.Transfer> said = subject(5, 64).takeSaid();

    assertThat(said).hasSize(5);
    assertThat(said).extracting(Dma.Transfer::tag).doesNotHaveDuplicates();
  }

  @Test
  void shouldStayWithinAPageWhenTransfersAreLarge() {
    assertThat(subject(2, 4096).takeSaid())
        .allMatch(transfer -> transfer.sizeBytes() >= 1 && transfer.sizeBytes() <= 4096);
  }

  @Test
  void shouldTakeEachAnswerOnceWhenMemoryAnswersInAnyOrder() {
    Subject device = subject(3, 64);
    List<Dma.Transfer> said = device.takeSaid();
    for (int i = said.size() - 1; i >= 0; i--) {
      device.hear(new Dma.Transferred(said.get(i).tag()));
    }
    assertThat(device.breaches()).isZero();

    device.hear(new Dma.Transferred(said.get(0).tag()));
    assertThat(device.breaches()).isEqualTo(1);
  }
}
