package dev.shootdown.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpansionTest {
  private static final String TWO =
      "sweep.axes = [ { path = kernel.era, values = [B, C] },"
          + " { path = pages, values = [1, 2, 3] } ]";

  @TempDir private Path folder;

  @Test
  void shouldVaryTheLastAxisFastestWhenAxesAreNested() {
    SweepPlan plan = Plans.of(folder, TWO);

    assertThat(Plans.labels(plan)).containsExactly(
        List.of("B", "1"), List.of("B", "2"), List.of("B", "3"),
        List.of("C", "1"), List.of("C", "2"), List.of("C", "3"));
    assertThat(plan.points()).extracting(Point::id)
        .containsExactly("p00000", "p00001", "p00002", "p00003", "p00004", "p00005");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "from = 1, to = 10, step = 3 | 1 4 7 10",
        "from = 50ns, to = 200ns, step = 50ns | 50ns 100ns 150ns 200ns",
        "from = 500ns, to = 2us, step = 500ns | 500ns 1us 1500ns 2us",
        "from = 1, to = 100, factor = 4 | 1 4 16 64",
        "from = 1, to = 8, factor = 1.4142 | 1 2 3 4 6 8",
        "from = 1KiB, to = 8KiB, factor = 2 | 1KiB 2KiB 4KiB 8KiB",
        "from = 0.1, to = 0.5, step = 0.2 | 0.1 0.3 0.5",
        "from = 7, to = 7, step = 1 | 7"
      })
  void shouldCountFromEndToEndWhenAnAxisIsARange(String range, String values) {
    String key = range.contains("KiB") ? "wires.pcie.overhead" : "kernel.submit";
    SweepPlan plan = Plans.of(folder, "sweep.axes = [ { path = " + key + ", " + range + " } ]");

    assertThat(Plans.labels(plan)).extracting(labels -> labels.get(0))
        .containsExactly(values.split(" "));
  }

  @Test
  void shouldVaryTogetherWhereTheFirstStandsWhenAxesAreZipped() {
    SweepPlan plan = Plans.of(folder,
        """
        sweep {
          axes = [
            { path = kernel.submit, values = [1ns, 2ns] }
            { path = kernel.era, values = [B, C] }
            { path = pages, values = [1, 2] }
          ]
          zip = [ { axes = [pages, kernel.submit] } ]
        }
        """);

    assertThat(Plans.labels(plan)).containsExactly(
        List.of("1ns", "B", "1"), List.of("1ns", "C", "1"),
        List.of("2ns", "B", "2"), List.of("2ns", "C", "2"));
  }

  @Test
  void shouldDropPointsWhenWhereAndExcludeSaySo() {
    String rules = "\nsweep { where = [\"pages != 2\"], exclude ="
        + " [ { pages = [3, 2], kernel.era = B } ] }\n";

    assertThat(Plans.labels(Plans.of(folder, TWO + rules))).containsExactly(
        List.of("B", "1"), List.of("C", "1"), List.of("C", "3"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pages < 3 | 1 2", "pages <= 2 | 1 2", "pages > 2 | 3", "pages >= 2 | 2 3",
        "pages == 2 | 2", "pages != 2 | 1 3"
      })
  void shouldCompareNumbersWhenWhereHasAnOperator(String where, String left) {
    SweepPlan plan = Plans.of(folder,
        "sweep { axes = [ { path = pages, values = [1, 2, 3] } ], where = [\"" + where + "\"] }");

    assertThat(Plans.labels(plan)).extracting(labels -> labels.get(0))
        .containsExactly(left.split(" "));
  }

  @Test
  void shouldCompareAxesAndUnitsWhenWhereNamesTwoOfThem() {
    SweepPlan plan = Plans.of(folder,
        """
        sweep {
          axes = [
            { path = kernel.submit, values = [900ns, 2us] }
            { path = kernel.costs.pte, values = [1us, 3us] }
          ]
          where = ["kernel.submit < kernel.costs.pte"]
        }
        """);

    assertThat(Plans.labels(plan)).containsExactly(
        List.of("900ns", "1us"), List.of("900ns", "3us"), List.of("2us", "3us"));
  }

  @Test
  void shouldReplaceOrAppendWhenAxesComeFromTheCommandLine() {
    SweepPlan plan = Plans.of(folder, TWO, "kernel.era=C", "kernel.submit=5ns,6ns");

    assertThat(Plans.labels(plan)).hasSize(6).startsWith(
        List.of("C", "1", "5ns"), List.of("C", "1", "6ns"), List.of("C", "2", "5ns"));
  }

  @Test
  void shouldStillExcludeWhenTheCommandLineHasLeftTheValueOut() {
    SweepPlan plan =
        Plans.of(
            folder,
            """
            sweep {
              axes = [ { path = kernel.era, values = [B, C] }, { path = pages, values = [1, 2] } ]
              exclude = [ { "kernel.era" = B, pages = [1, 2] } ] }
            """,
            "pages=2");

    assertThat(Plans.labels(plan)).containsExactly(List.of("C", "2"));
  }

  @Test
  void shouldSetSeveralKeysWhenAnAxisHasLevels() {
    SweepPlan plan = Plans.of(folder,
        """
        sweep.axes = [ { name = host, levels = [
          { name = old, set { kernel.era = B, kernel.submit = 1us } }, { name = new, set {} } ] } ]
        """);

    assertThat(Plans.labels(plan)).containsExactly(List.of("old"), List.of("new"));
    assertThat(plan.points().get(0).settings())
        .containsEntry("kernel.era", "\"B\"").containsEntry("kernel.submit", "\"1us\"");
    assertThat(plan.points().get(1).settings()).isEmpty();
  }

  @Test
  void shouldHitEachStratumOnceWhenAnAxisIsSampled() {
    SweepPlan plan = Plans.of(folder, lhs(1));
    List<BigDecimal> amounts = plan.points().stream()
        .map(point -> Quantity.parse(point.labels().get(0)).orElseThrow().amount()).toList();

    assertThat(amounts).hasSize(20);
    assertThat(amounts.stream().map(amount -> amount.intValue() / 50_000).sorted().toList())
        .isEqualTo(IntStream.range(0, 20).boxed().toList());
    assertThat(amounts).isNotEqualTo(amounts.stream().sorted().toList());
  }

  @Test
  void shouldDependOnTheSeedAloneWhenAnAxisIsSampled() {
    List<List<String>> first = Plans.labels(Plans.of(folder, lhs(1)));

    assertThat(Plans.labels(Plans.of(folder, lhs(1)))).isEqualTo(first);
    assertThat(Plans.labels(Plans.of(folder, lhs(2)))).isNotEqualTo(first);
    assertThat(first).allMatch(labels -> labels.size() == 2);
  }

  private static String lhs(int seed) {
    return """
        run.seed = %d
        sweep {
          samples = 20
          axes = [
            { path = kernel.submit, from = 0ns, to = 1us, sample = latin-hypercube }
            { path = pages, from = 1, to = 100, sample = latin-hypercube, spread = geometric }
          ]
        }
        """.formatted(seed);
  }

  @Test
  void shouldKeepItsIdentityWhenOnlyRepetitionsChange() {
    String id = Plans.of(folder, TWO).id();

    assertThat(Plans.of(folder, TWO + "\nsweep.repeat = 7\nrun.workers = 2").id()).isEqualTo(id);
    assertThat(Plans.of(folder, TWO, "pages=1,2").id()).isNotEqualTo(id);
    assertThat(Plans.of(folder, TWO + "\nkernel.submit = 1ns").id()).isNotEqualTo(id);
    assertThat(Plans.of(folder, TWO + "\nsweep.warm-up = 1us").id()).isNotEqualTo(id);
    assertThat(id).matches("small-sweep-[0-9a-f]{8}-s1");
  }

  @Test
  void shouldShareSeedsAcrossPointsOrNotWhenTold() {
    SweepPlan paired = Plans.of(folder, TWO);
    SweepPlan free = Plans.of(folder, TWO + "\nsweep.seeds = per-run");

    assertThat(paired.points()).extracting(point -> paired.seedOf(point, 4)).containsOnly(5L);
    assertThat(free.points()).extracting(point -> free.seedOf(point, 4)).doesNotHaveDuplicates()
        .allMatch(seed -> seed >= 0);
  }
}
