package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.protocol.Hosting.Left;
import dev.shootdown.protocol.Hosting.Ready;
import dev.shootdown.protocol.Hosting.Run;
import dev.shootdown.protocol.Hosting.Stop;
import dev.shootdown.protocol.Hosting.Why;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link Hosting.HostSide} owes its vCPUs. */
public abstract class HostingHostSideContract {
  /** Something said to a vCPU. */
  public record Told(int cpu, Hosting.ToCpu message) {}

  /** A host of one physical CPU and the vCPUs 0 and 1, played by the test. */
  public interface Subject {
    void hear(Hosting.ToHost message);

    /** Lets all the time pass that it needs. */
    void settle();

    /** What it said since the last call. */
    List<Told> takeTold();

    /** How many times it stated that a rule was broken. */
    int breaches();
  }

  /** A host on which nobody runs. */
  protected abstract Subject subject();

  private static List<Told> told(Subject host) {
    host.settle();
    return host.takeTold();
  }

  private static int runs(List<Told> told) {
    List<Integer> runs =
        told.stream().filter(said -> said.message() instanceof Run).map(Told::cpu).toList();
    assertThat(runs).hasSize(1);
    return runs.get(0);
  }

  @Test
  void shouldSayNothingWhenNobodyWantsToRun() {
    assertThat(told(subject())).isEmpty();
  }

  @Test
  void shouldLetOneRunOnceWhenItIsReady() {
    Subject host = subject();
    host.hear(new Ready(1));
    List<Told> told = told(host);

    assertThat(runs(told)).isEqualTo(1);
    assertThat(told).noneMatch(said -> said.message() instanceof Stop);
  }

  @Test
  void shouldLetTheOtherRunOnlyWhenTheFirstHasLeft() {
    for (Why why : Why.values()) {
      Subject host = subject();
      host.hear(new Ready(0));
      host.hear(new Ready(1));
      int first = runs(told(host));
      assertThat(told(host)).as("nobody has left").isEmpty();
      host.hear(new Left(first, why));

      assertThat(runs(told(host))).as("%s", why).isEqualTo(1 - first);
    }
  }

  @Test
  void shouldNotLetOneRunThatHaltsBeforeItAsksAgain() {
    Subject host = subject();
    host.hear(new Ready(0));
    told(host);
    host.hear(new Left(0, Why.HALTED));
    assertThat(told(host)).isEmpty();
    host.hear(new Ready(0));

    assertThat(runs(told(host))).isZero();
  }

  @Test
  void shouldStateABreachWhenOneLeavesThatDoesNotRun() {
    Subject host = subject();
    host.hear(new Left(0, Why.STOPPED));

    assertThat(told(host)).isEmpty();
    assertThat(host.breaches()).isEqualTo(1);
  }

  @Test
  void shouldStateABreachWhenOneIsReadyTwiceOrNotItsOwn() {
    Subject host = subject();
    host.hear(new Ready(0));
    host.hear(new Ready(0));
    assertThat(host.breaches()).isEqualTo(1);
    host.hear(new Ready(2));
    host.hear(new Ready(-1));
    host.hear(new Left(-1, Why.STOPPED));

    assertThat(host.breaches()).isEqualTo(4);
    assertThat(runs(told(host))).isZero();
  }
}
