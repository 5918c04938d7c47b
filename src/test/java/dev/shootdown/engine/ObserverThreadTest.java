package dev.shootdown.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObserverThreadTest {
  private record Numbered(long number) implements Fact {
    @Override
    public long digest() {
      return number;
    }
  }

  private record Seen(long atPs, String component, Fact fact) {}

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4_095, 4_096, 4_097, 200_000})
  void shouldShowAllFactsInOrderWhenTheyAreSettled(int facts) {
    List<Seen> seen = new ArrayList<>();
    try (ObserverThread thread =
        new ObserverThread((atPs, component, fact) -> seen.add(new Seen(atPs, component, fact)))) {
      for (int i = 0; i < facts; i++) {
        thread.seen(i / 3, "part" + i % 7, new Numbered(i));
      }
      thread.settle();
    }

    assertThat(seen).hasSize(facts);
    for (int i = 0; i < facts; i++) {
      assertThat(seen.get(i)).isEqualTo(new Seen(i / 3, "part" + i % 7, new Numbered(i)));
    }
  }

  @Test
  void shouldGoOnWhenItWasSettledInBetween() {
    List<Long> seen = new ArrayList<>();
    try (ObserverThread thread =
        new ObserverThread((atPs, component, fact) -> seen.add(atPs))) {
      for (int i = 0; i < 30_000; i++) {
        thread.seen(i, "part", new Numbered(i));
        if (i % 9_999 == 0) {
          thread.settle();
          assertThat(seen).hasSize(i + 1);
        }
      }
      thread.settle();
    }

    assertThat(seen).hasSize(30_000).isSorted();
  }

  @Test
  void shouldStayOnTheCallersThreadWhenFactsAreFew() {
    List<Thread> threads = new ArrayList<>();
    try (ObserverThread few =
        new ObserverThread((atPs, component, fact) -> threads.add(Thread.currentThread()))) {
      few.seen(1, "part", new Numbered(1));
      few.settle();
    }

    assertThat(threads).containsExactly(Thread.currentThread());
  }

  @Test
  void shouldTellOfItWhenTheObserverFails() {
    try (ObserverThread thread =
        new ObserverThread(
            (atPs, component, fact) -> {
              if (atPs == 5_000) {
                throw new IllegalStateException("no such page");
              }
            })) {
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 100_000; i++) {
                  thread.seen(i, "part", new Numbered(i));
                }
                thread.settle();
              })
          .hasMessageContaining("no such page");
    }
  }

  @Test
  void shouldEndItsThreadWhenItIsClosedEarly() throws InterruptedException {
    CountDownLatch shown = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    ObserverThread thread =
        new ObserverThread(
            (atPs, component, fact) -> {
              if (shown.getCount() > 0) {
                threads.add(Thread.currentThread());
                shown.countDown();
              }
            });
    for (int i = 0; i < 10_000; i++) {
      thread.seen(i, "part", new Numbered(i));
    }
    assertThat(shown.await(30, TimeUnit.SECONDS)).isTrue();
    thread.close();

    assertThat(threads).hasSize(1);
    assertThat(threads.get(0)).isNotEqualTo(Thread.currentThread());
    assertThat(threads.get(0).isAlive()).isFalse();
  }
}
