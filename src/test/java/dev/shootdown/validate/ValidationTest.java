package dev.shootdown.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValidationTest {
  private static final SystemPool POOL = new SystemPool();

  @AfterAll
  static void close() {
    POOL.close();
  }

  private static Outcome outcome(String item, String... settings) {
    return Validation.run(Benches.of(POOL, List.of(settings)), List.of(item)).outcomes().get(0);
  }

  private static double predicted(Outcome outcome, String x) {
    return outcome.points().stream()
        .filter(point -> point.published().x().equals(x))
        .findFirst()
        .orElseThrow()
        .predicted();
  }

  @Test
  void shouldNameEveryItemWhenItIsPredictedOrNot() {
    TreeSet<String> all = new TreeSet<>(Validation.items());
    all.addAll(Validation.leftOut().keySet());
    assertThat(all).hasSize(Validation.items().size() + Validation.leftOut().size());
    assertThat(all)
        .containsExactlyInAnyOrder(
            "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "C11", "C12", "M1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"C1", "C2", "C8"})
  void shouldMeetItsGoalWhenTheMachineIsAsShipped(String item) {
    Outcome outcome = outcome(item);
    assertThat(outcome.isMet()).isTrue();
    assertThat(outcome.points()).hasSize(PublishedFile.shipped(item.toLowerCase()).size());
  }

  /** The page's table is what the command prints; of slower items a run of the command tells. */
  @ParameterizedTest
  @ValueSource(strings = {"C1", "C2", "C7", "C8", "C11", "M1"})
  void shouldStandInTheDocumentAsItIsPredicted(String item) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("docs", "validation.md")).stream()
        .map(line -> line.strip().replaceAll(" +", " ")).toList();
    Outcome outcome = outcome(item);
    assertThat(lines).contains(item + " " + outcome.title());
    assertThat(outcome.points()).allSatisfy(point -> assertThat(lines).contains(
        String.format(
            Locale.ROOT, "%s %s %s %.3f %.3f %+.1f %s", point.series(), point.published().x(),
            point.published().xUnit(), point.published().value(), point.predicted(),
            100 * point.error(), point.fitted() ? "fitted" : "predicted")));
  }

  @Test
  void shouldMoveTheWholeCurveWhenAnInvlpgCostsTwice() {
    Outcome outcome = outcome("C1", "parts.cpu.flush-page=196ns");
    assertThat(outcome.isMet()).isFalse();
    assertThat(predicted(outcome, "35") - predicted(outcome, "34")).isBetween(509.0, 510.0);
    assertThat(predicted(outcome, "all")).isEqualTo(predicted(outcome("C1"), "all"));
  }

  @Test
  void shouldMissWhenTheOtherSocketIsFar() {
    assertThat(outcome("C8", "wires.cross-socket=2us").missed()).isEqualTo(2);
  }

  @Test
  void shouldPayPerEntryWhenADevicesMappingIsTakenAway() {
    Outcome outcome = outcome("C11");
    assertThat(outcome.points().stream().filter(point -> point.series().equals("pages")))
        .noneMatch(Point::isMissed);
    // Two blocks are two entries, and the cache lines of 4 MiB.
    assertThat(predicted(outcome, "4096")).isGreaterThan(1.9 * predicted(outcome, "2048"));
    assertThat(predicted(outcome, "2048")).isLessThan(predicted(outcome, "512"));
  }

  @Test
  void shouldKeepWhatIsDoneWhenItIsStopped() {
    StopFlag stop = new StopFlag();
    stop.raise();
    Validation.Result result =
        Validation.run(Benches.of(POOL, List.of(), stop), List.of("C2", "C8"));
    assertThat(result.complete()).isFalse();
    assertThat(result.outcomes()).isEmpty();
  }

  @Test
  void shouldPredictTheSameWhenItIsRunAgain() {
    List<Outcome> twice = new ArrayList<>(List.of(outcome("C2"), outcome("C2")));
    assertThat(twice.get(0)).isEqualTo(twice.get(1));
  }
}
