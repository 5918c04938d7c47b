package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.Mirror.Failed;
import dev.shootdown.protocol.Mirror.Forget;
import dev.shootdown.protocol.Mirror.Forgotten;
import dev.shootdown.protocol.Mirror.Mapped;
import dev.shootdown.protocol.Mirror.Want;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link Mirror.GpuSide} owes the driver that mirrors pages for it. */
public abstract class MirrorGpuSideContract {
  /** The page that the jobs work in. */
  protected static final long PAGE = 7;

  /** A GPU whose driver is played by the test. */
  public interface Subject {
    void hear(Mirror.ToGpu message);

    /** Lets all the time pass that it needs. */
    void settle();

    /** What it said to its driver since the last call. */
    List<Mirror.ToDriver> takeSaid();

    /** The frames that its jobs accessed since the last call. */
    List<Long> takeFrames();

    /** How many times it stated that a rule was broken. */
    int breaches();
  }

  /** A GPU with {@code jobs} jobs of one write to {@link #PAGE} each, all due at once. */
  protected abstract Subject subject(int jobs);

  @Test
  void shouldAskOnceForEachJobWhenNothingIsMapped() {
    Subject gpu = subject(2);
    gpu.settle();

    assertThat(gpu.takeSaid())
        .containsExactlyInAnyOrder(new Want(0, PAGE, true), new Want(1, PAGE, true));
    assertThat(gpu.takeFrames()).isEmpty();
  }

  @Test
  void shouldUseTheFrameWhenItIsMapped() {
    Subject gpu = subject(1);
    gpu.settle();
    gpu.takeSaid();
    gpu.hear(new Mapped(0, PAGE, 70, true, 0));
    gpu.settle();

    assertThat(gpu.takeFrames()).containsExactly(70L);
    assertThat(gpu.takeSaid()).isEmpty();
  }

  @Test
  void shouldAskNoMoreForAJobWhenTheDriverGaveUp() {
    Subject gpu = subject(1);
    gpu.settle();
    gpu.takeSaid();
    gpu.hear(new Failed(0));
    gpu.settle();

    assertThat(gpu.takeFrames()).isEmpty();
    assertThat(gpu.takeSaid()).isEmpty();
  }

  @Test
  void shouldAnswerOnceWhenItIsToldToForget() {
    Subject gpu = subject(0);
    gpu.hear(new Forget(new PageRange(0, 1000)));
    gpu.settle();
    assertThat(gpu.takeSaid()).containsExactly(new Forgotten());
    gpu.hear(new Forget(PageRange.ALL));
    gpu.settle();

    assertThat(gpu.takeSaid()).containsExactly(new Forgotten());
    assertThat(gpu.breaches()).isZero();
  }

  @Test
  void shouldStateABreachWhenItIsToldTwiceAtATime() {
    Subject gpu = subject(0);
    gpu.hear(new Forget(PageRange.of(PAGE)));
    gpu.hear(new Forget(PageRange.of(PAGE)));
    gpu.settle();

    assertThat(gpu.breaches()).isEqualTo(1);
    assertThat(gpu.takeSaid()).containsExactly(new Forgotten());
  }

  @Test
  void shouldStateABreachWhenAPageComesThatNoJobAskedFor() {
    Subject gpu = subject(1);
    gpu.settle();
    gpu.hear(new Failed(0));
    gpu.takeSaid();
    gpu.hear(new Mapped(0, PAGE, 70, true, 0));
    gpu.hear(new Mapped(5, PAGE, 70, true, 0));
    gpu.hear(new Failed(-1));
    gpu.settle();

    assertThat(gpu.breaches()).isEqualTo(3);
    assertThat(gpu.takeFrames()).isEmpty();
  }
}
