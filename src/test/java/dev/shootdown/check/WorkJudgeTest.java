package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkJudgeTest {
  private final Court court = new Court(Limits.DEFAULT, List.of("cpu0", "cpu1"));
  private final Scene scene = new Scene(court);

  private WorkJudgeTest idles(long atPs, String cpu) {
    scene.state(atPs, cpu, new MachineFact.ContextTaken(Scene.MM, true));
    return this;
  }

  @Test
  void shouldFindACpuThatWaitsForEverBetweenTwoOperations() {
    scene.loads(1, "cpu0").loads(1, "cpu1").begins(5, "cpu1", 3, "munmap", PageRange.of(5))
        .ends(9, "cpu1", 3);
    idles(20, "cpu0");
    assertThat(court.judgement(false).verdict()).as("who knows").isSameAs(Verdict.CLEAN);
    assertThat(court.judgement(true).findings()).singleElement().satisfies(
        finding -> {
          assertThat(finding.verdict()).isSameAs(Verdict.NO_PROGRESS);
          assertThat(finding.summary()).isEqualTo(
              "nothing is left to happen, and cpu1, between two operations, waits for ever");
          assertThat(finding.atPs()).isEqualTo(9);
          assertThat(finding.witness("again").orElseThrow())
              .contains("munmap ends", "the end of its work, mm 1", "open its gate");
        });
  }

  @Test
  void shouldFindACpuThatNeverCameToItsAddressSpace() {
    scene.loads(1, "cpu0");
    idles(20, "cpu0");
    assertThat(court.judgement(true).findings()).extracting(Finding::component)
        .containsExactly("cpu1");
  }

  @Test
  void shouldTellACpuOnceWhenItHangsWithinAnOperation() {
    scene.loads(1, "cpu0").loads(1, "cpu1").begins(5, "cpu1", 3, "munmap", PageRange.of(5));
    idles(20, "cpu0");
    assertThat(court.judgement(true).findings()).singleElement().satisfies(
        finding -> assertThat(finding.summary()).contains("operation 3"));
  }

  @Test
  void shouldStaySilentWhenAllAreIdleOrHaveNoAddressSpaceLeft() {
    scene.loads(1, "cpu0").loads(1, "cpu1").loads(1, "vcpu0");
    idles(20, "cpu0").idles(20, "cpu1");
    scene.state(30, "cpu1", new MachineFact.ContextTaken(-1, false));
    assertThat(court.judgement(true).verdict()).isSameAs(Verdict.CLEAN);
  }
}
