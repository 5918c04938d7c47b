package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

class SequenceJudgeTest {
  private final SequenceJudge judge = new SequenceJudge();
  private final Scene scene = new Scene(judge);

  private void kvm(long atPs, int counted, long sequence) {
    scene.state(atPs, "vm0", new MachineFact.BracketsCounted(Scene.MM, counted, sequence));
  }

  private void intervals(long atPs, int counted, long sequence) {
    scene.state(atPs, "gpu0", new MachineFact.IntervalsCounted(Scene.MM, counted, sequence));
  }

  private List<String> summaries() {
    assertThat(judge.findings()).allMatch(
        finding -> finding.verdict() == Verdict.PROTOCOL_BREACH);
    return judge.findings().stream().map(Finding::summary).toList();
  }

  @Test
  void shouldStaySilentWhenTheSequenceGoesUpBeforeTheCountGoesDown() {
    kvm(10, 1, 0);
    kvm(20, 2, 0);
    kvm(30, 1, 1);
    kvm(40, 0, 2);
    assertThat(summaries()).isEmpty();
  }

  @Test
  void shouldFindACountBelowZero() {
    kvm(10, 1, 0);
    kvm(20, 0, 1);
    kvm(30, -1, 2);
    intervals(40, -1, 2);
    assertThat(summaries()).containsExactly(
        "vm0 counts -1 invalidations as under way, in mm 1",
        "gpu0 counts -1 invalidations as under way, in mm 1");
  }

  @Test
  void shouldFindACountThatGoesDownBeforeTheSequenceGoesUp() {
    kvm(10, 1, 7);
    kvm(20, 0, 7);
    assertThat(summaries()).containsExactly(
        "vm0 counts an invalidation as over before its sequence went up, in mm 1");
  }

  @Test
  void shouldFindASequenceThatGoesBack() {
    kvm(10, 1, 7);
    kvm(20, 2, 6);
    assertThat(summaries()).containsExactly("vm0 let its sequence go back, in mm 1");
  }

  /** A range that concerns no notifier leaves the sequence even; one that does makes it odd. */
  @Test
  void shouldStaySilentWhenTheSequenceIsEvenAfterTheLastInvalidation() {
    intervals(10, 1, 2);
    intervals(20, 2, 3);
    intervals(30, 1, 3);
    intervals(40, 0, 4);
    assertThat(summaries()).isEmpty();
  }

  @Test
  void shouldFindASequenceThatIsOddWhenIdle() {
    intervals(10, 1, 3);
    intervals(20, 0, 3);
    assertThat(summaries()).containsExactly(
        "gpu0 has an odd sequence while nothing is invalidated, in mm 1");
  }

  @Test
  void shouldFindASequenceThatIsEvenTooEarly() {
    intervals(10, 2, 3);
    intervals(20, 1, 4);
    intervals(30, 0, 4);
    assertThat(summaries()).containsExactly(
        "gpu0 has an even sequence again before the last invalidation has ended, in mm 1");
  }
}
