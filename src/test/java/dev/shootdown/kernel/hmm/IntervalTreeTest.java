package dev.shootdown.kernel.hmm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class IntervalTreeTest {
  private static final PageRange LOW = new PageRange(0, 4);
  private static final PageRange HIGH = new PageRange(4, 4);
  private static final PageRange ELSEWHERE = new PageRange(100, 4);

  private final IntervalTree tree = new IntervalTree();
  private final IntervalTree.Notifier low = tree.insert(LOW);
  private final IntervalTree.Notifier high = tree.insert(HIGH);
  private final List<String> woken = new ArrayList<>();

  private void begin(PageRange range) {
    tree.begins(range).forEach(tree::collide);
  }

  private void collision() {
    begin(LOW);
    tree.ends();
  }

  private boolean isColliding(IntervalTree.Notifier notifier) {
    return tree.isColliding(notifier.sequence());
  }

  @Test
  void shouldLetAFillThroughWhenNothingCollided() {
    long seen = low.sequence();
    begin(ELSEWHERE);
    tree.ends();

    assertThat(tree.isColliding(seen)).isFalse();
    assertThat(low.mustRetry(seen)).isFalse();
  }

  @Test
  void shouldFailAFillForEverWhenItsSequenceIsFromBeforeACollision() {
    long stale = low.sequence();
    collision();

    assertThat(low.mustRetry(stale)).isTrue();
    assertThat(low.mustRetry(low.sequence())).isFalse();
    assertThat(isColliding(low)).isFalse();
    collision();
    assertThat(low.mustRetry(stale)).isTrue();
  }

  @Test
  void shouldWakeSleepersOnceWhenTheLastRangeOfTheSpaceEnds() {
    begin(LOW);
    begin(ELSEWHERE);
    assertThat(isColliding(low)).isTrue();
    tree.sleep(() -> woken.add("fault"));
    tree.ends();
    assertThat(woken).as("another range of the space is still under way").isEmpty();
    tree.ends();
    assertThat(woken).containsExactly("fault");
    assertThat(isColliding(low)).isFalse();
    collision();
    assertThat(woken).hasSize(1);
  }

  @Test
  void shouldSpareTheFillOfAnotherNotifierWhenOneCollides() {
    long seen = high.sequence();
    begin(LOW);

    assertThat(isColliding(low)).isTrue();
    assertThat(isColliding(high)).isFalse();
    assertThat(high.mustRetry(seen)).isFalse();
  }

  @Test
  void shouldCallThoseThatOverlapInTheOrderOfInsertion() {
    assertThat(tree.begins(new PageRange(3, 2))).containsExactly(low, high);
    assertThat(tree.concerns(PageRange.of(7))).isTrue();
    assertThat(tree.concerns(ELSEWHERE)).isFalse();
  }

  @Test
  void shouldFindItselfInACollisionWhenItComesWhileOthersAreInvalidated() {
    begin(ELSEWHERE);
    IntervalTree.Notifier late = tree.insert(LOW);
    assertThat(isColliding(late)).isTrue();
    assertThat(isColliding(low)).as("it was there before").isFalse();
    assertThat(tree.begins(LOW)).as("the tree wasn't frozen").containsExactly(low, late);
    tree.ends();
    tree.ends();

    assertThat(isColliding(late)).isFalse();
  }

  @Test
  void shouldNotBeCalledBeforeTheEndWhenItComesDuringACollision() {
    begin(LOW);
    IntervalTree.Notifier late = tree.insert(LOW);
    assertThat(isColliding(late)).isTrue();
    assertThat(tree.begins(LOW)).containsExactly(low);
    tree.ends();
    tree.ends();

    assertThat(isColliding(late)).isFalse();
    assertThat(tree.begins(LOW)).containsExactly(low, late);
  }

  @Test
  void shouldBeCalledUntilTheEndWhenItGoesDuringACollision() {
    begin(LOW);
    tree.remove(high, () -> woken.add("gone"));
    assertThat(tree.begins(HIGH)).containsExactly(high);
    assertThat(woken).isEmpty();
    tree.ends();
    tree.ends();

    assertThat(woken).containsExactly("gone");
    assertThat(tree.concerns(HIGH)).isFalse();
  }

  @Test
  void shouldGoAtOnceWhenNobodyCollidesOrItNeverCame() {
    tree.remove(high, () -> woken.add("high"));
    assertThat(tree.concerns(HIGH)).isFalse();
    begin(LOW);
    IntervalTree.Notifier late = tree.insert(HIGH);
    tree.remove(late, () -> woken.add("late"));
    tree.ends();

    assertThat(woken).containsExactly("high", "late");
    assertThat(tree.concerns(HIGH)).isFalse();
  }
}
