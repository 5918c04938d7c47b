package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.kernel.mm.Path;
import dev.shootdown.kernel.mm.PathStep;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PathRulesTest {
  private static Optional<String> check(String... steps) {
    return PathRules.check(
        new Path("p", "a path", "none", Stream.of(steps).map(PathStep::parse).toList()));
  }

  @Test
  void shouldHaveNothingToSayWhenAllIsGivenBack() {
    assertThat(check()).isEmpty();
    assertThat(check("mmap-w-lock", "mmap-w-unlock", "mmap-r-lock", "mmap-r-unlock")).isEmpty();
    assertThat(check("pte-move keep-lock", "ptl-unlock", "pte-clear")).isEmpty();
  }

  @Test
  void shouldNameTheEraWhenOnlyOneIsWrong() {
    assertThat(check("rmap-lock", "B: rmap-unlock")).hasValueSatisfying(
        text -> assertThat(text).contains("'rmap-lock' is never followed").contains("era A"));
    assertThat(check("C: for-group", "end-group")).hasValueSatisfying(
        text -> assertThat(text).contains("without 'for-group'").contains("era A"));
  }

  @Test
  void shouldRefuseEachPairWhenItIsTornApart() {
    List<List<String>> pairs = List.of(
        List.of("mmap-w-lock", "mmap-w-unlock"), List.of("mmap-r-lock", "mmap-r-unlock"),
        List.of("rmap-lock", "rmap-unlock"), List.of("gather-begin", "gather-end"),
        List.of("n-start", "n-end"), List.of("for-group", "end-group"));
    for (List<String> pair : pairs) {
      assertThat(check(pair.get(0))).as("%s", pair).isPresent();
      assertThat(check(pair.get(1))).as("%s", pair).isPresent();
      assertThat(check(pair.get(1), pair.get(0))).as("%s", pair).isPresent();
      assertThat(check(pair.get(0), pair.get(0), pair.get(1))).as("%s", pair).isPresent();
      assertThat(check(pair.get(0), pair.get(1))).as("%s", pair).isEmpty();
    }
  }
}
