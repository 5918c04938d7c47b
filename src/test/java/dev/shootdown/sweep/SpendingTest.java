package dev.shootdown.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SpendingTest {
  private final AtomicLong clockNs = new AtomicLong();
  private final Spending spending = new Spending(clockNs::get);

  private void spend(Spending.Phase phase, int runs, long ns) {
    long mark = spending.mark();
    clockNs.addAndGet(ns);
    spending.add(phase, runs, mark);
  }

  @Test
  void shouldLeaveTheEarlierHalfOutWhenTheJvmWasCold() {
    for (int i = 0; i < 100; i++) {
      spend(Spending.Phase.RUNNING, 1, i < 50 ? 9_000_000 : 2_000_000);
    }
    spend(Spending.Phase.STORING, 60, 60_000_000);
    spend(Spending.Phase.STORING, 40, 4_000_000);

    assertThat(spending.eachNs(Spending.Phase.RUNNING)).isEqualTo(2_000_000);
    assertThat(spending.eachNs(Spending.Phase.STORING)).isEqualTo(100_000);
    assertThat(spending.eachNs(Spending.Phase.READING)).isZero();
  }
}
