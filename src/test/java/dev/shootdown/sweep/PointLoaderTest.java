package dev.shootdown.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.scenario.Scenario;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PointLoaderTest {
  @TempDir private Path folder;

  @Test
  void shouldReachEveryKeyThatRefersToItWhenAParameterIsVaried() {
    SweepPlan plan = Plans.of(folder,
        """
        sweep.axes = [
          { path = kernel.costs.pte, from = 1ns, to = 40ns, step = 1ns }
          { path = pages, values = [3, 5] }
        ]
        """);
    PointLoader loader = PointLoader.of(plan);
    SortedMap<Integer, Scenario> scenarios = loader.loadAll(plan.points());

    assertThat(scenarios).hasSize(80);
    scenarios.forEach(
        (index, scenario) -> {
          List<String> labels = plan.points().get(index).labels();
          assertThat(scenario.kernel().costs().ptePs() / 1000 + "ns").isEqualTo(labels.get(0));
          assertThat(scenario.processes().get(0).areas().get(0).range().pages())
              .isEqualTo(Long.parseLong(labels.get(1)));
        });
  }

  @Test
  void shouldLoadTogetherOnlyWhatAgreesWhenOthersReferToAnAxis() {
    SweepPlan plan = Plans.of(folder,
        """
        sweep.axes = [
          { path = kernel.costs.pte, from = 1ns, to = 40ns, step = 1ns }
          { path = pages, values = [3, 5] }
        ]
        """);

    List<List<Point>> batches = PointLoader.of(plan).batches(plan.points());

    assertThat(batches).hasSize(6).allSatisfy(batch -> {
      assertThat(batch).hasSizeLessThanOrEqualTo(PointLoader.BATCH);
      assertThat(batch).extracting(point -> point.labels().get(1)).containsOnly(
          batch.get(0).labels().get(1));
    });
    assertThat(batches.stream().mapToInt(List::size).sum()).isEqualTo(80);
  }

  @Test
  void shouldFollowWhenAnotherKeyRefersToAnOrdinaryOne() {
    SweepPlan plan = Plans.of(folder,
        """
        kernel.costs.pte = ${kernel.costs.page-free}
        sweep.axes = [ { path = kernel.costs.page-free, values = [1ns, 2ns] } ]
        """);
    SortedMap<Integer, Scenario> scenarios = PointLoader.of(plan).loadAll(plan.points());

    assertThat(scenarios.get(0).kernel().costs().ptePs()).isEqualTo(1000);
    assertThat(scenarios.get(1).kernel().costs().ptePs()).isEqualTo(2000);
  }

  @Test
  void shouldSetWhatTheVariantSetsWhenVariantsAreSwept() {
    String variants =
        """
        variants { slow { kernel.costs.pte = 9us }, fast { kernel.costs.pte = 9ns } }
        sweep.axes = [ { path = variant, values = [slow, fast] }, { path = pages, values = [1] } ]
        """;
    SweepPlan plan = Plans.of(folder, variants);
    SortedMap<Integer, Scenario> scenarios = PointLoader.of(plan).loadAll(plan.points());

    assertThat(scenarios.get(0).kernel().costs().ptePs()).isEqualTo(9_000_000);
    assertThat(scenarios.get(1).kernel().costs().ptePs()).isEqualTo(9_000);
    assertThat(plan.arguments(plan.points().get(1), 0)).startsWith("fast");
  }
}
