package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Judges on a thread of their own come to what they come to on the run's. */
class JudgedApartTest {
  private static final long MANY = 100_000;

  @Test
  void shouldJudgeTheSameWhenTheJudgesAreOnAThreadOfTheirOwn() {
    Scenario scenario =
        Scene.load(Path.of("scenarios/bench/zap-64.conf")).get(0).scenario();
    try (SystemPool pool = new SystemPool()) {
      ScenarioResult plain = Scene.run(pool, scenario);
      AtomicLong facts = new AtomicLong();
      ScenarioResult apart =
          new ScenarioRun(
              pool, scenario, scenario.run().seed(), 1,
              (atPs, component, fact) -> facts.incrementAndGet(), new StopFlag())
              .judgedApart()
              .run();

      assertThat(facts).hasValueGreaterThan(MANY);
      Scene.assertSame(apart, plain, "judged apart");
    }
  }

  @Test
  void shouldFindTheSameWhenThereIsSomethingToFind() {
    Scenario scenario = Scene.variant(Scene.shipped("02"), "broken");
    try (SystemPool pool = new SystemPool()) {
      ScenarioResult plain = Scene.run(pool, scenario);
      ScenarioResult apart =
          new ScenarioRun(
              pool, scenario, scenario.run().seed(), 1, false, new StopFlag())
              .judgedApart()
              .run();

      assertThat(plain.judgement().findings()).isNotEmpty();
      Scene.assertSame(apart, plain, "judged apart");
    }
  }
}
