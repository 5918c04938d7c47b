package dev.shootdown.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PartsBenchTest {
  private static final int PARTS = 4;

  /** Empty and full, three times: the second time somebody else lets go of a lot meanwhile. */
  private final long[] usedBytes = {0, 4_000, 90_000, 10_000, 1_000, 9_000};
  private int asked;

  @Test
  void shouldGiveTheMedianHeapOfAPartWhenOneMeasurementIsDisturbed() {
    PartsBench bench = new PartsBench(() -> 0, () -> usedBytes[asked++], 3);

    assertThat(bench.measure(PARTS).idleHeapBytesEach()).isEqualTo(4_000 / PARTS);
  }

  @Test
  void shouldGiveTheTimeFromTheAskingToTheFirstEventWhenItMeasures() {
    long[] nowNs = {0};

    PartsBench.Row row = new PartsBench(() -> nowNs[0] += 70, () -> 0, 1).measure(PARTS);

    assertThat(row.components()).isEqualTo(PARTS);
    assertThat(row.startNs()).isEqualTo(70);
    assertThat(row.warmStartOfTenNs()).isEqualTo(70);
  }
}
