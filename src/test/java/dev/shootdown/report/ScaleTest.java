package dev.shootdown.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScaleTest {
  @Test
  void shouldBeginAtZeroWithRoundTicksWhenValuesAreOfOneSize() {
    Scale scale = Scale.over(3, 17);

    assertThat(scale.isLogarithmic()).isFalse();
    assertThat(scale.ticks()).containsExactly(0.0, 5.0, 10.0, 15.0, 20.0);
    assertThat(scale.at(5)).isEqualTo(0.25);
  }

  @Test
  void shouldGoByPowersOfTenWhenValuesSpanMuch() {
    Scale scale = Scale.over(0.5, 2000);

    assertThat(scale.isLogarithmic()).isTrue();
    assertThat(scale.ticks()).hasSize(6);
    assertThat(scale.ticks().get(0)).isEqualTo(0.1, within(1e-9));
    assertThat(scale.at(100) - scale.at(10)).isEqualTo(0.2, within(1e-9));
  }

  @Test
  void shouldStayOnTheAxisWhenAValueIsBeyondItsEnds() {
    assertThat(Scale.exactly(0, 10).at(-1)).isZero();
    assertThat(Scale.exactly(0, 10).at(11)).isEqualTo(1);
    assertThat(Scale.fromZero(0).ticks()).isNotEmpty();
    assertThat(Scale.exactly(5, 5).at(5)).isZero();
  }

  @Test
  void shouldPickAUnitThatNeedsNoLongNumbersWhenTimesAreShown() {
    assertThat(TimeUnit.of(1_999_999)).isEqualTo(TimeUnit.NS);
    assertThat(TimeUnit.of(2_000_000)).isEqualTo(TimeUnit.US);
    assertThat(TimeUnit.US.in(2_500_000)).isEqualTo(2.5);
  }
}
