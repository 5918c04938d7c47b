package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.OpenCapi.Acknowledged;
import dev.shootdown.protocol.OpenCapi.Faulted;
import dev.shootdown.protocol.OpenCapi.ShootDown;
import dev.shootdown.protocol.OpenCapi.ShotDown;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link OpenCapi.DriverSide} owes its link. */
public abstract class OpenCapiDriverSideContract {
  /** The address space behind the link. */
  protected static final int MM = 0;

  /** A driver whose link is played by the test, and the kernel's CPUs by the page. */
  public interface Subject {
    /** CPU {@code cpu} wants {@code page} shot down. */
    void flush(int cpu, long page);

    /** Whether that CPU's flush is over. */
    boolean isFlushed(int cpu);

    /** A thread of the kernel handles the next fault, well or in vain. */
    void serveFault(boolean served);

    void hear(OpenCapi.ToDriver message);

    /** Lets pass what the driver needs by itself, and no time that it waits for the link. */
    void settle();

    /** What it said to its link since the last call. */
    List<OpenCapi.ToLink> takeSaid();

    /** How many times it stated that a rule was broken. */
    int breaches();
  }

  /** A driver that waits for its link as long as it takes. */
  protected abstract Subject subject();

  private static ShootDown shootDown(Subject driver) {
    driver.settle();
    List<OpenCapi.ToLink> said = driver.takeSaid();
    assertThat(said).hasSize(1);
    return (ShootDown) said.get(0);
  }

  @Test
  void shouldLaunchOneShootDownAtATimeWhenSeveralCpusFlush() {
    Subject driver = subject();
    driver.flush(0, 7);
    driver.flush(1, 8);
    ShootDown first = shootDown(driver);
    assertThat(first.range()).isEqualTo(PageRange.of(7));
    assertThat(driver.isFlushed(0)).as("before the link has forgotten").isFalse();
    driver.hear(new ShotDown(first.number()));
    assertThat(driver.isFlushed(0)).isTrue();

    ShootDown second = shootDown(driver);
    assertThat(second.number()).isNotEqualTo(first.number());
    assertThat(second.range()).isEqualTo(PageRange.of(8));
    driver.hear(new ShotDown(second.number()));
    assertThat(driver.isFlushed(1)).isTrue();
  }

  @Test
  void shouldAcknowledgeEachFaultOnceWhenItIsHandled() {
    for (boolean served : new boolean[] {true, false}) {
      Subject driver = subject();
      driver.hear(new Faulted(0, MM, 7, true));
      driver.settle();
      assertThat(driver.takeSaid()).as("nobody has handled it").isEmpty();
      driver.serveFault(served);
      driver.settle();

      assertThat(driver.takeSaid()).containsExactly(new Acknowledged(served));
    }
  }

  @Test
  void shouldStateABreachWhenAShootDownIsDoneThatWasNeverLaunched() {
    Subject driver = subject();
    driver.hear(new ShotDown(5));
    driver.settle();

    assertThat(driver.breaches()).isEqualTo(1);
    assertThat(driver.takeSaid()).isEmpty();
  }
}
