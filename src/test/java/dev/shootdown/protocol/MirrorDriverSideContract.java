package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.Mirror.Forget;
import dev.shootdown.protocol.Mirror.Forgotten;
import dev.shootdown.protocol.Mirror.Mapped;
import dev.shootdown.protocol.Mirror.Want;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link Mirror.DriverSide} owes the GPU that it mirrors pages for. */
public abstract class MirrorDriverSideContract {
  /** The first page that the driver mirrors; page p of the process is in frame p + 1000. */
  protected static final long FIRST = 100;

  /** A driver whose GPU is played by the test, and the process around it by the page. */
  public interface Subject {
    void hear(Mirror.ToDriver message);

    /** Lets all the time pass that it needs; the process's page table answers. */
    void settle();

    /** The process is about to take {@code range} away. */
    void invalidate(PageRange range);

    /** The process has done so, and may fill again. */
    void endInvalidation(PageRange range);

    /** Whether the last invalidation may go on. */
    boolean mayGoOn();

    /** What it said to the GPU since the last call. */
    List<Mirror.ToGpu> takeSaid();

    /** How many times it stated that a rule was broken. */
    int breaches();
  }

  /** A driver with nothing mapped. */
  protected abstract Subject subject();

  private static Subject mapped(Subject driver) {
    driver.hear(new Want(3, FIRST, true));
    driver.settle();
    driver.takeSaid();
    return driver;
  }

  @Test
  void shouldAnswerEachJobOnceWhenItsPageIsThere() {
    Subject driver = subject();
    driver.hear(new Want(3, FIRST, true));
    driver.settle();
    driver.hear(new Want(4, FIRST, false));
    driver.settle();

    List<Mirror.ToGpu> said = driver.takeSaid();
    assertThat(said).hasSize(2).allMatch(Mapped.class::isInstance);
    assertThat(said).extracting(message -> ((Mapped) message).job()).containsExactly(3, 4);
    assertThat(said).extracting(message -> ((Mapped) message).pfn())
        .containsOnly(FIRST + 1000);
  }

  @Test
  void shouldWaitForTheGpuWhenItTakesAwayWhatTheGpuMayHold() {
    Subject driver = mapped(subject());
    driver.invalidate(PageRange.of(FIRST));
    driver.settle();
    assertThat(driver.takeSaid()).singleElement().isInstanceOf(Forget.class)
        .matches(forget -> ((Forget) forget).range().contains(FIRST));
    assertThat(driver.mayGoOn()).as("before the GPU has forgotten").isFalse();

    driver.hear(new Forgotten());
    driver.settle();
    assertThat(driver.mayGoOn()).isTrue();
  }

  @Test
  void shouldMapNothingWhenAnInvalidationIsOpen() {
    Subject driver = mapped(subject());
    driver.invalidate(PageRange.of(FIRST));
    driver.settle();
    driver.hear(new Forgotten());
    driver.settle();
    driver.takeSaid();
    driver.hear(new Want(3, FIRST, true));
    driver.settle();
    assertThat(driver.takeSaid()).noneMatch(Mapped.class::isInstance);

    driver.endInvalidation(PageRange.of(FIRST));
    driver.hear(new Want(4, FIRST + 1, true));
    driver.settle();
    assertThat(driver.takeSaid()).anyMatch(Mapped.class::isInstance);
  }

  @Test
  void shouldStateABreachWhenTheGpuHasForgottenWhatItWasNotTold() {
    Subject driver = subject();
    driver.hear(new Forgotten());
    driver.settle();

    assertThat(driver.breaches()).isEqualTo(1);
    assertThat(driver.takeSaid()).isEmpty();
  }
}
