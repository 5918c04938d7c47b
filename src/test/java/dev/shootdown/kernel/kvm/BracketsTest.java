package dev.shootdown.kernel.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import org.junit.jupiter.api.Test;

class BracketsTest {
  private static Brackets with(boolean inProgress, boolean sequence) {
    return new Brackets(new ChecksSpec(true, inProgress, sequence, true, true));
  }

  @Test
  void shouldRefuseWhatLiesBetweenTwoRangesUntilBothHaveEnded() {
    Brackets brackets = with(true, false);
    brackets.begin(new PageRange(10, 2));
    assertThat(brackets.mustRetry(50, 0)).isFalse();

    brackets.begin(new PageRange(90, 2));
    assertThat(brackets.mustRetry(50, 0)).isTrue();
    assertThat(brackets.mustRetry(92, 0)).isFalse();

    brackets.end();
    assertThat(brackets.mustRetry(50, 0)).isTrue();

    brackets.end();
    assertThat(brackets.mustRetry(50, 0)).isFalse();

    brackets.begin(new PageRange(10, 2));
    assertThat(brackets.mustRetry(50, 0)).as("the hull starts anew").isFalse();
  }

  @Test
  void shouldRefuseEveryFillThatAnEndOvertookWhateverItsPage() {
    Brackets brackets = with(true, true);
    long seen = brackets.sequence();
    brackets.begin(new PageRange(10, 2));
    brackets.end();

    assertThat(brackets.mustRetry(99_999, seen)).isTrue();
    assertThat(brackets.mustRetry(99_999, brackets.sequence())).isFalse();
    assertThat(with(true, false).mustRetry(10, -1)).isFalse();
  }

  @Test
  void shouldCountCallsApartFromGuestMemory() {
    Brackets brackets = with(true, true);
    brackets.called(new PageRange(7, 3));

    assertThat(brackets.isAnyActive()).isTrue();
    assertThat(brackets.isActive(9)).isTrue();
    assertThat(brackets.isActive(10)).isFalse();
    assertThat(brackets.mustRetry(9, brackets.sequence())).isFalse();

    brackets.over(new PageRange(7, 3));
    assertThat(brackets.isAnyActive()).isFalse();
  }
}
