package dev.shootdown.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.scenario.Scenario;
import dev.shootdown.scenario.Scenarios;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
  void shouldBringTogetherWhatSharesAConfigurationWhenOthersReferToAnAxis() {
    SweepPlan plan = Plans.of(folder,
        """
        sweep.axes = [
          { path = kernel.costs.pte, from = 1ns, to = 40ns, step = 1ns }
          { path = pages, values = [3, 5] }
        ]
        """);

    List<Point> points = PointLoader.of(plan).inLoadingOrder(plan.points());

    assertThat(points).hasSize(80).containsAll(plan.points());
    assertThat(points.subList(0, 40)).allMatch(point -> point.labels().get(1).equals("3"));
  }

  /** What a level sets is the same as without the sweep, so that trying it shows nothing. */
  @Test
  void shouldTakeBackWhatAnotherAxisSetWhenALevelSetsAParameterToWhatItWas() {
    SweepPlan plan = Plans.of(folder,
        """
        sweep.let.costs = 1ns
        kernel.costs.pte = ${sweep.let.costs}
        sweep.axes = [
          { name = one, levels = [ { name = dear, set { sweep.let.costs = 9ns } } ] }
          { name = other, levels = [
            { name = back, set { sweep.let.costs = 1ns } }, { name = same, set {} } ] }
        ]
        """);
    SortedMap<Integer, Scenario> scenarios = PointLoader.of(plan).loadAll(plan.points());

    assertThat(scenarios.get(0).kernel().costs().ptePs()).isEqualTo(1000);
    assertThat(scenarios.get(1).kernel().costs().ptePs()).isEqualTo(9000);
  }

  @Test
  void shouldTakeAKeyAwayWhenALevelSetsItToNull() {
    SweepPlan plan = Plans.of(folder,
        """
        sweep.axes = [
          { name = wire, levels = [
            { name = as-is, set {} }
            { name = even, set { wires.reach.latency {
              kind = uniform, min = 10ns, max = 60ns, mean = null } } } ] }
        ]
        """);

    assertThat(PointLoader.of(plan).loadAll(plan.points())).hasSize(2);
  }

  @Test
  void shouldReadItsOwnPathsWhenALevelChangesOne() {
    SweepPlan plan = Plans.of(folder,
        """
        paths.nap { title = "short", site = none, steps = ["spend 1us"] }
        sweep.axes = [
          { path = kernel.costs.pte, values = [1ns, 2ns] }
          { path = paths.nap.title, values = [short, long] }
        ]
        """);
    SortedMap<Integer, Scenario> scenarios = PointLoader.of(plan).loadAll(plan.points());

    assertThat(scenarios.values())
        .extracting(scenario -> scenario.kernel().paths().get("nap").title())
        .containsExactly("short", "long", "short", "long");
  }

  @Test
  void shouldKnowTheSameScenarioWhenTheFilesAreReadAnew() {
    SweepPlan plan = Plans.of(folder,
        """
        sweep.axes = [
          { path = kernel.costs.pte, values = [1ns, 2ns] }, { path = pages, values = [3, 5] } ]
        """);
    PointLoader loader = PointLoader.of(plan);
    for (Point point : plan.points()) {
      List<String> arguments = plan.arguments(point, 0);
      Scenario alone =
          Scenarios.load(
                  plan.source().file(), Optional.empty(), Optional.empty(),
                  arguments.subList(1, arguments.size()), folder)
              .get(0).scenario();
      Scenario loaded = loader.load(point);

      assertThat(loaded.kernel()).isEqualTo(alone.kernel());
      assertThat(loaded.processes()).isEqualTo(alone.processes());
      assertThat(loaded.machine().cpus()).isEqualTo(alone.machine().cpus());
      assertThat(loaded.machine().wires()).isEqualTo(alone.machine().wires());
      assertThat(loaded.work()).isEqualTo(alone.work());
    }
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
