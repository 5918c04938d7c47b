package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.protocol.Hosting.Left;
import dev.shootdown.protocol.Hosting.Ready;
import dev.shootdown.protocol.Hosting.Run;
import dev.shootdown.protocol.Hosting.Stop;
import dev.shootdown.protocol.Hosting.Why;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link Hosting.CpuSide} owes its host. */
public abstract class HostingCpuSideContract {
  /** A vCPU with number 0, whose host is played by the test. */
  public interface Subject {
    void hear(Hosting.ToCpu message);

    /** Lets {@code ps} pass. */
    void runFor(long ps);

    /** What it said to its host since the last call. */
    List<Hosting.ToHost> takeSaid();

    /** How much of its work it has done, in ps. */
    long workedPs();

    /** How many times it stated that a rule was broken. */
    int breaches();
  }

  /** A vCPU with work for {@code workPs}, and then nothing to do. */
  protected abstract Subject subject(long workPs);

  private static final long US = 1_000_000;

  @Test
  void shouldAskOnceAndNotRunBeforeItIsTold() {
    Subject cpu = subject(10 * US);
    cpu.runFor(100 * US);

    assertThat(cpu.takeSaid()).containsExactly(new Ready(0));
    assertThat(cpu.workedPs()).isZero();
  }

  @Test
  void shouldSayOnceThatItLeftWhenItIsToldToStop() {
    Subject cpu = subject(10 * US);
    cpu.runFor(0);
    cpu.takeSaid();
    cpu.hear(new Run(0));
    cpu.runFor(4 * US);
    cpu.hear(new Stop());
    cpu.runFor(50 * US);
    assertThat(cpu.takeSaid()).containsExactly(new Left(0, Why.STOPPED));

    cpu.hear(new Run(0));
    cpu.runFor(50 * US);
    assertThat(cpu.takeSaid()).containsExactly(new Left(0, Why.HALTED));
    assertThat(cpu.workedPs()).isEqualTo(10 * US);
  }

  @Test
  void shouldSayNothingToAStopWhenItHasLeftAlready() {
    Subject cpu = subject(10 * US);
    cpu.runFor(0);
    cpu.hear(new Run(0));
    cpu.runFor(50 * US);
    cpu.takeSaid();
    cpu.hear(new Stop());
    cpu.runFor(50 * US);

    assertThat(cpu.takeSaid()).isEmpty();
    assertThat(cpu.breaches()).as("the two may cross").isZero();
  }

  @Test
  void shouldStateABreachWhenItIsToldToRunTwice() {
    Subject cpu = subject(10 * US);
    cpu.runFor(0);
    cpu.hear(new Run(0));
    cpu.runFor(US);
    cpu.hear(new Run(0));
    cpu.runFor(50 * US);

    assertThat(cpu.breaches()).isEqualTo(1);
    assertThat(cpu.workedPs()).isEqualTo(10 * US);
  }
}
