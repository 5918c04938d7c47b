package dev.shootdown.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.trace.MachineFact;
import org.junit.jupiter.api.Test;

class WaitsTest {
  private final Waits waits = new Waits();

  private void raised(long atPs, String by, long request) {
    waits.seen(atPs, by, new MachineFact.FaultRaised(request, 0, 7, true));
  }

  private void retried(long atPs, String by, long request) {
    waits.seen(atPs, by, new MachineFact.FaultRetried(request));
  }

  private void resolved(long atPs, String by, long request, MachineFact.Resolution how) {
    waits.seen(atPs, by, new MachineFact.FaultResolved(request, how));
  }

  @Test
  void shouldTellWaitAndRetriesWhenFaultsOfSeveralHaveTheSameNumber() {
    raised(100, "nic0", 1);
    raised(200, "nic1", 1);
    retried(300, "nic1", 1);
    retried(400, "nic1", 1);
    resolved(500, "nic0", 1, MachineFact.Resolution.SERVED);
    resolved(900, "nic1", 1, MachineFact.Resolution.FAILED);
    waits.over(2000);

    assertThat(waits.all())
        .containsExactly(
            new Waits.Wait(100, 400, 0, Waits.End.SERVED),
            new Waits.Wait(200, 700, 2, Waits.End.LOST));
  }

  @Test
  void shouldCountUntilTheEndWhenAFaultStaysOpen() {
    raised(100, "vcpu0", 3);
    retried(150, "vcpu0", 3);
    waits.over(1100);

    assertThat(waits.all()).containsExactly(new Waits.Wait(100, 1000, 1, Waits.End.OPEN));
    assertThat(waits.standstillPs()).isEqualTo(1000);
  }

  @Test
  void shouldTakeOnlyServiceForProgressWhenItMeasuresStandstill() {
    raised(0, "a", 1);
    raised(10, "b", 1);
    resolved(100, "a", 1, MachineFact.Resolution.SERVED);
    // Giving up is no progress: b has stood since a was served.
    raised(120, "a", 2);
    resolved(300, "a", 2, MachineFact.Resolution.REFUSED);
    resolved(450, "b", 1, MachineFact.Resolution.SERVED);
    // Nobody waits in between.
    raised(5000, "b", 2);
    resolved(5020, "b", 2, MachineFact.Resolution.SERVED);
    waits.over(9000);

    assertThat(waits.standstillPs()).isEqualTo(350);
  }

  @Test
  void shouldIgnoreItWhenSomethingEndsThatNeverBegan() {
    retried(5, "nic0", 1);
    resolved(6, "nic0", 1, MachineFact.Resolution.SERVED);
    waits.over(10);

    assertThat(waits.all()).isEmpty();
    assertThat(waits.standstillPs()).isZero();
  }
}
