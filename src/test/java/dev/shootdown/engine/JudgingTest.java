package dev.shootdown.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JudgingTest {
  private final List<Long> seen = new ArrayList<>();

  private static FactLog facts(long... timesPs) {
    FactLog log = new FactLog();
    for (long timePs : timesPs) {
      log.add(new FactLog.Entry(timePs, 0, 0, "part", 0, new Lab.Note("at " + timePs)));
    }
    return log;
  }

  @Test
  void shouldShowAFewAtATimeInOrderWhenSomebodyWaits() {
    Judging judging = new Judging((atPs, component, fact) -> seen.add(atPs));
    judging.add(facts(IntStream.range(0, 20).mapToLong(i -> 19 - i).toArray()));
    judging.add(facts(21, 20));

    assertThat(judging.showSome()).isTrue();
    assertThat(seen).hasSizeBetween(1, 19).isSorted();
    while (judging.showSome()) {
      assertThat(seen).isSorted();
    }
    assertThat(seen).hasSize(22);
    assertThat(judging.showSome()).isFalse();
  }

  @Test
  void shouldLeaveItToTheOtherWhenAThreadIsAtIt() {
    List<Boolean> inside = new ArrayList<>();
    Judging[] judging = new Judging[1];
    judging[0] =
        new Judging(
            (atPs, component, fact) -> {
              Thread other = new Thread(() -> inside.add(judging[0].showSome()));
              other.start();
              try {
                other.join();
              } catch (InterruptedException stopped) {
                throw new IllegalStateException(stopped);
              }
            });
    judging[0].add(facts(1, 2));
    judging[0].settle();

    assertThat(inside).containsExactly(false, false);
  }

  @Test
  void shouldNotPileUpWithoutEndWhenNobodyWaits() {
    Judging judging = new Judging((atPs, component, fact) -> seen.add(atPs));
    for (int i = 0; i <= 1 << 16; i++) {
      judging.add(facts(i));
    }

    assertThat(seen).hasSizeGreaterThan(1 << 15).isSorted();
  }

  @Test
  void shouldThrowWhatTheObserverThrewWhenItIsShown() {
    Judging judging =
        new Judging(
            (atPs, component, fact) -> {
              throw new IllegalStateException("enough");
            });
    judging.add(facts(1));

    assertThatThrownBy(judging::showSome).hasMessage("enough");
  }

  @Test
  void shouldForgetFactsWhenNobodyLooks() {
    Judging judging = new Judging(null);
    FactLog log = facts(1);
    judging.add(log);

    assertThat(log.isEmpty()).isTrue();
    assertThat(judging.showSome()).isFalse();
  }
}
