package dev.shootdown.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScaleSimulationTest {
  private static final ScaleModel MODEL =
      new ScaleModel(0.6e-6, 400e-6, ScaleModel.ASSUMED_FRAME_SECONDS);
  private static final ScaleSimulation SIMULATION = new ScaleSimulation(MODEL, 20);

  @Test
  void shouldTakeWhatTheFormulaSaysWhenTwoNodesAreEven() {
    double simulated = SIMULATION.windowSeconds(1_450_000, 2, false);

    assertThat(simulated / MODEL.windowSeconds(1_450_000, 2, 1)).isCloseTo(1, within(0.01));
  }

  /**
   * To the formula comes the wait for who is last, small where nodes are even; from it goes what a
   * node handles while its own frames are under way.
   */
  @ParameterizedTest
  @CsvSource({"8, false", "8, true", "64, false", "64, true"})
  void shouldTakeAboutWhatTheFormulaSaysWhenManyWaitForEachOther(int nodes, boolean ring) {
    double simulated = SIMULATION.windowSeconds(145_000, nodes, ring);
    double predicted = MODEL.windowSeconds(145_000, nodes, ring ? 2 : nodes - 1);

    assertThat(simulated / predicted).isBetween(0.85, 1.10);
  }

  @Test
  void shouldWaitLessWhenNodesHearOfTwoOthersOnly() {
    assertThat(SIMULATION.windowSeconds(145_000, 64, true))
        .isLessThan(SIMULATION.windowSeconds(145_000, 64, false) / 1.5);
  }
}
