package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link Dma.MemorySide} owes the devices. */
public abstract class DmaMemorySideContract {
  /** An answer and the number of the device that it went to. */
  public record Answer(int device, long tag) {}

  /** A memory with two devices played by the test. */
  public interface Subject {
    void hear(Dma.ToMemory message);

    /** Lets all the time pass that it needs. */
    void settle();

    /** What it answered since the last call. */
    List<Answer> takeSaid();
  }

  /** An idle memory. */
  protected abstract Subject subject();

  @Test
  void shouldAnswerEachTransferOnceWhenManyArriveTogether() {
    Subject memory = subject();
    List<Answer> expected = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      memory.hear(new Dma.Transfer(i % 2, i, i * 31L, i % 3 == 0, 1 + i * 40));
      expected.add(new Answer(i % 2, i));
    }
    assertThat(memory.takeSaid()).as("nothing is done at once").isEmpty();
    memory.settle();

    assertThat(memory.takeSaid()).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void shouldKeepTheirOrderWhenTransfersReachTheSameFrame() {
    Subject memory = subject();
    memory.hear(new Dma.Transfer(0, 1, 9, true, 4096));
    memory.hear(new Dma.Transfer(1, 2, 9, false, 1));
    memory.hear(new Dma.Transfer(0, 3, 9, false, 64));
    memory.settle();

    assertThat(memory.takeSaid())
        .containsExactly(new Answer(0, 1), new Answer(1, 2), new Answer(0, 3));
  }
}
