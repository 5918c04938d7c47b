package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.MachineFact;
import org.junit.jupiter.api.Test;

class SubscriberJudgeTest {
  private static final PageRange RANGE = new PageRange(4, 4);

  private final SubscriberJudge judge = new SubscriberJudge();
  private final Scene scene = new Scene(judge);

  private StaleUse only() {
    assertThat(judge.findings()).hasSize(1);
    assertThat(judge.findings().get(0).verdict()).isSameAs(Verdict.PROTOCOL_BREACH);
    return judge.findings().get(0).staleUse().orElseThrow();
  }

  @Test
  void shouldFindEntryWhenItSurvivesTheStart() {
    scene.fills(10, "kvm", 7, 7, 8).subscribes(20, "kvm", RANGE);
    assertThat(only().kind()).isSameAs(StaleUse.Kind.HELD_AFTER_START);
    assertThat(only().entry().page()).isEqualTo(7);
  }

  /** Bug 9: the fill commits although an invalidation is under way. */
  @Test
  void shouldFindFillWhenItCommitsInsideTheBracket() {
    scene.subscribes(20, "kvm", RANGE).fills(25, "kvm", 5, 7, 15);
    assertThat(only().kind()).isSameAs(StaleUse.Kind.FILLED_IN_BRACKET);
  }

  @Test
  void shouldFindHugeFillWhenItReachesIntoTheRange() {
    scene.subscribes(20, "kvm", RANGE)
        .state(25, "kvm", new MachineFact.Filled(Scene.MM, 0, 512, true, 15, 9));
    assertThat(only().entry().page()).isEqualTo(4);
  }

  @Test
  void shouldFindFillWhenOneOfTwoBracketsIsStillOpen() {
    scene.subscribes(20, "kvm", RANGE).subscribes(21, "kvm", RANGE).releases(22, "kvm", RANGE)
        .fills(25, "kvm", 5, 7, 23);
    assertThat(judge.findings()).hasSize(1);
  }

  @Test
  void shouldStaySilentWhenTheContractIsKept() {
    scene.fills(10, "kvm", 5, 7, 8).drops(19, "kvm", 5).subscribes(20, "kvm", RANGE)
        .fills(22, "kvm", 8, 8, 21).fills(23, "dev0", 5, 7, 21).releases(30, "kvm", RANGE)
        .fills(35, "kvm", 5, 9, 32);
    assertThat(judge.findings()).isEmpty();
    assertThat(judge.unbalanced()).isEmpty();
  }

  @Test
  void shouldFindEndWhenNothingHadStarted() {
    scene.subscribes(20, "kvm", RANGE).releases(30, "kvm", PageRange.of(4));
    assertThat(judge.unbalanced()).singleElement()
        .satisfies(finding -> assertThat(finding.summary()).contains("never started"));
  }

  @Test
  void shouldHoldEntriesAgainstASubscriberAtFree() {
    StaleUseJudge stale = new StaleUseJudge();
    new Scene(stale).subscribes(0, "kvm", RANGE).releases(1, "kvm", RANGE)
        .fills(10, "kvm", 5, 7, 8).frees(40, 1, 7);
    assertThat(stale.findings()).hasSize(1);
  }
}
