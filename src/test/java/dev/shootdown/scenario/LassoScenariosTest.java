package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.check.Finding;
import dev.shootdown.check.Standstill;
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
  void shouldShowALassoWhereTheTableIsEmptyAndNoneWhereRangesAreInvalidated() {
    assertThat(shown("53", "within")).singleElement().satisfies(
        found -> {
          assertThat(found.shown()).isEqualTo(Standstill.Shown.LASSO);
          assertThat(found.times()).isGreaterThan(50);
          assertThat(found.cycle()).isNotEmpty();
          assertThat(found.wanted().component()).isEqualTo("nic0");
        });
    assertThat(shown("53", "invalidate-range")).isEmpty();
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
