package dev.shootdown.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.SystemPool;
import java.util.List;
import org.junit.jupiter.api.Test;

class DmaWindowCurveTest {
  @Test
  void shouldFollowTheMissesWhenTheWindowGrowsBeyondTheIotlb() {
    try (SystemPool pool = new SystemPool()) {
      Outcome outcome = DmaWindowCurve.latency().on(Benches.of(pool, List.of()));
      assertThat(outcome.isMet()).isTrue();
      assertThat(outcome.crossings()).allMatch(Crossing::agrees);
      assertThat(outcome.rankCorrelation()).isGreaterThan(0.95);
    }
  }

  @Test
  void shouldStayFlatWhenTheIotlbHoldsTheWindow() {
    try (SystemPool pool = new SystemPool()) {
      Workbench bench =
          Benches.of(
              pool, List.of("parts.iommu.iotlb-entries=512", "parts.iommu.iotlb-ways=512"));
      List<Point> points = DmaWindowCurve.latency().on(bench).points();
      assertThat(points.get(6).published().x()).isEqualTo("1536");
      // A page in a hundred is met for the first time after the warm-up.
      assertThat(points.get(6).predicted()).isLessThan(1.01 * points.get(0).predicted());
    }
  }
}
