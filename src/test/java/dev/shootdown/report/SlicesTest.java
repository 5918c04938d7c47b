package dev.shootdown.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SlicesTest {
  private final Slices slices = new Slices();

  @Test
  void shouldSplitAtTheEdgeWhenAStretchCrossesSlices() {
    slices.add(500, 2500, 3);

    assertThat(slices.widthPs()).isEqualTo(1000);
    assertThat(slices.sumPs(0)).isEqualTo(1500);
    assertThat(slices.sumPs(1)).isEqualTo(3000);
    assertThat(slices.sumPs(2)).isEqualTo(1500);
  }

  @Test
  void shouldKeepTheSumWhenSlicesGrowWider() {
    slices.add(0, 128_000, 1);
    slices.add(128_000, 1_000_000, 2);

    assertThat(slices.widthPs()).isEqualTo(8000);
    assertThat(slices.totalPs()).isEqualTo(128_000 + 2 * 872_000);
    assertThat(slices.sumPs(0)).isEqualTo(8000);
    assertThat(slices.sumPs(16)).isEqualTo(16_000);
  }

  @Test
  void shouldLeaveTheOriginalAloneWhenACopyIsAddedTo() {
    slices.add(0, 10, 1);
    slices.copy().add(0, 10, 1);

    assertThat(slices.totalPs()).isEqualTo(10);
  }
}
