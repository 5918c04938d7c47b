package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class VerdictTest {
  @Test
  void shouldComeBackWhenItsTextIsParsed() {
    assertThat(Verdict.STALE_USE.text()).isEqualTo("stale-use");
    for (Verdict verdict : Verdict.values()) {
      assertThat(Verdict.parse(verdict.text())).isSameAs(verdict);
    }
  }

  @Test
  void shouldNameAllWhenTextIsNone() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Verdict.parse("STALE_USE"))
        .withMessageContaining("\"STALE_USE\"")
        .withMessageContaining("cow-breach");
  }

  @Test
  void shouldTakeTheWorseWhenTwoMeet() {
    assertThat(Verdict.CLEAN.or(Verdict.INCONCLUSIVE)).isSameAs(Verdict.INCONCLUSIVE);
    assertThat(Verdict.STALE_USE.or(Verdict.NO_PROGRESS)).isSameAs(Verdict.STALE_USE);
    assertThat(Verdict.NO_PROGRESS.or(Verdict.PROTOCOL_BREACH))
        .isSameAs(Verdict.PROTOCOL_BREACH);
  }

  @Test
  void shouldCallOnlyBreachesUnsafeWhenAsked() {
    assertThat(Verdict.values())
        .filteredOn(Verdict::isSafetyViolation)
        .containsExactly(
            Verdict.PROTOCOL_BREACH, Verdict.COW_BREACH, Verdict.LOST_DIRTY, Verdict.STALE_WALK,
            Verdict.STALE_USE);
  }
}
