package dev.shootdown.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.SystemPool;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class OvercommitCurveTest {
  private static final SystemPool POOL = new SystemPool();

  @AfterAll
  static void close() {
    POOL.close();
  }

  private static double records(int vms, String... settings) {
    return OvercommitCurve.recordsPerSecond(
        Benches.of(POOL, List.of(settings)), "overcommitted-host", vms);
  }

  @Test
  void shouldHalveWhenTwoMachinesShareTheCpus() {
    assertThat(records(1)).isCloseTo(46_799, Percentage.withPercentage(15));
    assertThat(records(2)).isCloseTo(23_962, Percentage.withPercentage(15));
  }

  @Test
  void shouldLoseMoreWhenAWaitingVcpuKeepsItsCpuForLonger() {
    assertThat(records(2, "parts.host.spin-max=12us")).isLessThan(0.7 * 23_962);
  }

  @Test
  void shouldGainWhenTheGuestKnowsWhoDoesNotRun() {
    double interrupts = records(3);
    assertThat(interrupts).isCloseTo(16_152, Percentage.withPercentage(15));
    assertThat(records(3, "kernel.arch=x86-pv")).isGreaterThan(1.15 * interrupts);
  }
}
