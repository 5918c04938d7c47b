package dev.shootdown.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigOriginFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ProblemsTest {
  private static ConfigOrigin origin(String file, int line) {
    return ConfigOriginFactory.newSimple(file).withLineNumber(line);
  }

  @Test
  void shouldSortByFileLineAndPathWhenListed() {
    Problems problems = new Problems();
    problems.add(origin("b.conf", 1), "a", "1");
    problems.add(origin("a.conf", 10), "a", "2");
    problems.add(origin("a.conf", 9), "b", "3");
    problems.add(origin("a.conf", 9), "a", "4");
    problems.add(origin("a.conf", 9), "a", "4");
    problems.addAt("a.conf", "", "5");

    assertThat(Read.lines(problems)).containsExactly("a.conf: 5", "a.conf:9: a: 4",
        "a.conf:9: b: 3", "a.conf:10: a: 2", "b.conf:1: a: 1");
  }

  @Test
  void shouldTellOnceWhatManyTookOverWhenItStandsInOnePlace() {
    Problems problems = new Problems();
    problems.add(origin("a.conf", 7), "parts[0].walk", "must not be negative");
    problems.add(origin("a.conf", 7), "parts[2].walk", "must not be negative");
    problems.add(origin("a.conf", 7), "parts[10].walk", "must not be negative");
    problems.add(origin("a.conf", 7), "parts[0].pin", "must not be negative");
    problems.add(origin("a.conf", 7), "parts[1].pin", "must not be negative");
    problems.add(origin("a.conf", 8), "parts[3].walk", "must not be negative");

    assertThat(Read.lines(problems)).containsExactly(
        "a.conf:7: parts[0].pin: must not be negative (the same for 1 other)",
        "a.conf:7: parts[0].walk: must not be negative (the same for 2 others)",
        "a.conf:8: parts[3].walk: must not be negative");
  }

  @Test
  void shouldThrowOneLineEachWhenThereAreProblems() {
    Problems problems = new Problems();
    assertThat(problems.isEmpty()).isTrue();
    assertThatCode(problems::throwIfAny).doesNotThrowAnyException();

    problems.add(origin("a.conf", 2), "run.seed", "second");
    problems.add(origin("a.conf", 1), "", "first");

    assertThat(problems.isEmpty()).isFalse();
    assertThatThrownBy(problems::throwIfAny)
        .isInstanceOfSatisfying(ConfigProblems.class,
            thrown -> assertThat(thrown.problems()).isEqualTo(problems.list()))
        .hasMessage("a.conf:1: first\na.conf:2: run.seed: second");
  }

  @Test
  void shouldLeaveOutEmptyPartsWhenPrinted() {
    assertThat(new Problem("", "", "only").line()).isEqualTo("only");
    assertThat(new Problem("", "a.b", "no").line()).isEqualTo("a.b: no");
    assertThat(new Problem("f:3", "a.b", "no").line()).isEqualTo("f:3: a.b: no");
  }

  @Test
  void shouldShowFilesRelativelyWhenTheyLieBelow() {
    Path base = Path.of("/home/me");
    Problems problems = new Problems(base);
    problems.add(origin("/home/me/scenarios/x.conf", 12), "a", "below");
    problems.add(origin("/home/you/y.conf", 3), "a", "elsewhere");
    problems.add(ConfigOriginFactory.newFile("/home/me/z.conf"), "a", "no line");

    assertThat(Read.lines(problems)).containsExactly("/home/you/y.conf:3: a: elsewhere",
        "scenarios/x.conf:12: a: below", "z.conf: a: no line");
  }

  @Test
  void shouldShowNoLineWhenOriginIsTheCommandLine() {
    assertThat(Origins.show(origin(Origins.COMMAND_LINE, 1))).isEqualTo("command line");
  }

  @Test
  void shouldShowTheStrongestFileWhenObjectsWereMerged() {
    ConfigObject weak = Read.named("reference.conf", "", "a { x = 1 }");
    ConfigObject strong = Read.named("s.conf", "", "", "a { y = 1 }");
    ConfigObject strongest = Read.named(Origins.COMMAND_LINE, "a.z = 1");

    ConfigObject merged = strongest.withFallback(strong).withFallback(weak);

    assertThat(Origins.show(merged.get("a").origin())).isEqualTo("s.conf:3");
    assertThat(Origins.show(strongest.get("a").origin())).isEqualTo("command line");
    assertThat(Origins.show(Read.named("r.conf", "a {", "x = 1", "}", "a { y = 2", "}")
        .get("a").origin())).isEqualTo("r.conf:1");
    assertThat(Origins.show(ConfigFactory.empty().origin())).isEqualTo("empty config");
  }
}
