package dev.shootdown.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.shootdown.report.Latencies;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StatisticsTest {
  @Test
  void shouldAgreeWithStudentsTableWhenThereAreThreeValuesOrMore() {
    Estimate estimate = Estimate.of(10, 12, 14, 16, 18);

    assertThat(estimate.mean()).isEqualTo(14);
    assertThat(estimate.deviation()).isCloseTo(3.16227766, within(1e-8));
    // t(0.975; 4) = 2.776445, over the square root of 5.
    assertThat(estimate.halfWidth().getAsDouble()).isCloseTo(3.926486, within(1e-5));
  }

  @Test
  void shouldGiveNoIntervalWhenThereAreFewerThanThree() {
    assertThat(Estimate.of(1, 9).halfWidth()).isEmpty();
    assertThat(Estimate.of(1, 9, Double.NaN).halfWidth()).isEmpty();
    assertThat(Estimate.of(1, 9, 5).halfWidth()).isPresent();
    assertThat(Estimate.of().mean()).isNaN();
    assertThat(Estimate.of(7).deviation()).isZero();
  }

  @Test
  void shouldMergeWithoutLossWhenLatenciesComeFromSeveralRuns() {
    Latencies one = new Latencies();
    Latencies two = new Latencies();
    Latencies all = new Latencies();
    for (long ns = 1; ns <= 1000; ns++) {
      (ns % 3 == 0 ? one : two).record(ns * 1000);
      all.record(ns * 1000);
    }
    Latencies merged = new Latencies().add(two.payload()).add(one.payload());

    assertThat(merged.payload()).isEqualTo(all.payload());
    assertThat(merged.count()).isEqualTo(1000);
    assertThat(merged.minNs()).isEqualTo(1);
    assertThat(merged.maxNs()).isEqualTo(1000);
  }

  @Test
  void shouldBoundPercentilesByRanksWhenThereAreManyValues() {
    Latencies latencies = new Latencies();
    for (long ns = 1; ns <= 1000; ns++) {
      latencies.record(ns * 1000);
    }
    Latencies.Percentile median = latencies.at(50);

    // 500 -+ 1.96 * sqrt(1000 * 0.25) = 30.99
    assertThat(median.valueNs()).isEqualTo(500);
    assertThat(median.lowNs()).isEqualTo(469);
    assertThat(median.highNs()).isEqualTo(531);
    assertThat(latencies.at(99.9).highNs()).isEqualTo(1000);
  }

  @Test
  void shouldRankTiesInTheMiddleWhenCorrelated() {
    assertThat(Ranks.correlation(new double[] {1, 2, 3, 4}, new double[] {1, 8, 27, 64}))
        .isCloseTo(1, within(1e-12));
    assertThat(Ranks.correlation(new double[] {1, 2, 3}, new double[] {3, 2, 1}))
        .isCloseTo(-1, within(1e-12));
    // Ranks 1.5, 1.5, 3, 4 against 1, 2, 3, 4.
    assertThat(Ranks.correlation(new double[] {5, 5, 6, 7}, new double[] {1, 2, 3, 4}))
        .isCloseTo(0.9486833, within(1e-6));
    assertThat(Ranks.correlation(new double[] {1, Double.NaN}, new double[] {1, 2})).isNaN();
    assertThat(Ranks.correlation(new double[] {1, 2}, new double[] {4, 4})).isNaN();
  }

  private static Axis axis(boolean sampled, String... labels) {
    List<Level> levels = new ArrayList<>();
    for (String label : labels) {
      levels.add(new Level(label, new TreeMap<>()));
    }
    return new Axis("a", "here", sampled, levels);
  }

  @Test
  void shouldShareOutTheVarianceWhenLevelsDiffer() {
    Sensitivity.Column column =
        new Sensitivity.Column(
            axis(false, "1", "2"), List.of("1", "1", "2", "2"), new double[] {1, 1, 2, 2});

    Sensitivity sensitivity =
        Sensitivity.of(column, "m", new double[] {10, 12, 20, 22}).orElseThrow();

    // Means 11 and 21 around 16: between 4 * 25 = 100, within 4 * 1 = 4.
    assertThat(sensitivity.swing()).isEqualTo(10);
    assertThat(sensitivity.least().level()).isEqualTo("1");
    assertThat(sensitivity.most().level()).isEqualTo("2");
    assertThat(sensitivity.varianceShare()).isCloseTo(100.0 / 104, within(1e-12));
    assertThat(Sensitivity.of(column, "m", new double[] {7, 7, 7, 7})).isEmpty();
  }

  @Test
  void shouldHoldThirdsAgainstEachOtherWhenAnAxisIsSampled() {
    Sensitivity.Column column =
        new Sensitivity.Column(
            axis(true, "3", "1", "2"), List.of("3", "1", "2"), new double[] {3, 1, 2});

    Sensitivity sensitivity = Sensitivity.of(column, "m", new double[] {30, 10, 20}).orElseThrow();

    assertThat(sensitivity.least()).isEqualTo(new Sensitivity.Mean("1..1", 10));
    assertThat(sensitivity.most()).isEqualTo(new Sensitivity.Mean("3..3", 30));
    assertThat(sensitivity.rankCorrelation()).isCloseTo(1, within(1e-12));
  }

  @Test
  void shouldLookOnlyAtSetNumbersWhenItDecidesToRunOn() {
    Repeats repeats =
        new Repeats(
            4, Repeats.Seeds.PER_REPETITION, Optional.of(new Repeats.Stop("m", 0.1, 20)));
    Estimate rough = new Estimate(4, 100, 50);
    Estimate fine = new Estimate(9, 100, 5);

    assertThat(repeats.wanted(n -> false, n -> rough)).isEqualTo(4);
    assertThat(repeats.wanted(n -> n < 4, n -> rough)).isEqualTo(6);
    assertThat(repeats.wanted(n -> n < 5, n -> rough)).as("half of a step").isEqualTo(6);
    assertThat(repeats.wanted(n -> true, n -> rough)).isEqualTo(20);
    assertThat(repeats.wanted(n -> true, n -> n >= 9 ? fine : rough)).isEqualTo(9);
  }

  @Test
  void shouldWriteFiguresAsPeopleReadThemWhenShown() {
    assertThat(Texts.shown("x_ps", 12_345_678)).isEqualTo("12.3 us");
    assertThat(Texts.shown("x_ps", 999)).isEqualTo("0.999 ns");
    assertThat(Texts.shown("x_ns", 150)).isEqualTo("150 ns");
    assertThat(Texts.shown("x_count", 123_456)).isEqualTo("123000");
    assertThat(Texts.shown("x_ratio", 1.5)).isEqualTo("1.5");
    assertThat(Texts.shown("x_ps", Double.NaN)).isEqualTo("-");
    assertThat(Texts.number(1.0 / 3)).isEqualTo("0.333333333");
    assertThat(Texts.number(2e15)).isEqualTo("2000000000000000");
  }
}
