package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.check.Finding;
import dev.shootdown.config.Problem;
import dev.shootdown.engine.SystemPool;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What judges count against can be set, and a CPU that waits for ever isn't clean. */
class CheckLimitsTest {
  private static SystemPool pool;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    pool = new SystemPool();
  }

  @AfterAll
  static void close() {
    pool.close();
  }

  private ScenarioResult run(String text, String... overrides) {
    Path file = Scene.write(folder, Scene.BASE + text);
    return Scene.run(pool, Scene.load(file, overrides).get(0).scenario());
  }

  private static String meets(int count) {
    return "workload = [ { cpu = cpu0, process = app, do = [\"munmap a\", \"barrier b " + count
        + "\"] }, { cpu = cpu1, process = app, do = [\"spin 1us\", \"barrier b " + count
        + "\"] } ]";
  }

  @Test
  void shouldFindNoProgressWhenABarrierWaitsForOneMore() {
    assertThat(Scene.verdict(run(meets(2)))).isEqualTo("clean");
    ScenarioResult stuck = run(meets(3));
    assertThat(Scene.verdict(stuck)).isEqualTo("no-progress");
    assertThat(stuck.judgement().findings()).extracting(Finding::component)
        .containsExactlyInAnyOrder("cpu0", "cpu1");
  }

  @Test
  void shouldBeInconclusiveWhenTheRunWasCutOff() {
    assertThat(Scene.verdict(run(meets(3), "run.until=2us"))).isEqualTo("inconclusive");
  }

  @Test
  void shouldCountAgainstTheBudgetThatIsSet() {
    Path file = Path.of("scenarios", "museum", "05b-refault.conf");
    String broken = Scene.load(file).get(0).name();
    Scenario few = Scene.variant(file, broken, "check.retry-budget=1");
    Scenario many = Scene.variant(file, broken, "check.retry-budget=1000000");

    assertThat(Scene.run(pool, few).judgement().findings())
        .anySatisfy(finding -> assertThat(finding.summary()).contains("retry budget"));
    assertThat(Scene.run(pool, many).judgement().findings())
        .noneSatisfy(finding -> assertThat(finding.summary()).contains("retry budget"));
  }

  @Test
  void shouldRefuseLimitsThatAreNotPositive() {
    for (String bad : new String[] {"retry-budget = 0", "hard-lockup = 0s", "soft-lockup = -1s"}) {
      assertThat(Scene.problems(folder, Scene.BASE + "check { " + bad + " }"))
          .extracting(Problem::message).as(bad).hasSize(1);
    }
  }
}
