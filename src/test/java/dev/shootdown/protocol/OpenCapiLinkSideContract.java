package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.OpenCapi.Acknowledged;
import dev.shootdown.protocol.OpenCapi.Faulted;
import dev.shootdown.protocol.OpenCapi.ShootDown;
import dev.shootdown.protocol.OpenCapi.ShotDown;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link OpenCapi.LinkSide} owes its driver. */
public abstract class OpenCapiLinkSideContract {
  /** The address space behind process element 0. */
  protected static final int MM = 1;

  /** The page that accesses are to. */
  protected static final long PAGE = 7;

  /** A link, with its driver played by the test and page tables by the page. */
  public interface Subject {
    void hear(OpenCapi.ToLink message);

    /** Lets all the time pass that it needs; page tables answer. */
    void settle();

    /** From now on {@link #PAGE} is in {@code pfn}, or nowhere if that is −1. */
    void set(long pfn);

    /** What it said to its driver since the last call. */
    List<OpenCapi.ToDriver> takeSaid();

    /** The frames that were accessed since the last call. */
    List<Long> takeFrames();

    /** How many times it stated that a rule was broken. */
    int breaches();
  }

  /**
   * A link behind which process elements 0, 1 … of address space {@link #MM} write to {@link
   * #PAGE}, {@code accesses} times each; the page is nowhere as yet.
   */
  protected abstract Subject subject(int elements, int accesses);

  @Test
  void shouldRaiseOneFaultAtATimeWhenSeveralElementsFault() {
    Subject link = subject(2, 1);
    link.settle();
    List<OpenCapi.ToDriver> first = link.takeSaid();
    assertThat(first).hasSize(1);
    link.settle();
    assertThat(link.takeSaid()).as("before the first is acknowledged").isEmpty();

    link.hear(new Acknowledged(false));
    link.settle();
    List<OpenCapi.ToDriver> second = link.takeSaid();
    assertThat(second).hasSize(1);
    assertThat(List.of(first.get(0), second.get(0)))
        .extracting(fault -> ((Faulted) fault).context()).containsExactlyInAnyOrder(0, 1);
  }

  @Test
  void shouldTryAgainWhenItIsToldToRestart() {
    Subject link = subject(1, 1);
    link.settle();
    assertThat(link.takeSaid()).containsExactly(new Faulted(0, MM, PAGE, true));
    link.set(70);
    link.hear(new Acknowledged(true));
    link.settle();

    assertThat(link.takeFrames()).containsExactly(70L);
    assertThat(link.takeSaid()).isEmpty();
  }

  @Test
  void shouldGiveTheAccessUpWhenTheAddressIsWrong() {
    Subject link = subject(1, 1);
    link.settle();
    link.takeSaid();
    link.set(70);
    link.hear(new Acknowledged(false));
    link.settle();

    assertThat(link.takeFrames()).isEmpty();
    assertThat(link.takeSaid()).isEmpty();
  }

  @Test
  void shouldAnswerEachShootDownOnceUnderItsNumber() {
    Subject link = subject(0, 1);
    for (long number = 1; number <= 3; number++) {
      link.hear(new ShootDown(number, MM, PageRange.of(PAGE), false));
      link.settle();
      assertThat(link.takeSaid()).containsExactly(new ShotDown(number));
    }
  }

  @Test
  void shouldTranslateAnewWhenAPageWasShotDown() {
    Subject link = subject(1, 1);
    link.set(70);
    link.settle();
    assertThat(link.takeFrames()).containsExactly(70L);
    Subject again = subject(1, 1);
    again.settle();
    again.set(71);
    again.hear(new ShootDown(1, MM, PageRange.ALL, false));
    again.hear(new Acknowledged(true));
    again.settle();

    assertThat(again.takeFrames()).containsExactly(71L);
  }

  @Test
  void shouldStateABreachWhenNoFaultIsRaisedThatCouldBeAcknowledged() {
    Subject link = subject(0, 1);
    link.hear(new Acknowledged(true));
    link.settle();

    assertThat(link.breaches()).isEqualTo(1);
    assertThat(link.takeSaid()).isEmpty();
  }
}
