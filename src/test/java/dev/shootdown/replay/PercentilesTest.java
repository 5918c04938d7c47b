package dev.shootdown.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PercentilesTest {
  @Test
  void shouldTakeNearestRankWhenValuesAreUnsorted() {
    List<Long> values = new ArrayList<>(List.of(15L, 50L, 20L, 40L, 35L));
    assertThat(Percentiles.of(values)).isEqualTo(new Percentiles(5, 35, 50, 50));
    assertThat(values).containsExactly(15L, 50L, 20L, 40L, 35L);
  }

  @Test
  void shouldHitExactRanksWhenThereAreAHundred() {
    List<Long> values = new ArrayList<>();
    for (long value = 100; value >= 1; value--) {
      values.add(value);
    }
    assertThat(Percentiles.of(values)).isEqualTo(new Percentiles(100, 50, 90, 99));
  }

  @Test
  void shouldReturnTheOnlyValue() {
    assertThat(Percentiles.of(List.of(-7L))).isEqualTo(new Percentiles(1, -7, -7, -7));
  }

  @Test
  void shouldTakeTheLowerMiddleOfAnEvenCount() {
    assertThat(Percentiles.of(List.of(1L, 2L))).isEqualTo(new Percentiles(2, 1, 2, 2));
  }

  @Test
  void shouldRefuseWhenThereIsNoValue() {
    assertThatIllegalArgumentException().isThrownBy(() -> Percentiles.of(List.of()));
  }
}
