package dev.shootdown.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoundaryTest {
  private static final String AXES =
      """
      sweep {
        axes = [
          { path = kernel.era, values = [A, B, C] }, { path = pages, values = [1, 2, 3, 4] } ]
        boundary { figure = munmap.share_ratio, above = 0.5, along = pages }
        figures = [munmap.share_ratio]
      }
      """;

  @TempDir private Path folder;

  /** The figure of each point, by era and then by pages; NaN leaves the point without a run. */
  private Analysis analysis(double... values) {
    SweepPlan plan = Plans.of(folder, AXES);
    List<RunResult> results = new ArrayList<>();
    for (int point = 0; point < values.length; point++) {
      if (!Double.isNaN(values[point])) {
        results.add(
            new RunResult(
                new RunResult.RunKey(point, 0), new RunResult.Ending(1, "clean", 0, "", ""),
                new TreeMap<>(Map.of("munmap.share_ratio", values[point])), new TreeMap<>(),
                List.of(), new byte[0]));
      }
    }
    try (SweepStore store = SweepStore.open(folder, plan, "1.0")) {
      store.add(results);
      Analysis analysis = new Analysis(plan, store);
      Exports.write(folder, analysis, store, Plans.SURROUNDINGS);
      return analysis;
    }
  }

  @Test
  void shouldTellBetweenWhichValuesTheFigurePassesTheThreshold() throws IOException {
    double missing = Double.NaN;
    Analysis analysis = analysis(0, 0, 0, 0, 1, 0.9, 0.5, 0, 0.1, missing, 0.8, 0.2);

    assertThat(Files.readAllLines(folder.resolve("boundary.csv")))
        .containsExactly(
            "kernel.era,figure,above,along,points,points_beyond,first_is_beyond,from,to",
            "A,munmap.share_ratio,0.5,pages,4,0,false,,",
            "B,munmap.share_ratio,0.5,pages,4,2,true,2,3",
            "C,munmap.share_ratio,0.5,pages,3,1,false,1,3",
            "C,munmap.share_ratio,0.5,pages,3,1,false,3,4");
    assertThat(FindingsText.of(analysis).lines())
        .contains(
            "munmap.share_ratio is above 0.5 at 3 of 11 points.",
            "With kernel.era = A: never.",
            "With kernel.era = B: at 2 of 4 points, the boundary lying between pages = 2 and 3.",
            "With kernel.era = C: at 1 of 3 points, the boundary lying between pages = 1 and 3 and,"
                + " at most, between 3 and 4.");
  }

  @Test
  void shouldSayOnlyHowManyWhenAllLieOnOneSide() {
    Analysis analysis = analysis(0.1, 0.2, 0.3, 0.1);

    assertThat(FindingsText.of(analysis)).contains("is above 0.5 at 0 of 4 points.")
        .doesNotContain("never");
  }
}
