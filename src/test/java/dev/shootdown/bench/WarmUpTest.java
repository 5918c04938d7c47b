package dev.shootdown.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WarmUpTest {
  private long nowNs;
  private long compilerNs;

  /** A pass takes 100 ns, of which the compiler works so many in the first, second ... pass. */
  private int passes(long leastNs, long mostNs, long... compilerShares) {
    int[] passes = {0};
    new WarmUp(leastNs, mostNs, () -> nowNs, () -> compilerNs)
        .repeat(
            () -> {
              nowNs += 100;
              int last = compilerShares.length - 1;
              compilerNs += compilerShares[Math.min(passes[0], last)];
              passes[0]++;
            });
    return passes[0];
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 1", "0, 1000, 4", "500, 1000, 5", "0, 200, 2", "0, 250, 3", "1, 0, 1"})
  void shouldRepeatUntilTheCompilerIsQuietWhenTimeAllows(long leastNs, long mostNs, int passes) {
    assertThat(passes(leastNs, mostNs, 90, 40, 10, 9, 0)).isEqualTo(passes);
  }

  @Test
  void shouldEndWhenTheCompilerIsNeverQuiet() {
    assertThat(passes(0, 1_000, 50)).isEqualTo(10);
  }
}
