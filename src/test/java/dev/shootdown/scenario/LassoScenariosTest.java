package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.check.Finding;
import dev.shootdown.check.Standstill;
import dev.shootdown.check.Verdict;
import dev.shootdown.engine.SystemPool;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What exactly shipped scenarios show of a device that never comes on. */
class LassoScenariosTest {
  private static SystemPool pool;

  @BeforeAll
  static void open() {
    pool = new SystemPool();
  }

  @AfterAll
  static void close() {
    pool.close();
  }

  private static List<Standstill> shown(String number, String variant) {
    return Scene.run(pool, Scene.variant(Scene.shipped(number), variant)).judgement()
        .findings().stream().map(Finding::standstill).flatMap(found -> found.stream()).toList();
  }

  @Test
  void shouldShowALassoWhereACacheInvalidatesItself() {
    assertThat(shown("34", "self-inflicted")).singleElement().satisfies(
        found -> {
          assertThat(found.shown()).isEqualTo(Standstill.Shown.LASSO);
          assertThat(found.times()).isGreaterThan(50);
          assertThat(found.wanted().component()).isEqualTo("vm0");
        });
    assertThat(shown("34", "range-wait")).isEmpty();
  }

  /** All facts repeat up to the end of the run, but the end of the bracket comes nearer. */
  @Test
  void shouldShowNoLassoWhereAnEventAheadWillEndIt() {
    ScenarioResult patient = Scene.run(
        pool, Scene.variant(Scene.shipped("53"), "within", "check.retry-budget=1000"));

    assertThat(patient.judgement().findings()).singleElement().satisfies(
        found -> {
          assertThat(found.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
          assertThat(found.summary()).contains("facts repeat", "but no lasso: cpu0 has an event");
        });
    assertThat(shown("53", "within")).extracting(Standstill::shown)
        .containsExactly(Standstill.Shown.RETRY_BUDGET);
    assertThat(shown("53", "invalidate-range")).isEmpty();
  }

  /** The fault is given up after a second: until then its loop looks as if it had no end. */
  @Test
  void shouldShowNoLassoWhereATimeComesNearerAtWhichTheFaultIsGivenUp() {
    ScenarioResult half = Scene.run(
        pool, Scene.variant(Scene.shipped("40"), "broken", "run.until=2ms"));

    assertThat(half.judgement().findings()).singleElement().satisfies(
        found -> {
          assertThat(found.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
          assertThat(found.summary()).contains("facts repeat", "comes nearer");
        });
    assertThat(shown("40", "broken")).extracting(Standstill::shown)
        .containsExactly(Standstill.Shown.REPEATED_UNTIL_GIVEN_UP);
  }

  @Test
  void shouldShowALassoWhereNobodyIsToldOfAnUpgradeAndNoneWhereTheFlushReachesTheSmmu() {
    assertThat(shown("07", "smmu-era-b")).singleElement().satisfies(
        found -> {
          assertThat(found.shown()).isEqualTo(Standstill.Shown.LASSO);
          assertThat(found.periodPs()).isPositive();
          assertThat(found.times()).isGreaterThan(50);
        });
    assertThat(shown("07", "smmu-era-c")).isEmpty();
  }

  @Test
  void shouldShowABudgetWhereTheBracketEndsAfterIt() {
    assertThat(shown("53", "empty-table")).extracting(Standstill::shown)
        .containsExactly(Standstill.Shown.RETRY_BUDGET);
    assertThat(shown("06", "refault-until-end")).extracting(Standstill::shown)
        .containsExactly(Standstill.Shown.RETRY_BUDGET);
    assertThat(shown("06", "flush-at-cpu-flush")).isEmpty();
  }
}
