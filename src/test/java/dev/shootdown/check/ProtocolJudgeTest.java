package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.trace.MachineFact;
import org.junit.jupiter.api.Test;

class ProtocolJudgeTest {
  private final ProtocolJudge judge = new ProtocolJudge();
  private final Scene scene = new Scene(judge);

  private Scene takes(long operation, String lock) {
    return scene.state(1, "mm1", new MachineFact.LockTaken(operation, lock, 0));
  }

  private Scene gives(long operation, String lock) {
    return scene.state(2, "mm1", new MachineFact.LockDropped(operation, lock));
  }

  @Test
  void shouldPassOnWhenPartStatesBreach() {
    scene.state(9, "dev0", new MachineFact.ProtocolBreach("itag 3 answered twice"));
    assertThat(judge.findings())
        .containsExactly(Finding.breach(9, "dev0", "itag 3 answered twice"));
  }

  @Test
  void shouldStaySilentWhenLocksAreGivenBack() {
    takes(1, "mmap");
    takes(1, "ptl");
    gives(1, "ptl");
    takes(1, "ptl");
    gives(1, "ptl");
    gives(1, "mmap");
    scene.ends(3, "cpu0", 1);
    assertThat(judge.findings()).isEmpty();
  }

  @Test
  void shouldNameLockWhenOperationEndsWithIt() {
    takes(1, "mmap");
    takes(1, "ptl");
    gives(1, "mmap");
    scene.ends(3, "cpu0", 1);
    assertThat(judge.findings())
        .containsExactly(Finding.breach(3, "cpu0", "operation 1 ended with lock ptl held"));
  }

  @Test
  void shouldFindWhenLockIsTakenTwiceAndGivenBackOnce() {
    takes(1, "ptl");
    takes(1, "ptl");
    gives(1, "ptl");
    scene.ends(3, "cpu0", 1);
    assertThat(judge.findings()).hasSize(1);
  }

  @Test
  void shouldFindWhenLockIsGivenBackByAnother() {
    takes(1, "ptl");
    gives(2, "ptl");
    assertThat(judge.findings()).singleElement()
        .satisfies(
            finding ->
                assertThat(finding.summary()).contains("operation 2").contains("did not hold"));
  }

  @Test
  void shouldStaySilentWhenAnotherOperationEnds() {
    takes(1, "ptl");
    scene.ends(3, "cpu1", 2);
    assertThat(judge.findings()).isEmpty();
  }

  @Test
  void shouldCountRestWhenThereAreThousands() {
    for (int i = 0; i < 1200; i++) {
      scene.state(i, "dev0", new MachineFact.ProtocolBreach("x"));
    }
    assertThat(judge.findings()).hasSize(1000);
    assertThat(judge.unlisted()).isEqualTo(200);
  }
}
