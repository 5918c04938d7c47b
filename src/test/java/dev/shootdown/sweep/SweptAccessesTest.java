package dev.shootdown.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.shootdown.config.ConfigFiles;
import dev.shootdown.config.ConfigProblems;
import dev.shootdown.engine.Dice;
import dev.shootdown.hardware.ats.DmaTrace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sweeps over scenarios that name files of accesses. */
class SweptAccessesTest {
  private static final String HEADER = "time,part,op,addr,len\n";
  private static final String TWO_FILES =
      """
      accesses = "one.csv"
      variants { once {}, twice { accesses = "two.csv" } }
      sweep.axes = [
        { path = variant, values = [once, twice] }
        { path = sweep.let.pages, values = [1, 2] }
      ]
      """;

  @TempDir Path folder;
  private Path inner;

  @BeforeEach
  void write() throws IOException {
    inner = Files.createDirectory(folder.resolve("inner"));
    Files.writeString(inner.resolve("one.csv"), HEADER + "1us,nic0,read,a,64\n");
    Files.writeString(
        inner.resolve("two.csv"), HEADER + "1us,nic0,read,a,64\n2us,nic0,read,a,64\n");
  }

  /** The scenario lies in another directory than the one from which it is swept. */
  private SweepPlan plan(String sweep, String... axes) {
    return SweepPlan.load(
        new SweepSource(
            Plans.write(inner, sweep), Optional.empty(), Optional.empty(), List.of(),
            List.of(axes), folder));
  }

  private static List<Integer> accesses(SweepPlan plan) {
    List<Integer> counts = new ArrayList<>();
    PointLoader.of(plan).loadAll(plan.points()).values().forEach(
        scenario -> counts.add(
            scenario.accesses().getOrDefault("nic0", DmaTrace.NONE).size()));
    return counts;
  }

  @Test
  void shouldTakeEachVariantsFileWhenVariantsAreAnAxis() {
    assertThat(accesses(plan(TWO_FILES))).containsExactly(1, 1, 2, 2);
  }

  @Test
  void shouldBeAnotherSweepWhenAFileHasChanged() throws IOException {
    String before = plan(TWO_FILES).id();
    assertThat(plan(TWO_FILES).id()).isEqualTo(before);

    Files.writeString(inner.resolve("two.csv"), HEADER + "1us,nic0,read,a,65\n");
    String second = plan(TWO_FILES).id();
    Files.writeString(inner.resolve("one.csv"), HEADER + "1us,nic0,read,a,65\n");

    assertThat(second).isNotEqualTo(before);
    assertThat(plan(TWO_FILES).id()).isNotEqualTo(second).isNotEqualTo(before);
  }

  @Test
  void shouldBeTheSameSweepWhenItIsSeenFromAnotherDirectory() {
    SweepPlan there =
        SweepPlan.load(
            new SweepSource(
                Plans.write(inner, TWO_FILES), Optional.empty(), Optional.empty(), List.of(),
                List.of(), inner));

    assertThat(there.id()).isEqualTo(plan(TWO_FILES).id());
  }

  /** Some 100,000 lines that don't pack well. */
  @Test
  void shouldBeRefusedByNameWhenTheFilesAreTooLargeForOtherNodes() throws IOException {
    Dice dice = Dice.of(1, "rows");
    StringBuilder rows = new StringBuilder(HEADER);
    for (int i = 0; i < 100_000; i++) {
      rows.append(i).append(",nic0,read,a+").append(dice.below(4096)).append(",1\n");
    }
    Files.writeString(inner.resolve("two.csv"), rows);
    SweepPlan plan = plan(TWO_FILES);
    SpreadSweep sweep =
        new SpreadSweep(
            plan, PointLoader.of(plan), null, null, null, new Spending(() -> 0));

    assertThatThrownBy(() -> sweep.run(plan.points())).isInstanceOf(ConfigProblems.class)
        .hasMessageContaining("accesses: the files hold")
        .hasMessageContaining("other nodes can be sent 256 KiB");
  }

  /** Another node has the bytes and no file. */
  @Test
  void shouldNotNeedTheFilesWhenTheRunsAreDoneElsewhere() throws IOException {
    SweepPlan plan = plan(TWO_FILES);
    PointLoader loader = PointLoader.of(plan);
    Point last = plan.points().get(3);
    List<String> settings = new ArrayList<>();
    last.levels().forEach(
        level -> level.settings().forEach((path, value) -> settings.add(path + "=" + value)));
    RunResult.RunKey key = new RunResult.RunKey(3, 0);
    byte[] work =
        new PortableRuns(
            ConfigFiles.render(loader.base(last)), plan.spec().window(),
            List.of(new PortableRuns.One(key, 7, settings))).toBytes();
    Files.delete(inner.resolve("one.csv"));
    Files.delete(inner.resolve("two.csv"));

    try (SpreadWork elsewhere = new SpreadWork()) {
      PortableResults results = PortableResults.of(elsewhere.done(work));
      assertThat(results.refused()).isEmpty();
      assertThat(results.results()).hasSize(1);
    }
  }

  @Test
  void shouldRefuseAnAxisWhenItNamesFiles() {
    assertThat(
        Plans.problems(
            folder, "sweep.axes = [ { path = accesses, values = [\"a.csv\", \"b.csv\"] } ]"))
        .anyMatch(line -> line.contains("an axis can't name files; write a variant for each"));
  }
}
