package dev.shootdown.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The studies that ship can be run at all their points, quickly and fully. */
class StudiesTest {
  private static final Path FOLDER = Path.of("scenarios", "studies");

  static List<Path> studies() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.filter(file -> file.toString().endsWith(".conf")).sorted().toList();
    }
  }

  private static SweepPlan plan(Path file, Optional<String> variant) {
    return SweepPlan.load(
        new SweepSource(
            file, variant, Optional.empty(), List.of(), List.of(), Path.of("").toAbsolutePath()));
  }

  @Test
  void shouldBeThereWhenTheyAreLookedFor() throws IOException {
    assertThat(studies()).hasSizeGreaterThanOrEqualTo(3);
  }

  @ParameterizedTest
  @MethodSource("studies")
  void shouldBeAbleToRunEveryPointWhenItIsQuick(Path file) {
    SweepPlan plan = plan(file, Optional.empty());
    PointLoader loader = PointLoader.of(plan);

    assertThat(loader.loadAll(plan.points())).hasSameSizeAs(plan.points());
    assertThat(plan.points()).hasSizeBetween(20, 500);
  }

  /** One corner of the study of starvation: who asks again at once, against who brings it in. */
  @Test
  void shouldStarveOnlyWhereTheRuleAndTheRateAreBadWhenFaultsAreTriedAgain() {
    SweepPlan plan =
        SweepPlan.load(
            new SweepSource(
                FOLDER.resolve("fault-retry.conf"), Optional.empty(), Optional.empty(), List.of(),
                List.of(
                    "rule=pri-refault,pri-block,pinned", "overlap=same-pages,elsewhere",
                    "consumers=1", "gap=100ns,10us"),
                Path.of("").toAbsolutePath()));
    PointLoader loader = PointLoader.of(plan);
    try (LocalRunner runner = new LocalRunner()) {
      for (Point point : plan.points()) {
        RunResult result =
            Measures.of(
                new RunResult.RunKey(point.index(), 0), plan.seedOf(point, 0),
                runner.run(loader.load(point), plan.seedOf(point, 0)), plan.spec().window());
        boolean bad =
            point.labels().equals(List.of("same-pages", "pri-refault", "1", "100ns"));

        assertThat(result.metrics().get("fault.starved_ratio") > 0.5)
            .as("%s: %s", point.labels(), result.metrics()).isEqualTo(bad);
        assertThat(result.ending().verdict()).isEqualTo("clean");
      }
    }
    assertThat(plan.points()).hasSize(10);
  }

  /** Nine pages across a boundary of 16: each rule makes something else of them. */
  @Test
  void shouldFlushByItsRuleWhenARangeIsNoBlock() {
    SweepPlan plan =
        SweepPlan.load(
            new SweepSource(
                FOLDER.resolve("over-invalidation.conf"), Optional.empty(), Optional.empty(),
                List.of(), List.of("first-page=9", "pages=9"), Path.of("").toAbsolutePath()));
    PointLoader loader = PointLoader.of(plan);
    SortedMap<String, String> seen = new TreeMap<>();
    try (LocalRunner runner = new LocalRunner()) {
      for (Point point : plan.points()) {
        SortedMap<String, Double> metrics =
            Measures.of(
                new RunResult.RunKey(point.index(), 0), 1, runner.run(loader.load(point), 1),
                plan.spec().window()).metrics();
        seen.put(
            point.labels().get(0),
            metrics.get("dontneed.flushed_all_count") + " "
                + Texts.number(metrics.getOrDefault("dontneed.widening_ratio", Double.NaN)));
      }
    }

    // (9 + 32) / 18 and so on: the CPU flushes page by page, the device's block is 32 pages long.
    assertThat(seen).containsEntry("block", "0.0 2.27777778")
        .containsEntry("amd-block", "0.0 2.27777778")
        .containsEntry("blocks-to-16", "8.0 ").containsEntry("everything", "8.0 ")
        .hasSize(5);
  }

  @ParameterizedTest
  @MethodSource("studies")
  void shouldBeAbleToTakeEveryValueWhenItIsFull(Path file) {
    SweepPlan quick = plan(file, Optional.empty());
    SweepPlan full = plan(file, Optional.of("full"));
    PointLoader.of(full).checkValues();

    assertThat(full.points()).hasSizeGreaterThan(2 * quick.points().size());
    assertThat(full.id()).isNotEqualTo(quick.id());
  }
}
