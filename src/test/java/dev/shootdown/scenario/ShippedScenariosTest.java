package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.Simulation;
import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each scenario that ships comes to what it says, whoever runs it and however often. */
class ShippedScenariosTest {
  private static final int SEEDS = 20;
  private static SystemPool pool;

  @BeforeAll
  static void open() {
    pool = new SystemPool();
  }

  @AfterAll
  static void close() {
    pool.close();
  }

  static List<Path> shipped() {
    return Scene.shipped();
  }

  @Test
  void shouldBeThereWhenTheyAreLookedFor() {
    assertThat(shipped()).hasSizeGreaterThanOrEqualTo(3);
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void shouldComeToTheExpectedVerdictWithAClosedLedger(Path file) {
    for (Variant variant : Scene.load(file)) {
      ScenarioResult result = Scene.run(pool, variant.scenario());

      assertThat(Scene.verdict(result)).as(variant.id(1))
          .isEqualTo(variant.scenario().expect());
      assertThat(result.judgement().gaps()).as(variant.id(1)).isEmpty();
      if (!List.of("no-progress", "inconclusive").contains(variant.scenario().expect())) {
        assertThat(result.judgement().unfinished()).as(variant.id(1)).isEmpty();
        assertThat(result.judgement().rows()).as(variant.id(1)).isNotEmpty();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void shouldLeaveTheSameFingerprintHoweverItRuns(Path file) {
    for (Variant variant : Scene.load(file)) {
      ScenarioResult first = Scene.run(pool, variant.scenario());
      for (int workers : List.of(1, 2)) {
        for (boolean keepTrace : List.of(false, true)) {
          ScenarioResult again = Scene.run(pool, variant.scenario(), workers, keepTrace);

          assertThat(again.outcome().fingerprint().total())
              .as("%s, %d workers, trace %s", variant.id(1), workers, keepTrace)
              .isEqualTo(first.outcome().fingerprint().total());
          assertThat(Scene.verdict(again)).isEqualTo(Scene.verdict(first));
          assertThat(again.trace().isEmpty()).isNotEqualTo(keepTrace);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void shouldStateTheSameFactsWhetherThreadsShareWindowsOrNot(Path file) {
    for (Variant variant : Scene.load(file)) {
      Scenario scenario = variant.scenario();
      ScenarioResult alone = Scene.run(pool, scenario, 1, true);
      for (int sharedFrom : List.of(0, Simulation.NEVER_SHARED)) {
        String what = variant.id(1) + " shared from " + sharedFrom;
        ScenarioResult two =
            new ScenarioRun(pool, scenario, scenario.run().seed(), 2, true, new StopFlag())
                .sharedFrom(sharedFrom).run();

        Scene.assertSame(two, alone, what);
        assertThat(two.trace()).as(what).isEqualTo(alone.trace());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"01", "02", "03"})
  void shouldComeToTheSameVerdictWhenSimultaneousEventsChangePlaces(String number) {
    for (int seed = 1; seed <= SEEDS; seed++) {
      String order = "run.tie-order=\"seed " + seed + "\"";
      for (Variant variant : Scene.load(Scene.shipped(number), order)) {
        assertThat(Scene.verdict(Scene.run(pool, variant.scenario())))
            .as("%s with %s", variant.id(1), order).isEqualTo(variant.scenario().expect());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"01", "02", "03"})
  void shouldComeToTheSameVerdictWhenTheDiceFallOtherwise(String number) {
    for (int seed = 1; seed <= SEEDS; seed++) {
      String dice = "run.seed=" + seed;
      for (Variant variant : Scene.load(Scene.shipped(number), dice)) {
        assertThat(Scene.verdict(Scene.run(pool, variant.scenario())))
            .as("%s with %s", variant.id(seed), dice).isEqualTo(variant.scenario().expect());
      }
    }
  }

  /** A wire that draws makes the dice matter; era C must stay clean whatever they say. */
  @Test
  void shouldStayCleanWhenLatenciesAreRandom() {
    for (int seed = 1; seed <= SEEDS; seed++) {
      String[] overrides = {
        "run.seed=" + seed,
        "wires.pcie.latency={kind=exponential, min=50ns, mean=900ns, max=null}",
        "wires.ipi.latency={kind=uniform, min=50ns, max=3us, mean=null}",
        "wires.table-entry.latency={kind=exponential, min=10ns, mean=2us, max=null}",
        "wires.reach.latency={kind=uniform, min=10ns, max=200ns, mean=null}"
      };
      Scenario scenario = Scene.load(Scene.shipped("01"), overrides).get(0).scenario();

      ScenarioResult result = Scene.run(pool, scenario);
      assertThat(Scene.verdict(result)).as("seed %d", seed).isEqualTo("clean");
      assertThat(result.judgement().gaps()).as("seed %d", seed).isEmpty();
    }
  }
}
