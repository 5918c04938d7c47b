package dev.shootdown.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.shootdown.engine.Fingerprint;
import dev.shootdown.report.ReportTable;
import dev.shootdown.report.ResultProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepDifferenceTest {
  private static final String AXES =
      "sweep { axes = [ { path = pages, values = [1, 2] } ], repeat = 3 }\n";

  private static final Pattern PLACE =
      Pattern.compile("in the epochs after (\\d+) us until (\\d+) us, nic0 stated other facts\\.");

  @TempDir private Path folder;

  private static RunResult result(int point, int repetition, double value, String... epochs) {
    List<Fingerprint.Epoch> kept =
        java.util.Arrays.stream(epochs)
            .map(text -> text.split(" "))
            .map(words -> new Fingerprint.Epoch(Long.parseLong(words[0]), words[1], words[2]))
            .toList();
    return new RunResult(
        new RunResult.RunKey(point, repetition),
        new RunResult.Ending(repetition + 1, "clean", 0, String.join(",", epochs), ""),
        new TreeMap<>(Map.of("munmap.latency_mean_ps", value)), new TreeMap<>(), List.of(),
        Epochs.packed(new Fingerprint("", kept)));
  }

  private Path store(String name, SweepPlan plan, RunResult... results) {
    return store(name, plan, "1.0", results);
  }

  private Path store(String name, SweepPlan plan, String version, RunResult... results) {
    try {
      Path directory = Files.createDirectories(folder.resolve(name));
      try (SweepStore store = SweepStore.open(directory, plan, version)) {
        store.add(List.of(results));
      }
      return directory;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static ReportTable table(SweepDifference difference, String name) {
    return difference.tables().stream()
        .filter(table -> table.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void shouldNameTheFirstEpochAndComponentWhenEqualRunsDiffer() {
    SweepPlan plan = Plans.of(folder, AXES);
    String[] same = {"100000 cpu0 aa", "100000 nic0 bb", "200000 cpu0 cc"};
    Path left =
        store("left", plan, result(0, 0, 5, same), result(1, 2, 5, same));
    Path right =
        store(
            "right", plan, "1.1", result(0, 0, 5, same),
            result(1, 2, 5, "100000 cpu0 aa", "100000 nic0 b0", "200000 cpu0 cc"));
    SweepDifference difference = SweepDifference.between(left, right);

    assertThat(difference.isDiverged()).isTrue();
    assertThat(difference.sentences())
        .contains(
            "The fingerprints of 1 of 2 pairs of runs differ, and should not: settings and seeds"
                + " are the same.",
            "First divergence: p00001 {pages=2}, repetition 2, seed 3: in the epoch that ends at"
                + " 0.1 us, nic0 stated other facts. They were run by different versions: 1.0 and"
                + " 1.1.");
    assertThat(table(difference, "sweeps").rows())
        .contains(List.of("run by version", "1.0", "1.1"));
  }

  /** Two components state facts in each of many epochs; the second differs from one of them on. */
  @Test
  void shouldStillFindTheComponentWhenItDiffersLateInALongRun() {
    int late = 3 * Epochs.KEPT_AT_A_TIME + 5;
    List<Epochs.Kept> left = Epochs.of(Epochs.packed(running(late + 900, Integer.MAX_VALUE)));
    List<Epochs.Kept> right = Epochs.of(Epochs.packed(running(late + 300, late)));

    assertThat(left).hasSizeLessThan(2 * late);
    assertThat(Epochs.firstDifference(left, left)).isEmpty();
    String found = Epochs.firstDifference(left, right);
    Matcher place = PLACE.matcher(found);
    assertThat(place.matches()).as(found).isTrue();
    assertThat(Double.parseDouble(place.group(1))).isLessThan(late);
    assertThat(Double.parseDouble(place.group(2))).isGreaterThanOrEqualTo(late)
        .isLessThan(late + 20);
  }

  private static Fingerprint running(int epochs, int differentFrom) {
    List<Fingerprint.Epoch> all = new ArrayList<>();
    for (int epoch = 1; epoch <= epochs; epoch++) {
      all.add(new Fingerprint.Epoch(epoch * 1_000_000L, "cpu0", "a" + epoch));
      all.add(
          new Fingerprint.Epoch(
              epoch * 1_000_000L, "nic0", (epoch < differentFrom ? "b" : "c") + epoch));
    }
    return new Fingerprint("", all);
  }

  @Test
  void shouldPairByLevelAndSeedWhenASettingWasChanged() {
    SweepPlan before = Plans.of(folder, AXES);
    Path left =
        store(
            "left", before, result(0, 0, 100), result(0, 1, 110), result(0, 2, 120),
            result(1, 0, 500));
    SweepPlan after =
        Plans.of(folder, "kernel.costs.pte = 99ns\n" + AXES, "pages=2,1");
    // The points are numbered the other way round here.
    Path right =
        store(
            "right", after, result(1, 0, 107, "1 cpu0 a"), result(1, 1, 117, "1 cpu0 a"),
            result(1, 2, 127, "1 cpu0 a"));
    SweepDifference difference = SweepDifference.between(left, right);

    assertThat(difference.isDiverged()).isFalse();
    assertThat(table(difference, "settings").rows())
        .anyMatch(row -> row.get(0).equals("kernel.costs.pte") && row.get(2).equals("99ns"));
    assertThat(table(difference, "metrics").rows())
        .containsExactly(
            List.of("munmap.latency_mean_ps", "3", "110", "117", "7", "0", "+6.36"));
    assertThat(difference.sentences())
        .contains("The fingerprints of 3 of 3 pairs of runs differ, as they may: settings do.")
        .anyMatch(sentence -> sentence.startsWith("Left out: 1 runs of the first sweep and 0"));
  }

  @Test
  void shouldExpectEqualFingerprintsWhenOnlyCountingDiffers() {
    Path left = store("left", Plans.of(folder, AXES), result(0, 0, 5, "1 cpu0 a"));
    Path right =
        store(
            "right", Plans.of(folder, AXES + "sweep.warm-up = 1us"), result(0, 0, 6, "1 cpu0 b"));

    assertThat(SweepDifference.between(left, right).isSameWork()).isTrue();
    assertThat(SweepDifference.between(left, right).isDiverged()).isTrue();
  }

  @Test
  void shouldRefuseWhenThereIsNothingToPair() {
    Path left = store("left", Plans.of(folder, AXES), result(0, 0, 5));
    Path axes =
        store(
            "axes", Plans.of(folder, "sweep.axes = [ { path = kernel.era, values = [B, C] } ]"),
            result(0, 0, 5));
    Path levels =
        store(
            "levels", Plans.of(folder, "sweep.axes = [ { path = pages, values = [7, 8] } ]"),
            result(0, 0, 5));

    assertThatThrownBy(() -> SweepDifference.between(left, axes))
        .isInstanceOf(UnlikeSweeps.class)
        .hasMessageContaining("varies [pages]").hasMessageContaining("varies [kernel.era]");
    assertThatThrownBy(() -> SweepDifference.between(left, levels))
        .isInstanceOf(UnlikeSweeps.class).hasMessageContaining("no point in common");
    assertThatThrownBy(() -> SweepDifference.between(left, folder))
        .isInstanceOf(ResultProblem.class).hasMessageContaining("no such file");
  }
}
