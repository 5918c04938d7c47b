package dev.shootdown.kernel.hmm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class IntervalNotifierTest {
  private final IntervalNotifier notifier = new IntervalNotifier(2);
  private final List<String> woken = new ArrayList<>();

  private void collision() {
    notifier.begins(true);
    notifier.collide(0);
    notifier.ends();
  }

  @Test
  void shouldLetAFillThroughWhenNothingCollided() {
    long seen = notifier.sequence(0);
    notifier.begins(false);
    notifier.ends();

    assertThat(notifier.isColliding(seen)).isFalse();
    assertThat(notifier.mustRetry(0, seen)).isFalse();
  }

  @Test
  void shouldFailAFillForEverWhenItsSequenceIsFromBeforeACollision() {
    long stale = notifier.sequence(0);
    collision();

    assertThat(notifier.mustRetry(0, stale)).isTrue();
    assertThat(notifier.mustRetry(0, notifier.sequence(0))).isFalse();
    assertThat(notifier.isColliding(notifier.sequence(0))).isFalse();
    collision();
    assertThat(notifier.mustRetry(0, stale)).isTrue();
  }

  @Test
  void shouldWakeSleepersOnceWhenTheLastRangeOfTheSpaceEnds() {
    notifier.begins(true);
    notifier.collide(0);
    notifier.begins(false);
    assertThat(notifier.isColliding(notifier.sequence(0))).isTrue();
    notifier.sleep(() -> woken.add("fault"));
    notifier.ends();
    assertThat(woken).as("another range of the space is still under way").isEmpty();
    notifier.ends();
    assertThat(woken).containsExactly("fault");
    assertThat(notifier.isColliding(notifier.sequence(0))).isFalse();
    collision();
    assertThat(woken).hasSize(1);
  }

  @Test
  void shouldSpareTheFillOfAnotherNotifierWhenOneCollides() {
    long seen = notifier.sequence(1);
    notifier.begins(true);
    notifier.collide(0);

    assertThat(notifier.isColliding(notifier.sequence(0))).isTrue();
    assertThat(notifier.isColliding(seen)).isFalse();
    assertThat(notifier.mustRetry(1, seen)).isFalse();
  }
}
