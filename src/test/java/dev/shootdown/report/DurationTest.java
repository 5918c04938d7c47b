package dev.shootdown.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DurationTest {
  @Test
  void shouldPickUnitWhenSpansDiffer() {
    assertThat(Duration.text(0)).isEqualTo("0.000 ns");
    assertThat(Duration.text(999_999)).isEqualTo("999.999 ns");
    assertThat(Duration.text(1_000_000)).isEqualTo("1.000 us");
    assertThat(Duration.text(12_345_678_900L)).isEqualTo("12.346 ms");
    assertThat(Duration.text(7_000_000_000_000_000L)).isEqualTo("7000.000 s");
  }

  @Test
  void shouldRoundOnlyWhereDigitsAreLostWhenUnitIsFixed() {
    assertThat(Duration.us(1_234_500)).isEqualTo("1.235");
    assertThat(Duration.ns(1_234_567)).isEqualTo("1234.567");
  }
}
