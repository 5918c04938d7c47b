package dev.shootdown.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.trace.MachineFact;
import org.junit.jupiter.api.Test;

class RetriesTest {
  private final Retries retries = new Retries();

  @Test
  void shouldCountByNumberOfRetriesWhenFaultsEnd() {
    retries.seen(1, "nic0", new MachineFact.FaultRaised(1, 1, 5, true));
    retries.seen(2, "nic0", new MachineFact.FaultRetried(1));
    retries.seen(3, "nic0", new MachineFact.FaultRetried(1));
    retries.seen(
        4, "nic0", new MachineFact.FaultResolved(1, MachineFact.Resolution.values()[0]));
    retries.seen(5, "nic0", new MachineFact.FaultRaised(2, 1, 5, true));

    assertThat(retries.bySubject())
        .hasToString("{Subject[component=nic0, what=fault]={2=1}}");
  }

  @Test
  void shouldCountDiscardedFillsWhenOneSticksAtLast() {
    retries.seen(1, "nic0", new MachineFact.FillDiscarded(1, 5));
    retries.seen(2, "nic0", new MachineFact.Filled(1, 5, 7, true, 0));
    retries.seen(3, "nic0", new MachineFact.Filled(1, 6, 8, true, 0));

    assertThat(retries.bySubject())
        .hasToString("{Subject[component=nic0, what=fill]={0=1, 1=1}}");
  }
}
