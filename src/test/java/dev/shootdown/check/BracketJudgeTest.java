package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.MachineFact;
import org.junit.jupiter.api.Test;

class BracketJudgeTest {
  private static final PageRange RANGE = new PageRange(4, 4);

  private final BracketJudge judge = new BracketJudge();
  private final Scene scene = new Scene(judge);

  private Scene opens(long atPs, long operation, PageRange range) {
    return scene.state(
        atPs, "mm0",
        new MachineFact.BracketOpened(operation, Scene.MM, range, MachineFact.Event.CLEAR));
  }

  private Scene closes(long atPs, long operation, PageRange range) {
    return scene.state(
        atPs, "mm0", new MachineFact.BracketClosed(operation, Scene.MM, range));
  }

  @Test
  void shouldStaySilentWhenBracketsNestAndOverlap() {
    scene.begins(0, "cpu0", 1, "munmap", RANGE);
    opens(1, 1, RANGE);
    opens(2, 1, PageRange.of(5));
    opens(2, 2, RANGE);
    closes(3, 1, PageRange.of(5));
    closes(4, 2, RANGE);
    opens(5, 1, RANGE);
    closes(6, 1, RANGE);
    scene.ends(7, "cpu0", 1);
    assertThat(judge.findings()).hasSize(1);
    closes(8, 1, RANGE);
    assertThat(judge.findings()).isEmpty();
  }

  @Test
  void shouldFindEndWhenNoStartCameBefore() {
    closes(3, 1, RANGE);
    opens(4, 1, RANGE);
    assertThat(judge.findings()).singleElement()
        .satisfies(finding -> assertThat(finding.summary()).contains("had not opened"));
  }

  @Test
  void shouldFindEndWhenItIsOfAnotherRangeOrOperation() {
    opens(1, 1, RANGE);
    closes(2, 1, PageRange.of(4));
    closes(3, 2, RANGE);
    assertThat(judge.findings()).hasSize(2);
  }

  @Test
  void shouldFindStartWhenItsOperationEndsWithoutTheEnd() {
    scene.begins(0, "cpu0", 1, "munmap", RANGE);
    opens(1, 1, RANGE);
    assertThat(judge.findings()).isEmpty();
    scene.ends(7, "cpu0", 1);
    assertThat(judge.findings()).singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.verdict()).isSameAs(Verdict.PROTOCOL_BREACH);
              assertThat(finding.summary()).contains("inside a notifier bracket");
            });
  }
}
