package dev.shootdown.kernel.hmm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class IntervalNotifierTest {
  private final IntervalNotifier notifier = new IntervalNotifier();
  private final List<String> woken = new ArrayList<>();

  private void collision() {
    notifier.begins(true);
    notifier.collide();
    notifier.ends();
  }

  @Test
  void shouldLetAFillThroughWhenNothingCollided() {
    long seen = notifier.sequence();
    notifier.begins(false);
    notifier.ends();

    assertThat(notifier.isColliding(seen)).isFalse();
    assertThat(notifier.mustRetry(seen)).isFalse();
  }

  @Test
  void shouldFailAFillForEverWhenItsSequenceIsFromBeforeACollision() {
    long stale = notifier.sequence();
    collision();

    assertThat(notifier.mustRetry(stale)).isTrue();
    assertThat(notifier.mustRetry(notifier.sequence())).isFalse();
    assertThat(notifier.isColliding(notifier.sequence())).isFalse();
    collision();
    assertThat(notifier.mustRetry(stale)).isTrue();
  }

  @Test
  void shouldWakeSleepersOnceWhenTheLastRangeOfTheSpaceEnds() {
    notifier.begins(true);
    notifier.collide();
    notifier.begins(false);
    assertThat(notifier.isColliding(notifier.sequence())).isTrue();
    notifier.sleep(() -> woken.add("fault"));
    notifier.ends();
    assertThat(woken).as("another range of the space is still under way").isEmpty();
    notifier.ends();
    assertThat(woken).containsExactly("fault");
    assertThat(notifier.isColliding(notifier.sequence())).isFalse();
    collision();
    assertThat(woken).hasSize(1);
  }
}
